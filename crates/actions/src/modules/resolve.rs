//! What `require` finds.

use super::Modules;

/// Why `require` finds nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// There is no such package or file.
    #[error("cannot find module '{wanted}'; add it to the action's dependencies")]
    NotFound {
        /// What was required.
        wanted: String,
    },
}

impl Modules {
    /// The path that `require(wanted)` in the file `from` means.
    pub(crate) fn resolve(&self, _from: &str, wanted: &str) -> Result<String, ResolveError> {
        Err(ResolveError::NotFound {
            wanted: wanted.to_owned(),
        })
    }
}
