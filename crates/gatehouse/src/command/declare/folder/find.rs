//! Which files of a directory declare something.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};

use super::ORGANIZATION;
use crate::command::declare::kind::Kind;
use crate::command::declare::object::nearest;

/// A file of YAML, and what it declares.
pub(super) struct Found {
    pub(super) kind: Kind,
    pub(super) path: PathBuf,
}

/// Every file that declares something. Files that are no YAML, and hidden ones, are not looked at.
///
/// # Errors
/// YAML that stands where nothing is read, folders that are none of ours, and a directory without any.
pub(super) fn every(root: &Path) -> Result<Vec<Found>> {
    ensure!(root.is_dir(), "{} is not a directory", root.display());
    let mut found = Vec::new();
    for path in sorted(root)? {
        let (stem, name) = (text(path.file_stem()), text(path.file_name()));
        if path.is_dir() {
            let known = Kind::FOLDERS.iter().find(|(_, folder)| *folder == name);
            let Some((kind, _)) = known else {
                let folders = Kind::FOLDERS.map(|(_, folder)| folder);
                bail!(
                    "{} is none of the folders that are read ({}){}",
                    path.display(),
                    folders.join(", "),
                    nearest(name, folders.into_iter())
                );
            };
            below(*kind, &path, &mut found)?;
        } else if is_yaml(&path) {
            ensure!(
                stem == ORGANIZATION,
                "{} stands beside the folders, where only {ORGANIZATION}.yaml is read: what it declares belongs \
                 into one of {}",
                path.display(),
                Kind::FOLDERS.map(|(_, folder)| folder).join(", ")
            );
            let kind = Kind::Organization;
            found.push(Found { kind, path });
        }
    }
    ensure!(
        !found.is_empty(),
        "{} declares nothing: there is no YAML in any of {}",
        root.display(),
        Kind::FOLDERS.map(|(_, folder)| folder).join(", ")
    );
    Ok(found)
}

/// The files of a folder, and of those in it. Where a folder is about one thing, as its main file says,
/// the rest of it belongs to that.
fn below(kind: Kind, folder: &Path, found: &mut Vec<Found>) -> Result<()> {
    let entries = sorted(folder)?;
    let is_main = |path: &&PathBuf| {
        is_yaml(path)
            && kind
                .main_file()
                .is_some_and(|main| text(path.file_stem()) == main)
    };
    let mains: Vec<&PathBuf> = entries.iter().filter(is_main).collect();
    match mains.as_slice() {
        [] => {}
        [main] => {
            let path = (*main).clone();
            found.push(Found { kind, path });
            return Ok(());
        }
        [one, other, ..] => bail!(
            "{} and {} are both there: keep one",
            one.display(),
            other.display()
        ),
    }
    for path in entries {
        if path.is_dir() {
            below(kind, &path, found)?;
        } else if is_yaml(&path) {
            found.push(Found { kind, path });
        }
    }
    Ok(())
}

fn is_yaml(path: &Path) -> bool {
    path.is_file() && matches!(text(path.extension()), "yaml" | "yml")
}

fn text(part: Option<&std::ffi::OsStr>) -> &str {
    part.and_then(|part| part.to_str()).unwrap_or_default()
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let unreadable = || format!("{} cannot be read", folder.display());
    let entries = fs::read_dir(folder).with_context(unreadable)?;
    let mut paths = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<std::io::Result<Vec<_>>>()
        .with_context(unreadable)?;
    paths.retain(|path| !text(path.file_name()).starts_with('.'));
    paths.sort();
    Ok(paths)
}
