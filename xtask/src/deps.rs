//! Holds every crate against the house: who may import whom, and which libraries live in one room.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Each crate and the crates of the house it may import (docs/ARCHITECTURE.md, "The house").
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("oauth", &[]),
    ("storage", &["oauth"]),
    ("web", &["oauth"]),
    ("egress", &["oauth"]),
    ("actions", &["egress", "oauth"]),
    ("gateway", &["egress", "oauth"]),
    ("dcr", &["egress", "oauth"]),
    (
        "identity",
        &["actions", "egress", "oauth", "storage", "web"],
    ),
    (
        "portal",
        &["dcr", "egress", "gateway", "oauth", "storage", "web"],
    ),
    (
        "gatehouse",
        &[
            "actions", "dcr", "egress", "gateway", "identity", "oauth", "portal", "storage", "web",
        ],
    ),
    ("xtask", &[]),
];

/// Libraries that one room keeps for all, with that room.
const ONE_ROOM: &[(&str, &[&str])] = &[
    ("rusqlite", &["storage"]),
    ("sqlx", &["storage"]),
    ("reqwest", &["egress"]),
    ("rquickjs", &["actions"]),
    ("argon2", &["oauth"]),
    ("lettre", &["egress"]),
];

/// Libraries that a room must do without, because it answers nobody over HTTP or does no I/O.
const NEVER: &[(&str, &[&str])] = &[
    ("oauth", &["tokio", "axum", "hyper", "egress"]),
    ("dcr", &["axum", "hyper"]),
    ("actions", &["axum"]),
];

/// Checks manifests and sources; the answer says how much was held against the table.
///
/// # Errors
/// One line for each import that the table forbids.
pub(crate) fn check() -> Result<String> {
    let root = workspace_root()?;
    let mut wrong = Vec::new();
    let manifests = manifests(&root)?;
    for (name, manifest) in &manifests {
        check_manifest(name, manifest, &mut wrong);
    }
    let sources = check_sources(&root, &mut wrong)?;
    if wrong.is_empty() {
        return Ok(format!(
            "deps: {} crates and {sources} source files keep to the table",
            manifests.len()
        ));
    }
    bail!("{}", wrong.join("\n"))
}

fn workspace_root() -> Result<PathBuf> {
    let manifest_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(manifest_dir
        .parent()
        .context("xtask lies in the workspace")?
        .to_path_buf())
}

