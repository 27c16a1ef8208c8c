//! The project's own checks: `cargo xtask deps`.

mod deps;

use std::process::ExitCode;

fn main() -> ExitCode {
    let outcome = match std::env::args().nth(1).as_deref() {
        Some("deps") => deps::check(),
        _ => Err(anyhow::anyhow!(
            "usage: cargo xtask deps    checks every import against the table in docs/ARCHITECTURE.md"
        )),
    };
    match outcome {
        Ok(said) => {
            println_line(&said);
            ExitCode::SUCCESS
        }
        Err(error) => {
            println_line(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

#[expect(
    clippy::print_stdout,
    reason = "a command's answer goes to standard output"
)]
fn println_line(text: &str) {
    println!("{text}");
}
