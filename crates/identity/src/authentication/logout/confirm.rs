//! Asking the user whether they want to sign out.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use web::{ContentPolicy, DOCTYPE, html};

use crate::Tenant;
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
    destination: Option<&str>,
) -> Response {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { "Sign out?" }
            }
            body {
                main {
                    h1 { "Sign out?" }
                    p { "An application asks to end your session at " (tenant.settings().name) "." }
                    form method="post" action="/oidc/logout" {
                        @for (name, value) in fields {
                            input type="hidden" name=(name) value=(value);
                        }
                        input type="hidden" name="confirm" value=(token(tenant, session));
                        button type="submit" { "Sign out" }
                    }
                }
            }
        }
    };
    let policy = ContentPolicy::nothing().allow("form-action", "'self'");
    let policy = match destination {
        Some(destination) => policy.allow_form_action(destination),
        None => policy,
    };
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (header::CONTENT_SECURITY_POLICY, policy.header()),
    ];
    (headers, markup.into_string()).into_response()
}
