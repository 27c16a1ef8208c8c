//! Installed packages: one copy in memory for all programs that need just these.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::runner::Modules;
use crate::model::action::Fault;
use crate::store::actions;
use crate::{Error, Tenant};

/// Packages by their id, the checksum of their files. Those that no program needs any more go when others come.
#[derive(Default)]
pub(super) struct Packages(Mutex<HashMap<String, Modules>>);

impl Packages {
    fn known(&self, id: &str) -> Option<Modules> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(id).cloned()
    }

    /// Keeps packages, unless they are there already: then those are the ones to use.
    pub(super) fn keep(&self, id: &str, modules: Modules) -> Modules {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|known, modules| known == id || modules.is_shared());
        known.entry(id.to_owned()).or_insert(modules).clone()
    }
}

/// Packages that were installed before. That they are damaged or gone is a fault of the Actions that need them,
/// and of no others.
///
/// # Errors
/// Those of the database.
pub(super) async fn installed(tenant: &Tenant, id: &str) -> Result<Result<Modules, Fault>, Error> {
    let packages = &tenant.actions().packages;
    if let Some(known) = packages.known(id) {
        return Ok(Ok(known));
    }
    let Some(text) = actions::modules(tenant.db(), id).await? else {
        return Ok(Err(lost(
            "the packages are gone; change the dependencies and save again",
        )));
    };
    // Unpacking takes its time.
    let unpacked = tokio::task::spawn_blocking(move || {
        let bytes = STANDARD_NO_PAD.decode(text).ok()?;
        Modules::from_bytes(&bytes).ok()
    });
    Ok(match unpacked.await {
        Ok(Some(modules)) => Ok(packages.keep(id, modules)),
        _ => Err(lost(
            "the packages are damaged; change the dependencies and save again",
        )),
    })
}

fn lost(message: &str) -> Fault {
    Fault {
        id: "dependency_error".to_owned(),
        message: message.to_owned(),
        ..Fault::default()
    }
}

/// How packages are kept in the database.
pub(super) fn written(bytes: &[u8]) -> String {
    STANDARD_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::Packages;
    use crate::service::actions::runner::Modules;

    #[test]
    fn programs_share_packages_and_the_last_one_takes_them_away() {
        let packages = Packages::default();
        let first = packages.keep("a", Modules::default());
        let second = packages.keep("a", Modules::default());
        assert!(first.is_shared() && packages.known("a").is_some());
        drop((first, second));
        let _other = packages.keep("b", Modules::default());
        assert!(packages.known("a").is_none() && packages.known("b").is_some());
    }
}
