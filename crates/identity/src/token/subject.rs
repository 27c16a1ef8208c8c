//! Under which name a client knows a user.

use crate::Tenant;
use crate::model::client::Client;

/// The `sub` of a user for a client: the user's id or, for a client that registered for it, an id that
/// only the clients of its sector share.
///
/// Source: OpenID Connect Core §8.1.
pub(crate) fn of(tenant: &Tenant, client: &Client, user_id: &str) -> String {
    let registration = client.registration.as_ref();
    let sector = registration.and_then(|registration| registration.sector());
    match sector {
        None => user_id.to_owned(),
        Some(sector) => {
            // The key outlives a rotation of the key-encryption key: subjects must not change.
            let key = tenant.sealer().digest("identity.pairwise_subject", b"");
            oauth::pairwise::subject(key.as_bytes(), &sector, user_id)
        }
    }
}
