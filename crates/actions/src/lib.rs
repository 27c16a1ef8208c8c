//! The JavaScript sandbox in which a tenant's owner programs the token flow.
//!
//! A [`Program`] is the author's CommonJS file and the npm packages that it requires
//! ([`modules::install`]). An [`Engine`] runs the handler that it exports
//! (`exports.onExecuteCredentialsExchange = async (event, api) => { … }`). The handler reads the
//! event, which is frozen, and calls methods of `api`. Nothing happens by such a call: it is noted
//! as a [`Command`], and whoever ran the program decides what the commands mean. So the sandbox
//! needs access to nothing but the network, and that it has through `egress` alone.
//!
//! **Executions share nothing.** Each one has a JavaScript runtime of its own: heap, globals,
//! modules, timers, requests. It was made ahead of the request, in a thread that answers nobody,
//! and is thrown away after its one execution: a context that was used is never used again, so
//! there is nothing to clean and nothing to prove clean. What executions of one program do share is
//! bytecode, which is immutable bytes. Bytecode is made from source in this process and never leaves
//! its memory.
//!
//! [`Limits`] and the deadline end programs that loop, wait, recurse, or eat memory.

mod bytecode;
mod context;
mod engine;
mod error;
mod execution;
mod host;
pub mod modules;
mod pool;
mod program;
mod run;

pub use engine::{Engine, Settings};
pub use error::{Error, Position};
pub use execution::{Api, CacheEntry, Command, Execution, Level, Limits, Line, Outcome};
pub use modules::{Dependency, Modules};
pub use program::Program;
