//! The commands. Text for people goes to standard output, errors and log lines to standard error.

mod admin;
mod api;
mod config;
mod declare;
mod doctor;
mod quickstart;
mod serve;
mod token;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{CommandFactory as _, Parser, Subcommand};

use crate::config::Source;

/// Gatehouse: developer portal, dynamic client registration, gateway and identity provider in one binary.
#[derive(Parser)]
#[command(name = "gatehouse", version, about, propagate_version = true)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    command: Command,
    /// The configuration file; `gatehouse.toml` in the working directory is read if it is there.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where the database, keys and certificates lie.
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Start a demo of everything, walk the whole story over the public APIs, and keep serving.
    Quickstart(quickstart::Options),
    /// Serve: all parts, or those that the configuration names.
    Serve,
    /// Serve as a data-plane node that follows a control plane.
    Gateway,
    /// Check the configuration, show it, or print its JSON Schema.
    Config {
        /// What to do with it.
        #[command(subcommand)]
        action: config::Action,
    },
    /// Create, list and revoke platform tokens.
    Token {
        /// What to do with them.
        #[command(subcommand)]
        action: token::Action,
    },
    /// Make, list and reset the accounts of the console.
    Admin {
        /// What to do with them.
        #[command(subcommand)]
        action: admin::Action,
    },
    /// Write what an instance holds as a directory of YAML: no secrets.
    Export(declare::Export),
    /// Show what `apply` would do; the status is 2 if that is anything.
    Diff(declare::Declared),
    /// Make an instance as a directory declares it, over its platform API.
    Apply(declare::Apply),
    /// Bring the database's schema up to date and stop.
    Migrate,
    /// Look for what is wrong here, and say what to do about it.
    Doctor,
    /// Print the version.
    Version,
    /// Print completions for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// Runs a command to its end.
///
/// # Errors
/// What the command could not do, in one sentence with the next step.
pub(crate) fn run(cli: Cli) -> Result<ExitCode> {
    let source = Source::of_process(cli.config, cli.data_dir);
    match cli.command {
        Command::Quickstart(options) => quickstart::run(&options, source),
        Command::Serve => serve::serve(source),
        Command::Gateway => serve::gateway(source),
        Command::Token { action } => token::run(&action, &source),
        Command::Admin { action } => admin::run(&action, &source),
        Command::Export(options) => declare::export(&options, &source),
        Command::Diff(options) => declare::diff(&options, &source),
        Command::Apply(options) => declare::apply(&options, &source),
        Command::Migrate => serve::migrate(&source),
        Command::Doctor => doctor::run(&source),
        Command::Config { action } => config::run(action, &source),
        Command::Version => {
            say(&format!("gatehouse {}", env!("CARGO_PKG_VERSION")));
            Ok(ExitCode::SUCCESS)
        }
        Command::Completions { shell } => {
            clap_complete::generate(
                shell,
                &mut Cli::command(),
                "gatehouse",
                &mut std::io::stdout(),
            );
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// A line for the person at the terminal. A closed pipe is no error.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// The last line of a command that failed.
pub(crate) fn complain(error: &anyhow::Error) {
    let _ = writeln!(std::io::stderr(), "gatehouse: {error:#}");
}
