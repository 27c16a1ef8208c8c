//! `gatehouse export | diff | apply`: an instance as a directory of YAML, over the platform API.

mod carry_out;
mod folder;
mod live;
mod object;
mod plan;
mod team;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use egress::{Egress, Policy};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use oauth::Clock;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use self::carry_out::Work;
use self::object::Object;
use self::plan::Change;
use super::api::{Api, text};
use super::say;
use crate::app;
use crate::config::{Source, load};
use crate::parts;

/// Which instance.
#[derive(Args)]
pub(crate) struct Instance {
    /// The platform API's address; without it, that of the instance in the data directory.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// A platform token (`gatehouse token create`).
    #[arg(
        long,
        env = "GATEHOUSE_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    token: Option<SecretString>,
}

#[derive(Args)]
pub(crate) struct Export {
    #[command(flatten)]
    instance: Instance,
    /// The directory to write.
    directory: PathBuf,
    /// Write it anew if it exists already.
    #[arg(long)]
    replace: bool,
}

#[derive(Args)]
pub(crate) struct Declared {
    #[command(flatten)]
    instance: Instance,
    /// The directory of declarations.
    directory: PathBuf,
    /// Delete what is not declared.
    #[arg(long)]
    prune: bool,
}

/// What `gatehouse diff` answers when there are differences.
const DIFFERENT: u8 = 2;

/// Writes what an instance holds.
pub(super) fn export(options: &Export, source: &Source) -> Result<ExitCode> {
    app::runtime()?.block_on(async {
        let api = api(&options.instance, source)?;
        let live = live::read(&api).await?;
        let files = folder::write(&options.directory, &live.objects, options.replace)?;
        say(&format!(
            "{} objects in {files} files below {}",
            live.objects.len(),
            options.directory.display()
        ));
        Ok(ExitCode::SUCCESS)
    })
}

/// Shows what `apply` would do. The status is 2 if that is anything.
pub(super) fn diff(options: &Declared, source: &Source) -> Result<ExitCode> {
    app::runtime()?.block_on(async {
        let declared = folder::read(&options.directory)?;
        let live = live::read(&api(&options.instance, source)?).await?;
        let changes = plan::plan(&declared, &live.objects, options.prune);
        for change in &changes {
            say(&change.to_string());
        }
        let left = left(options, &declared, &live.objects);
        summary(&changes, ["to create", "to change", "to delete"], left);
        Ok(match changes.is_empty() {
            true => ExitCode::SUCCESS,
            false => ExitCode::from(DIFFERENT),
        })
    })
}

/// Makes an instance as declared.
pub(super) fn apply(options: &Declared, source: &Source) -> Result<ExitCode> {
    app::runtime()?.block_on(async {
        let declared = folder::read(&options.directory)?;
        let api = api(&options.instance, source)?;
        let live = live::read(&api).await?;
        let changes = plan::plan(&declared, &live.objects, options.prune);
        let variable = |name: &str| {
            let all = &source.variables;
            let found = all.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.clone())
        };
        let mut work = Work::new(&api, &live, &variable);
        work.check(&changes)?;
        for change in &changes {
            work.step(change).await?;
            say(&change.to_string());
        }
        let left = left(options, &declared, &live.objects);
        summary(&changes, ["created", "changed", "deleted"], left);
        Ok(ExitCode::SUCCESS)
    })
}

/// How many objects are there that nobody declared, and stay.
fn left(options: &Declared, declared: &[Object], live: &[Object]) -> usize {
    match options.prune {
        true => 0,
        false => plan::superfluous(declared, live).len(),
    }
}

fn summary(changes: &[Change], [create, change, delete]: [&str; 3], left: usize) {
    let of = |fits: fn(&Change) -> bool| changes.iter().filter(|change| fits(change)).count();
    let mut line = format!(
        "{} {create}, {} {change}, {} {delete}",
        of(|change| matches!(change, Change::Create(_))),
        of(|change| matches!(change, Change::Update(_))),
        of(|change| matches!(change, Change::Delete(_))),
    );
    if changes.is_empty() {
        "everything is as declared".clone_into(&mut line);
    }
    if left > 0 {
        line = format!("{line}; {left} more there, not declared (--prune deletes)");
    }
    say(&line);
}

/// The platform API of an instance.
fn api(instance: &Instance, source: &Source) -> Result<Api> {
    let settings = load(source)?.settings;
    let file = |name: &str| -> Option<Value> {
        let bytes = std::fs::read(settings.data_dir.join(name)).ok()?;
        serde_json::from_slice(&bytes).ok()
    };
    let endpoints = file("endpoints.json").unwrap_or_default();
    let url = match &instance.url {
        Some(url) => url.clone(),
        None => text(&endpoints, "/platform").with_context(|| {
            let folder = settings.data_dir.display();
            format!("nothing serves from {folder}: start it, or give --url")
        })?,
    };
    let token = match &instance.token {
        Some(token) => token.clone(),
        // A demo wrote down its own.
        None => file("quickstart.json")
            .and_then(|saved| text(&saved, "/platform_token").ok())
            .map(SecretString::from)
            .context("give --token or set GATEHOUSE_TOKEN; `gatehouse token create` makes one")?,
    };
    let mut roots = parts::roots(&settings, None)?;
    if let Ok(path) = text(&endpoints, "/ca_cert") {
        let pem =
            std::fs::read_to_string(&path).with_context(|| format!("{path} cannot be read"))?;
        let found = egress::tls::certificates(&pem);
        roots.extend(
            found.map_err(|error| anyhow::anyhow!("{path} holds no certificate: {error}"))?,
        );
    }
    // Whoever calls this names the address himself.
    let everywhere = [
        IpNet::V4(Ipv4Net::new_assert([0, 0, 0, 0].into(), 0)),
        IpNet::V6(Ipv6Net::new_assert(std::net::Ipv6Addr::UNSPECIFIED, 0)),
    ];
    let policy = Policy {
        allow: everywhere.into(),
        max_response_bytes: MOST,
        roots,
        ..Policy::default()
    };
    let egress = Egress::new(policy, Clock::system());
    Ok(Api::at(&egress, &url).authorized(format!("Bearer {}", token.expose_secret())))
}

/// A page of specifications is large.
const MOST: usize = 256 << 20;
