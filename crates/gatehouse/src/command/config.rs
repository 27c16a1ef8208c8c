//! `gatehouse config check | show | schema`.

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

use super::say;
use crate::config::{Source, load, schema, show};

#[derive(Subcommand)]
pub(super) enum Action {
    /// Read every layer and say whether it is valid.
    Check,
    /// Print effective settings and where each came from. Secrets are not shown.
    Show,
    /// Print the JSON Schema of the configuration file.
    Schema,
}

pub(super) fn run(action: Action, source: &Source) -> Result<ExitCode> {
    match action {
        Action::Check => {
            let loaded = load(source)?;
            say(&format!(
                "the configuration is valid; {} keys differ from their defaults",
                loaded.origins.len()
            ));
        }
        Action::Show => say(show(&load(source)?).trim_end()),
        Action::Schema => say(&format!("{:#}", schema())),
    }
    Ok(ExitCode::SUCCESS)
}
