//! The JavaScript sandbox in which a tenant's owner programs the token flow.
//!
//! An [`Engine`] runs the handler that a CommonJS-style [`Script`] exports
//! (`exports.onExecuteCredentialsExchange = async (event, api) => { … }`). The handler reads the
//! event, which is frozen, and calls methods of `api`. Nothing happens by such a call: it is noted
//! as a [`Command`], and whoever ran the script decides what the commands mean. So the sandbox
//! needs no access to anything, and has none: no network, no files, no timers, no modules. What a
//! script finds is the language (ES2023), `console`, `exports` and `module`.
//!
//! Each execution has its own thread for its duration and its own JavaScript runtime, which is
//! thrown away afterwards; nothing leaks from one execution into the next. [`Limits`] end scripts
//! that loop, recurse, or eat memory.

mod engine;
mod execution;
mod script;

pub use engine::{Engine, Settings};
pub use script::{Command, Error, Limits, Outcome, Script};
