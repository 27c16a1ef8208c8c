//! Whether portal and provider agree: at a glance, as a plan to review and apply, and what is done by
//! itself.

mod apply;
mod leftovers;
mod orphans;
mod overview;
mod plan;
mod policy;

use axum::Router;
use axum::routing::{get, post};
use web::components::way;
use web::{Markup, Text, Tone, html};

use super::{Acting, Refused, address, heading, sheet, text};
use crate::console::Told;
use crate::model::{ApplicationId, DcrProvider, PortalId};
use crate::service::applications::Reconciliation;
use crate::{Error, Portal};

/// The page's path below its provider's.
pub(super) const BELOW: &str = "/agreement";
const PLAN: &str = "/agreement/plan";
const APPLY: &str = "/agreement/apply";

pub(super) fn routes() -> Router<Portal> {
    let below = |path: &str| format!("{}/{{id}}{path}", super::LIST);
    Router::new()
        .route(&below(BELOW), get(overview::page))
        .route(&below("/agreement/pass"), post(overview::pass))
        .route(&below("/agreement/policy"), post(policy::save))
        .route(&below(PLAN), get(plan::page).post(plan::review))
        .route(&below(APPLY), post(apply::apply))
        .route(
            &below("/agreement/orphans/{orphan}/dismiss"),
            get(orphans::ask).post(orphans::dismiss),
        )
}

/// Whether they agree, by the last look, in a word or two.
pub(super) fn word(text: Text, open: Option<i64>) -> (Tone, String) {
    match open {
        None => (Tone::Neutral, text.get("agreement-unknown")),
        Some(0) => (Tone::Success, text.get("agreement-agrees")),
        Some(open) => (
            Tone::Warning,
            text.with("agreement-differs", [("count", open.into())]),
        ),
    }
}

/// How many differences are open; `None` if nobody could look.
fn open(now: &Reconciliation) -> Option<i64> {
    let open = i64::try_from(now.open.len()).unwrap_or(i64::MAX);
    now.standing.as_ref().map(|_| open)
}

/// Why the provider cannot be looked at now: what to say on the page instead of what it would show.
///
/// # Errors
/// What is not the provider's fault.
fn trouble(error: Error) -> Result<String, Refused> {
    match error {
        Error::Provider(error) => Ok(error.message),
        other => Err(other.into()),
    }
}

/// The way back from a page below the agreement's.
fn above(text: Text, provider: &DcrProvider) -> Markup {
    way(
        text,
        &[
            (&text.get("providers-title"), super::LIST),
            (&provider.name, &address(provider, "")),
            (&text.get("agreement-tab"), &address(provider, BELOW)),
        ],
    )
}

/// An application in the console, by its ids.
fn application(portal: PortalId, id: ApplicationId, name: &str) -> Markup {
    let href = format!("/portals/{portal}/applications/{id}");
    html! { a href=(href) { (name) } }
}
