//! The interpreter's memory once our own JavaScript is loaded, so that an invocation need not load it again.
//!
//! `VIGIE_BLESS=1 cargo test --lib lambda::runtime::image` writes it anew after a change of `js/` or `quickjs.wasm`.

use chrono::DateTime;
use wasmi::Error;

use super::{
    host::Host,
    machine::{STACK_BYTES, Works},
    meter,
};

const PUBLISHED: &str = "assets/lambda/image.bin";

/// In the order they need one another.
const PARTS: [(&str, &str); 7] = [
    ("errors.js", include_str!("js/errors.js")),
    ("inspect.js", include_str!("js/inspect.js")),
    ("clock.js", include_str!("js/clock.js")),
    ("node.js", include_str!("js/node.js")),
    ("sdk.js", include_str!("js/sdk.js")),
    ("invoke.js", include_str!("js/invoke.js")),
    ("load.js", include_str!("js/load.js")),
];

/// Loads the parts into a new interpreter and takes what its memory holds.
fn make() -> Result<Vec<u8>, Error> {
    let host = Host::new(0, DateTime::UNIX_EPOCH, "", 0);
    let (mut store, instance) = Works::shared().instance(host, u64::MAX, meter::limits(64 << 20));
    instance.get_typed_func::<(), ()>(&store, "_initialize")?.call(&mut store, ())?;
    let made = instance.get_typed_func::<(), i32>(&store, "make")?.call(&mut store, ())?;
    assert_eq!(made, 0, "QuickJS starts");
    let memory = instance.get_memory(&store, "memory").expect("it exports its memory");
    let room = instance.get_typed_func::<u32, u32>(&store, "room")?;
    let part = instance.get_typed_func::<(u32, u32, u32, u32), i32>(&store, "part")?;
    for (name, source) in PARTS {
        let name = format!("/var/runtime/{name}");
        let mut put = |text: &str| {
            let at = room.call(&mut store, text.len() as u32)?;
            memory.write(&mut store, at as usize, text.as_bytes())?;
            Ok::<u32, Error>(at)
        };
        let (name_at, source_at) = (put(&name)?, put(source)?);
        let failed = part.call(&mut store, (name_at, name.len() as u32, source_at, source.len() as u32))?;
        assert_eq!(failed, 0, "{name} loads");
    }
    Ok(memory.data(&store)[STACK_BYTES..].to_vec())
}

#[test]
fn the_published_image_is_the_memory_of_the_present_parts() {
    let made = make().expect("the parts load");
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(PUBLISHED);
    if std::env::var_os("VIGIE_BLESS").is_some() {
        std::fs::write(&file, &made).expect("the image is written");
    }
    let kept = std::fs::read(&file).expect("the image is there");
    assert!(kept == made, "{PUBLISHED} is stale: run VIGIE_BLESS=1 cargo test --lib lambda::runtime::image");
}
