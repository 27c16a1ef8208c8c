//! One binary: developer portal, registration, gateway and identity provider.

mod app;
mod command;
mod config;
mod console;
mod files;
mod listen;
mod listeners;
mod node;
mod offline;
mod operations;
mod parts;
mod sample;
mod session_keys;
mod telemetry;
mod tls;

use std::process::ExitCode;

use clap::Parser as _;

/// A request takes a tenth less processor time than with the system's allocator (docs/BENCHMARKS.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = command::Cli::parse();
    match command::run(cli) {
        Ok(code) => code,
        Err(error) => {
            command::complain(&error);
            ExitCode::FAILURE
        }
    }
}
