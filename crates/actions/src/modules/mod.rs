//! The npm packages of a program: fetched once, held as bytes.

mod archive;
mod error;
mod exports;
mod file;
mod install;
mod manifest;
mod registry;
mod resolve;
mod version;

pub use error::ModuleError;
pub use install::install;
pub(crate) use resolve::How;
pub use resolve::ResolveError;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::io::{Read as _, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};

use crate::bytecode::Bytecode;
use file::File;
use manifest::Manifest;

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
/// Copies share the files, and the bytecode that was made of them.
#[derive(Clone, Debug, Default)]
pub struct Modules(Arc<Installed>);

#[derive(Debug, Default)]
struct Installed {
    /// The wanted packages with the versions that were found for them.
    pinned: Vec<Dependency>,
    /// By path: `node_modules/axios/package.json`.
    files: BTreeMap<String, File>,
    /// By path, of what was required so far.
    compiled: Mutex<HashMap<String, Arc<Bytecode>>>,
    /// By folder, of packages that were looked into so far: some are long, and asked for each of their files.
    manifests: Mutex<HashMap<String, Option<Arc<Manifest>>>>,
    /// By path, whether a file is an ES module where its package does not say so.
    syntax: Mutex<HashMap<String, bool>>,
}

/// What a database keeps.
#[derive(Serialize, Deserialize)]
struct Stored<'a> {
    pinned: Vec<Dependency>,
    files: BTreeMap<String, Cow<'a, str>>,
}

impl Modules {
    fn new(pinned: Vec<Dependency>, files: impl IntoIterator<Item = (String, String)>) -> Self {
        let files = files.into_iter().map(|(path, text)| {
            let file = File::new(&path, text);
            (path, file)
        });
        Self(Arc::new(Installed {
            pinned,
            files: files.collect(),
            ..Installed::default()
        }))
    }

    /// The wanted packages with the versions that were installed.
    #[must_use]
    pub fn pinned(&self) -> &[Dependency] {
        &self.0.pinned
    }

    /// How many files are installed, and their bytes together.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        let bytes = self.0.files.values().map(File::length).sum();
        (self.0.files.len(), bytes)
    }

    /// All of it as compressed bytes, for a database.
    ///
    /// # Errors
    /// None that a program can cause.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ModuleError> {
        let broken = |error: std::io::Error| ModuleError::Damaged(error.to_string());
        let files = self.0.files.iter();
        let stored = Stored {
            pinned: self.0.pinned.clone(),
            files: files
                .map(|(path, file)| (path.clone(), file.text()))
                .collect(),
        };
        let json = serde_json::to_vec(&stored).map_err(|error| broken(error.into()))?;
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
        let stored: Stored<'_> = serde_json::from_slice(&json)
            .map_err(|error| ModuleError::Damaged(error.to_string()))?;
        let files = stored.files.into_iter();
        Ok(Self::new(
            stored.pinned,
            files.map(|(path, text)| (path, text.into_owned())),
        ))
    }

    /// Whether anybody else holds a copy.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    /// Whether there is such a file.
    pub(crate) fn holds(&self, path: &str) -> bool {
        self.0.files.contains_key(path)
    }

    /// The text of an installed file.
    pub(crate) fn text(&self, path: &str) -> Option<Cow<'_, str>> {
        self.0.files.get(path).map(File::text)
    }

    /// A file's bytecode, if it was made before.
    pub(crate) fn compiled(&self, path: &str) -> Option<Arc<Bytecode>> {
        let compiled = &self.0.compiled;
        let compiled = compiled.lock().unwrap_or_else(PoisonError::into_inner);
        compiled.get(path).cloned()
    }

    /// Keeps a file's bytecode.
    pub(crate) fn keep(&self, path: &str, bytecode: Bytecode) -> Arc<Bytecode> {
        let bytecode = Arc::new(bytecode);
        let compiled = &self.0.compiled;
        let mut compiled = compiled.lock().unwrap_or_else(PoisonError::into_inner);
        compiled.insert(path.to_owned(), Arc::clone(&bytecode));
        bytecode
    }
}
