//! Organization > System accounts: automations that call the platform API.

mod delete;
mod list;
mod new;
mod settings;
mod show;

use axum::Router;
use axum::routing::get;

use super::{Acting, Refused, Told, Whose, groups, roles, text, tokens};
use crate::Portal;
use crate::model::SystemAccount;

pub(super) const LIST: &str = "/system-accounts";
pub(super) const NEW: &str = "/system-accounts/new";

/// The tabs of an account: text, and what comes after the account's address.
pub(super) const TABS: &[(&str, &str)] = &[
    ("tokens-title", ""),
    ("rights-title", "/roles"),
    ("teams-title", "/teams"),
    ("settings", "/settings"),
];

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .route(LIST, get(list::page))
        .route(NEW, get(new::page).post(new::create))
        .route("/system-accounts/{id}", get(show::page))
        .route(
            "/system-accounts/{id}/tokens/new",
            get(tokens::new_of_account).post(tokens::create_of_account),
        )
        .route(
            "/system-accounts/{id}/tokens/{token}/revoke",
            get(tokens::revoke_page_of).post(tokens::revoke_of),
        )
        .route("/system-accounts/{id}/roles", get(roles::page))
        .route(
            "/system-accounts/{id}/roles/new",
            get(roles::new_page).post(roles::assign),
        )
        .route(
            "/system-accounts/{id}/roles/{role}/remove",
            get(roles::remove_page).post(roles::remove),
        )
        .route(
            "/system-accounts/{id}/teams",
            get(groups::page).post(groups::join),
        )
        .route(
            "/system-accounts/{id}/settings",
            get(settings::page).post(settings::save),
        )
        .route(
            "/system-accounts/{id}/delete",
            get(delete::page).post(delete::delete),
        )
}

/// The address of an account's page, or of one `below` it.
pub(super) fn address(account: &SystemAccount, below: &str) -> String {
    format!("{LIST}/{}{below}", account.id)
}
