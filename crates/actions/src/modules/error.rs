//! Why packages cannot be installed.

/// Why packages cannot be installed. The text is for the program's author.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModuleError {
    /// No package can have that name.
    #[error("{0:?} is not the name of an npm package")]
    Name(String),
    /// The registry knows no such package.
    #[error("the registry has no package {0}; check its spelling")]
    NotFound(String),
    /// No version of the package fits.
    #[error("{name} has no version {wanted}; the newest is {newest}")]
    NoVersion {
        /// The package.
        name: String,
        /// What was asked for.
        wanted: String,
        /// The newest version.
        newest: String,
    },
    /// A package needs another from somewhere else than the registry.
    #[error("{name} is wanted from {wanted}; only versions in the registry can be installed")]
    Elsewhere {
        /// The package that is needed.
        name: String,
        /// Where it should come from.
        wanted: String,
    },
    /// The registry did not answer, or not as a registry does.
    #[error("the registry gave no {what}: {message}")]
    Registry {
        /// What was fetched.
        what: String,
        /// What happened.
        message: String,
    },
    /// The bytes are not those that the registry promised.
    #[error("{0} is not what the registry says it is (sha512 differs or is missing)")]
    Integrity(String),
    /// The package's archive cannot be read, or holds what it must not.
    #[error("the archive of {package} cannot be used: {message}")]
    Archive {
        /// Name and version.
        package: String,
        /// What is wrong.
        message: String,
    },
    /// More than [`Limits`](super::Limits) allow.
    #[error("too much to install: {0}")]
    TooLarge(String),
    /// The package is for a machine, not for a sandbox.
    #[error("{0} has native code, which cannot run here; look for a package in plain JavaScript")]
    Native(String),
    /// Nothing in the package can be required.
    #[error("{package} cannot be required: {message}")]
    Nothing {
        /// Name and version.
        package: String,
        /// Why.
        message: String,
    },
    /// Stored modules are not what was stored.
    #[error("the stored modules cannot be read: {0}; save the action again")]
    Damaged(String),
}
