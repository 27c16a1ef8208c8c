//! What a reader sees when a sign-in cannot go on and nobody can be told by a redirect.

use http::StatusCode;
use web::components::{Definition, definitions};
use web::{Page, Visitor, Width, html};

/// What happened, for the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// There is no such client.
    UnknownClient,
    /// There was such a client; it was not used for a long time.
    PrunedClient,
    /// The redirect URI is not one of the client's.
    BadRedirect,
    /// Anything else that the client asked for and cannot have.
    BadRequest,
    /// The page is too old, was used, or belongs to another browser.
    Expired,
    /// The account may not come in.
    Denied,
    /// Our own fault.
    Server,
}

impl Kind {
    const fn key(self) -> &'static str {
        match self {
            Self::UnknownClient => "problem-unknown-client",
            Self::PrunedClient => "problem-pruned-client",
            Self::BadRedirect => "problem-bad-redirect",
            Self::BadRequest => "problem-bad-request",
            Self::Expired => "problem-expired",
            Self::Denied => "problem-denied",
            Self::Server => "problem-server",
        }
    }

    const fn status(self) -> StatusCode {
        match self {
            Self::UnknownClient | Self::PrunedClient | Self::BadRedirect | Self::BadRequest => {
                StatusCode::BAD_REQUEST
            }
            Self::Expired => StatusCode::GONE,
            Self::Denied => StatusCode::FORBIDDEN,
            Self::Server => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// A page for it. `error` and `reason` are for the makers of the application: the code that a redirect
/// would have carried, and a sentence in English.
pub(crate) fn problem(
    visitor: &Visitor,
    tenant: &str,
    kind: Kind,
    error: Option<&str>,
    reason: Option<&str>,
) -> Page {
    let text = visitor.text();
    let title = text.get(&format!("{}-title", kind.key()));
    let lead = text.with(kind.key(), [("tenant", tenant.into())]);
    let details: Vec<Definition> = [
        ("problem-code", error),
        ("problem-reason", reason),
        ("request-id", visitor.request_id()),
    ]
    .into_iter()
    .filter_map(|(label, value)| {
        let value = value?;
        Some(Definition::new(text.get(label), html! { code { (value) } }))
    })
    .collect();
    let main = html! {
        div.problem {
            h1 { (title) }
            p.lead { (lead) }
            @if !details.is_empty() {
                div.panel {
                    h2.group-title { (text.get("problem-details")) }
                    (definitions(&details))
                }
            }
        }
    };
    visitor
        .page(&title)
        .status(kind.status())
        .width(Width::Reading)
        .main(main)
}
