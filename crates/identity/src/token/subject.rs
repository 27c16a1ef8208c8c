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
        // A keyed hash: no way back to the user, and a host name has no NUL, so no other pair gives the
        // same text.
        Some(sector) => tenant.sealer().digest(
            "identity.pairwise_subject",
            format!("{sector}\0{user_id}").as_bytes(),
        ),
    }
}
