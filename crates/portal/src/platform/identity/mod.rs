//! Who calls: `/v3/users/me`, `/v3/organizations/me`, `/v3/system-accounts`.
//!
//! Source: Konnect identity v3.

mod access_tokens;
mod me;
mod system_accounts;

use super::Route;

pub(super) fn routes() -> Vec<Route> {
    [
        me::routes(),
        system_accounts::routes(),
        access_tokens::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
