//! The npm packages of a program: fetched once, held as bytes.

mod resolve;

pub use resolve::ResolveError;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A package that an action requires.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Dependency {
    /// Its name in the registry: `axios`, `@scope/name`.
    pub name: String,
    /// A version, a range (`^1.2`), a tag, or nothing (the newest). After installation, the version.
    #[serde(default)]
    pub version: String,
}

/// The installed files of packages and of all that they need.
///
/// Copies share the files.
#[derive(Clone, Debug, Default)]
pub struct Modules(Arc<Installed>);

#[derive(Debug, Default, Serialize, Deserialize)]
struct Installed {
    /// The wanted packages with the versions that were found for them.
    pinned: Vec<Dependency>,
    /// Text by path: `node_modules/axios/package.json`.
    files: BTreeMap<String, String>,
}

impl Modules {
    /// The wanted packages with the versions that were installed.
    #[must_use]
    pub fn pinned(&self) -> &[Dependency] {
        &self.0.pinned
    }

    /// The text of an installed file.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.0.files.get(path).map(String::as_str)
    }
}
