//! Who may call, and do what: users, system accounts, teams, tokens and roles of the organisation.
//!
//! Source: Konnect identity v3.

mod access_tokens;
mod me;
mod roles;
mod system_accounts;
mod teams;
mod user_tokens;
mod users;

use super::Route;

pub(super) fn routes() -> Vec<Route> {
    [
        me::routes(),
        system_accounts::routes(),
        access_tokens::routes(),
        roles::routes(),
        teams::routes(),
        users::routes(),
        user_tokens::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
