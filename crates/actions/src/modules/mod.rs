//! The npm packages of a program: fetched once, held as bytes.

mod archive;
mod error;
mod exports;
mod install;
mod registry;
mod resolve;
mod version;

pub use error::ModuleError;
pub use install::install;
pub(crate) use resolve::How;
pub use resolve::ResolveError;

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::sync::Arc;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
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

/// How much may be installed for one program.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Packages, those that packages need included.
    pub packages: usize,
    /// Bytes of one package as it is fetched.
    pub packed: usize,
    /// Bytes of one package, unpacked.
    pub unpacked: usize,
    /// Bytes of all files that are kept.
    pub kept: usize,
    /// Files that are kept.
    pub files: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            packages: 250,
            packed: 16 << 20,
            unpacked: 128 << 20,
            kept: 48 << 20,
            files: 20_000,
        }
    }
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

    /// How many files are installed, and their bytes together.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        let bytes = self.0.files.values().map(String::len).sum();
        (self.0.files.len(), bytes)
    }

    /// All of it as compressed bytes, for a database.
    ///
    /// # Errors
    /// None that a program can cause.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ModuleError> {
        let broken = |error: std::io::Error| ModuleError::Damaged(error.to_string());
        let json = serde_json::to_vec(&*self.0).map_err(|error| broken(error.into()))?;
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(&json).map_err(broken)?;
        gzip.finish().map_err(broken)
    }

    /// What [`Modules::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`ModuleError::Damaged`] if it is anything else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModuleError> {
        const LARGEST: u64 = 256 << 20;
        let mut json = Vec::new();
        GzDecoder::new(bytes)
            .take(LARGEST)
            .read_to_end(&mut json)
            .map_err(|error| ModuleError::Damaged(error.to_string()))?;
        let installed = serde_json::from_slice(&json)
            .map_err(|error| ModuleError::Damaged(error.to_string()))?;
        Ok(Self(Arc::new(installed)))
    }

    /// The text of an installed file.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.0.files.get(path).map(String::as_str)
    }
}