/// Direct dependencies by crate, as cargo resolves the manifests: (dependency, is it for tests alone).
fn manifests(root: &Path) -> Result<BTreeMap<String, Vec<(String, bool)>>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version=1", "--offline"])
        .current_dir(root)
        .output()
        .context("run cargo metadata")?;
    if !output.status.success() {
        bail!(
            "cargo metadata: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let metadata: Value = serde_json::from_slice(&output.stdout).context("read cargo metadata")?;
    let packages = metadata["packages"]
        .as_array()
        .context("cargo metadata lists packages")?;
    let mut manifests = BTreeMap::new();
    for package in packages {
        let name = package["name"].as_str().context("a package has a name")?;
        let dependencies = package["dependencies"]
            .as_array()
            .context("a package lists dependencies")?;
        let of_package = dependencies
            .iter()
            .filter_map(|d| {
                Some((
                    d["name"].as_str()?.to_owned(),
                    d["kind"].as_str() == Some("dev"),
                ))
            })
            .collect();
        manifests.insert(name.to_owned(), of_package);
    }
    Ok(manifests)
}

fn check_manifest(name: &str, dependencies: &[(String, bool)], wrong: &mut Vec<String>) {
    let Some((_, allowed)) = MAY_IMPORT.iter().find(|(room, _)| *room == name) else {
        wrong.push(format!(
            "{name}: not a room of the house; add it to docs/ARCHITECTURE.md and to xtask first"
        ));
        return;
    };
    for (dependency, for_tests) in dependencies {
        let is_room = MAY_IMPORT.iter().any(|(room, _)| room == dependency);
        if is_room && dependency != name && !allowed.contains(&dependency.as_str()) {
            wrong.push(format!(
                "{name} must not import {dependency}: it may import {}",
                list(allowed)
            ));
        }
        if *for_tests {
            continue;
        }
        if let Some((_, rooms)) = ONE_ROOM.iter().find(|(library, _)| library == dependency)
            && !rooms.contains(&name)
        {
            wrong.push(format!(
                "{name} must not use {dependency}: that is the work of {}",
                list(rooms)
            ));
        }
        if NEVER
            .iter()
            .any(|(room, libraries)| *room == name && libraries.contains(&dependency.as_str()))
        {
            wrong.push(format!("{name} must do without {dependency}"));
        }
    }
}

/// What manifests cannot say: SQL stands in `storage`, in `store/` and where the portal compiles rows to the
/// gateway's configuration (`publish/`) alone, and adapters stay apart.
fn check_sources(root: &Path, wrong: &mut Vec<String>) -> Result<usize> {
    let mut files = Vec::new();
    collect(&root.join("crates"), &mut files)?;
    for file in &files {
        let text = fs::read_to_string(file).with_context(|| format!("read {}", file.display()))?;
        let shown = file
            .strip_prefix(root)
            .unwrap_or(file)
            .display()
            .to_string()
            .replace('\\', "/");
        if !shown.contains("/src/") {
            continue;
        }
        let product = shown.starts_with("crates/identity/") || shown.starts_with("crates/portal/");
        let may_hold_sql = [
            "crates/storage/",
            "/src/store",
            "/src/publish/",
            "/tests/",
            "/tests.rs",
        ]
        .iter()
        .any(|place| shown.contains(place));
        for (number, line) in text.lines().enumerate() {
            if is_test_module(line) {
                break;
            }
            if !may_hold_sql && (product || shown.starts_with("crates/")) && holds_sql(line) {
                wrong.push(format!(
                    "{shown}:{}: SQL stands in store/ alone",
                    number + 1
                ));
            }
            if shown.starts_with("crates/dcr/src/")
                && let Some(other) = imports_adapter(line)
                && !shown.contains(other)
                && !shown.ends_with("/lib.rs")
                && !shown.ends_with("/connect.rs")
            {
                wrong.push(format!(
                    "{shown}:{}: an adapter never imports another ({other})",
                    number + 1
                ));
            }
        }
    }
    Ok(files.len())
}

fn is_test_module(line: &str) -> bool {
    line.trim_start().starts_with("#[cfg(test)]") && !line.contains("mod tests;")
}

fn holds_sql(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    [
        "\"SELECT ",
        "\"INSERT INTO ",
        "\"DELETE FROM ",
        "\"UPDATE ",
        "\"CREATE TABLE ",
    ]
    .iter()
    .any(|start| code.contains(start))
}

const ADAPTERS: &[&str] = &[
    "auth0",
    "okta",
    "azure_ad",
    "curity",
    "http_bridge",
    "rfc7591",
];

fn imports_adapter(line: &str) -> Option<&'static str> {
    let code = line.split("//").next().unwrap_or_default();
    ADAPTERS
        .iter()
        .find(|name| code.contains(&format!("crate::{name}")))
        .copied()
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(dir).with_context(|| format!("list {}", dir.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

fn list(names: &[&str]) -> String {
    if names.is_empty() {
        "nothing of the house".to_owned()
    } else {
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::{check, check_manifest, holds_sql, imports_adapter};

    #[test]
    fn the_tree_keeps_to_the_table() {
        check().unwrap();
    }

    #[test]
    fn a_forbidden_import_is_named() {
        let mut wrong = Vec::new();
        check_manifest(
            "identity",
            &[("portal".into(), false), ("sqlx".into(), false)],
            &mut wrong,
        );
        check_manifest(
            "dcr",
            &[("axum".into(), false), ("axum".into(), true)],
            &mut wrong,
        );
        assert_eq!(wrong.len(), 3, "{wrong:?}");
        assert!(wrong[0].starts_with("identity must not import portal"));
    }

    #[test]
    fn sql_and_foreign_adapters_are_seen() {
        assert!(holds_sql("    db.query(\"SELECT 1\", vec![])"));
        assert!(!holds_sql("    // \"SELECT 1\""));
        assert_eq!(imports_adapter("use crate::okta::Okta;"), Some("okta"));
    }
}
