//! `gatehouse export | diff | apply`: an instance as a directory of YAML, over the platform API.

mod carry_out;
mod difference;
mod folder;
mod instance;
mod kind;
mod live;
mod members;
mod names;
mod object;
mod order;
mod placeholder;
mod plan;
mod preview;
mod references;
mod team;
mod usual;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use self::carry_out::Work;
use self::instance::{Instance, connect};
use self::live::Live;
use self::object::Object;
use self::placeholder::Variables;
use self::plan::{Change, Extent};
use super::api::Api;
use super::say;
use crate::app;
use crate::config::Source;

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

#[derive(Args)]
pub(crate) struct Apply {
    #[command(flatten)]
    declared: Declared,
    /// Only show what would be done, as `gatehouse diff` does, and check that it could be begun.
    #[arg(long)]
    dry_run: bool,
    /// Also set secrets anew that are there already: those whose environment variables are set.
    #[arg(long)]
    secrets: bool,
}

/// What `gatehouse diff` answers when there are differences.
const DIFFERENT: u8 = 2;

/// Writes what an instance holds.
pub(super) fn export(options: &Export, source: &Source) -> Result<ExitCode> {
    app::runtime()?.block_on(async {
        folder::vacant(&options.directory, options.replace)?;
        let api = connect(&options.instance, source).await?;
        let live = live::read(&api, BTreeSet::new()).await?;
        let files = folder::write(&options.directory, &live.objects)?;
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
    let variables = Variables::new(source.variables.clone());
    app::runtime()?.block_on(async {
        let extent = Extent {
            prune: options.prune,
            renew: None,
        };
        let (_, compared) = compare(options, source, &variables, extent).await?;
        compared.show();
        compared.summary(["to create", "to change", "to delete"], options.prune);
        Ok(match compared.changes.is_empty() {
            true => ExitCode::SUCCESS,
            false => ExitCode::from(DIFFERENT),
        })
    })
}

/// Makes an instance as declared.
pub(super) fn apply(options: &Apply, source: &Source) -> Result<ExitCode> {
    let variables = Variables::new(source.variables.clone());
    let prune = options.declared.prune;
    app::runtime()?.block_on(async {
        let extent = Extent {
            prune,
            renew: options.secrets.then_some(&variables),
        };
        let (api, compared) = compare(&options.declared, source, &variables, extent).await?;
        let mut work = Work::new(&api, &compared.live, &compared.declared, &variables);
        work.check(&compared.changes)?;
        if options.dry_run {
            compared.show();
            compared.summary(["to create", "to change", "to delete"], prune);
            return Ok(ExitCode::SUCCESS);
        }
        for (taken, change) in compared.changes.iter().enumerate() {
            let done = work.step(change).await;
            done.map_err(|error| {
                let all = compared.changes.len();
                anyhow::anyhow!(
                    "{error:#}\n{taken} of {all} steps were taken before and stay taken: put right what is named above \
                     and run apply again, it goes on from there"
                )
            })?;
            say(&compared.told(change));
        }
        compared.summary(["created", "changed", "deleted"], prune);
        Ok(ExitCode::SUCCESS)
    })
}

/// What is declared, what is there, and what that takes.
struct Compared {
    declared: Vec<Object>,
    live: Live,
    changes: Vec<Change>,
}

async fn compare(
    options: &Declared,
    source: &Source,
    variables: &Variables,
    extent: Extent<'_>,
) -> Result<(Api, Compared)> {
    let root: &Path = &options.directory;
    let declarations = folder::read(root, variables)?;
    let twins = names::declared_twins(&declarations);
    // What is wrong in the files is said before anything is asked for.
    let api = connect(&options.instance, source).await?;
    let live = live::read(&api, twins).await?;
    let declared = names::settled(declarations, &live.twins)?;
    let changes = plan::plan(&declared, &live.objects, extent);
    references::check(&declared, &live.objects, &changes)?;
    let compared = Compared {
        declared,
        live,
        changes,
    };
    Ok((api, compared))
}

impl Compared {
    /// Shows every step, and what goes with what is deleted.
    fn show(&self) {
        for change in &self.changes {
            match change {
                Change::Delete(key) => {
                    say(&format!(
                        "{change}{}",
                        preview::taken_along(key, &self.live)
                    ));
                }
                _ => say(&self.told(change)),
            }
        }
    }

    /// A step, with what differs.
    fn told(&self, change: &Change) -> String {
        let Change::Update(object) = change else {
            return change.to_string();
        };
        let of = |all: &[Object]| {
            let found = all.iter().find(|other| other.key == object.key);
            found.map(|found| found.members.clone()).unwrap_or_default()
        };
        let (live, declared) = (of(&self.live.objects), of(&self.declared));
        let (key, members) = (&object.key, &object.members);
        let told = difference::told(key.kind, members, (&live, &declared));
        format!("~ {key}: {told}")
    }

    fn summary(&self, [create, change, delete]: [&str; 3], prune: bool) {
        let of = |fits: fn(&Change) -> bool| self.changes.iter().filter(|one| fits(one)).count();
        let mut line = format!(
            "{} {create}, {} {change}, {} {delete}",
            of(|change| matches!(change, Change::Create(_))),
            of(|change| matches!(change, Change::Update(_) | Change::Arrange(_))),
            of(|change| matches!(change, Change::Delete(_))),
        );
        if self.changes.is_empty() {
            "everything is as declared".clone_into(&mut line);
        }
        let left = match prune {
            true => 0,
            false => plan::superfluous(&self.declared, &self.live.objects).len(),
        };
        if left > 0 {
            line = format!("{line}; {left} more there, not declared (--prune deletes)");
        }
        say(&line);
    }
}
