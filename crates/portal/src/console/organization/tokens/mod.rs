//! Tokens for the platform API: one's own, and those of system accounts and of other users.

mod expiry;
mod list;
mod new;
mod own;
mod revoke;

use axum::Router;
use axum::routing::get;

use super::{Acting, Refused, Told, Whose, text};
use crate::Portal;
use crate::model::{Administrator, SystemAccount};
pub(super) use list::rows;
pub(super) use new::{create_of_account, new_of_account};
pub(super) use revoke::{revoke_of, revoke_page_of};

/// One's own tokens.
pub(super) const LIST: &str = "/tokens";

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .route("/tokens", get(own::page))
        .route("/tokens/rights", get(own::rights))
        .route("/tokens/new", get(new::own_page).post(new::create_own))
        .route(
            "/tokens/{token}/revoke",
            get(revoke::own_page).post(revoke::own),
        )
}

/// Whose tokens a page is about.
pub(super) enum Bearer {
    /// The reader's own.
    Own(Administrator),
    /// A user's.
    User(Administrator),
    /// A system account's.
    Account(SystemAccount),
}

impl Bearer {
    /// Where the tokens are listed, or a page `below` that.
    fn address(&self, below: &str) -> String {
        match self {
            Self::Own(_) => format!("{LIST}{below}"),
            Self::User(user) => super::people::address(user, &tokens(below)),
            Self::Account(account) => super::accounts::address(account, &tokens(below)),
        }
    }
}

/// Pages about single tokens are below a part of their own.
fn tokens(below: &str) -> String {
    match below {
        "" => String::new(),
        below => format!("/tokens{below}"),
    }
}
