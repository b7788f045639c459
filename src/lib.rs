//! Vigie (French: lookout): a terminal sandbox that shows how AWS monitoring works.
//!
//! The tour in one minute:
//!
//! 1. An **input** is a call somebody makes, or a push from the world (traffic rises).
//! 2. The [`engine`] pops the next due event, moves the virtual clock to it, and delivers it.
//! 3. Only [`aws::Account::call`] changes the account. Each call, allowed or refused, leaves a CloudTrail record.
//! 4. Whatever travels from A to B is a hop in the ledger of the [`kernel`], with a cause.
//! 5. Views read the ledger up to a playhead and draw. They cannot write.

pub mod aws;
pub mod cli;
pub mod drive;
pub mod engine;
pub mod kernel;
pub mod lesson;
pub mod load;
pub mod scenario;
pub mod shell;
pub mod text;
pub mod tui;
