//! How the steps of the interpreter are counted, and what it may use of the machine it runs on.
//!
//! The code is JavaScript in QuickJS in WebAssembly in wasmi, and wasmi counts fuel: one unit for a function entered, a
//! turn of a loop, or a branch of an `if` taken, whatever stands in between. Those are the steps that can repeat, so
//! fuel bounds real time (20 to 150 ns a unit in a release build, measured), and nothing can be done without paying: not
//! a comparison of two long texts, not a regular expression, not the end of an iterator.

use wasmi::{
    CompilationMode, Config, CustomFuelCosts, Engine, OperatorCost, StoreLimits, StoreLimitsBuilder,
};

/// A turn of a simple JavaScript loop burns about seventeen.
pub(super) const FUEL_PER_US: u64 = 20;
/// So many bytes are copied or filled for one unit.
const BYTES_PER_FUEL: u32 = 64;
/// Far beyond what QuickJS, which counts its own stack, lets code reach.
const MAX_CALLS: usize = 50_000;
const MAX_STACK_BYTES: usize = 16 << 20;

/// Operators that are not steps. wasmi charges a block of code where it is entered, and the interpreter's loop is one
/// block with every instruction of JavaScript in it: with a price for each operator, one step would pay for all.
macro_rules! free {
    ($($operator:ident)*) => { OperatorCost { $($operator: 0,)* ..OperatorCost::default() } };
}

#[rustfmt::skip]
fn prices() -> OperatorCost {
    free! {
        unreachable block loop_ br br_if br_table return_ call call_indirect drop select local_get
        local_set local_tee global_get global_set i32_load i64_load f32_load f64_load i32_load8_s
        i32_load8_u i32_load16_s i32_load16_u i64_load8_s i64_load8_u i64_load16_s i64_load16_u
        i64_load32_s i64_load32_u i32_store i64_store f32_store f64_store i32_store8 i32_store16
        i64_store8 i64_store32 memory_size memory_grow i32_const i64_const f32_const f64_const i32_eqz
        i32_eq i32_ne i32_lt_s i32_lt_u i32_gt_s i32_gt_u i32_le_s i32_le_u i32_ge_s i32_ge_u i64_eqz
        i64_eq i64_ne i64_lt_s i64_lt_u i64_gt_s i64_gt_u i64_le_s i64_le_u i64_ge_s i64_ge_u f32_eq
        f32_ne f32_lt f32_gt f64_eq f64_ne f64_lt f64_gt f64_le f64_ge i32_clz i32_ctz i32_popcnt
        i32_add i32_sub i32_mul i32_div_s i32_div_u i32_rem_s i32_rem_u i32_and i32_or i32_xor i32_shl
        i32_shr_s i32_shr_u i32_rotl i64_clz i64_add i64_sub i64_mul i64_div_s i64_div_u i64_rem_s
        i64_rem_u i64_and i64_or i64_xor i64_shl i64_shr_s i64_shr_u f32_mul f64_abs f64_neg f64_ceil
        f64_floor f64_trunc f64_nearest f64_sqrt f64_add f64_sub f64_mul f64_div f64_copysign
        i32_wrap_i64 i32_trunc_f64_s i32_trunc_f64_u i64_extend_i32_s i64_extend_i32_u f32_convert_i32_s
        f32_demote_f64 f64_convert_i32_s f64_convert_i32_u f64_convert_i64_s f64_promote_f32
        i32_reinterpret_f32 i64_reinterpret_f64 f32_reinterpret_i32 f64_reinterpret_i64 i32_extend8_s
        i32_extend16_s i64_extend16_s i64_extend32_s i32_trunc_sat_f64_s i32_trunc_sat_f64_u
        i64_trunc_sat_f64_s i64_trunc_sat_f64_u memory_copy memory_fill
    }
}

/// The machine, the same for every invocation. Functions are translated when they are first called, which costs no
/// fuel: it must not matter who called them before.
pub(super) fn engine() -> Engine {
    let mut config = Config::default();
    config
        .compilation_mode(CompilationMode::Lazy)
        .consume_fuel(true)
        .operator_cost(prices())
        .fuel_cost(CustomFuelCosts {
            bytes_copied_per_fuel: BYTES_PER_FUEL,
            fuel_per_bytes_translated: 0,
            fuel_per_bytes_validated: 0,
        })
        .set_max_recursion_depth(MAX_CALLS)
        .set_max_stack_height(MAX_STACK_BYTES);
    Engine::new(&config)
}

/// Memory of so many bytes. Asking for more ends the invocation: a process that is killed catches nothing.
pub(super) fn limits(bytes: usize) -> StoreLimits {
    StoreLimitsBuilder::new().memory_size(bytes).trap_on_grow_failure(true).build()
}
