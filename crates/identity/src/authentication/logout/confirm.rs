//! Asking the user whether they want to sign out.

use axum::response::{IntoResponse, Response};

use crate::Tenant;
use crate::login::deferred::Deferred;
use crate::model::session::Session;

/// What a form carries that this server made for this session: another site cannot know it.
const PURPOSE: &str = "identity.logout";

fn token(tenant: &Tenant, session: &Session) -> String {
    // The browser's secret changes with each sign-in, and so does `auth_time`.
    let bound = format!("{}:{}", session.id, session.auth_time.as_millis());
    tenant.sealer().digest(PURPOSE, bound.as_bytes())
}

/// Whether the user has confirmed, in a form of ours, that this session should end.
pub(super) fn is_given(tenant: &Tenant, session: &Session, sent: Option<&str>) -> bool {
    let own = token(tenant, session);
    sent.is_some_and(|sent| oauth::secret::same(sent.as_bytes(), own.as_bytes()))
}

/// The question. `fields` come back with the answer.
pub(super) fn page(
    tenant: &Tenant,
    session: &Session,
    fields: &[(&str, &str)],
    destination: Option<String>,
) -> Response {
    let own = token(tenant, session);
    let fields = fields
        .iter()
        .copied()
        .chain([("confirm", own.as_str())])
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    Deferred::SignOut {
        fields,
        destination,
    }
    .into_response()
}
