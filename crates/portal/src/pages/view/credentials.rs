//! The one page that shows a secret.

use web::components::{code_block, copyable, notice, page_heading};
use web::{Page, Tone, Visitor, Width, html, moment};

use crate::pages::text::text;

/// Why the secret is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occasion {
    Created,
    Rotated,
    /// The old credential works on for a while.
    Succeeded {
        /// Milliseconds since 1970.
        until: i64,
    },
}

/// Credentials, borrowed from what the one response consumes.
#[derive(Clone, Copy)]
pub(crate) struct Shown<'a> {
    pub(crate) application_name: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) client_secret: &'a str,
    /// An address at the gateway to call, where one is known.
    pub(crate) example_url: Option<&'a str>,
    /// Where to go on.
    pub(crate) proceed: &'a str,
}

/// Rendered in the answer to the form and nowhere else: there is no address to come back to.
pub(crate) fn once(visitor: &Visitor, occasion: Occasion, shown: Shown<'_>) -> Page {
    let text = text(visitor);
    let (title, lead) = match occasion {
        Occasion::Created => ("secret-title", "secret-lead"),
        Occasion::Rotated => ("secret-title-rotated", "secret-lead-rotated"),
        Occasion::Succeeded { .. } => ("secret-title-rotated", "secret-lead-succeeded"),
    };
    let title = text.with(title, [("name", shown.application_name.into())]);
    let main = html! {
        (page_heading(&title, None, None))
        (notice(text, Tone::Warning, html! { p { strong { (text.get(lead)) } }
            @if let Occasion::Succeeded { until } = occasion {
                p { (text.get("secret-old-until")) " " (moment(text, until)) }
            }
        }))
        section.panel aria-label=(text.get("app-credentials")) {
            (copyable(text, "client-id", &text.get("app-client-id"), shown.client_id))
            (copyable(text, "client-secret", &text.get("app-client-secret"), shown.client_secret))
        }
        @if let Some(url) = shown.example_url {
            section.section aria-labelledby="try" {
                h2 id="try" { (text.get("secret-curl")) }
                p.fine.spaced { (text.get("secret-curl-lead")) }
                div.spaced { (code_block(text, "curl", &curl(url, shown))) }
            }
        }
        div.proceed {
            p { (text.get("secret-stored")) }
            a.button.button-primary href=(shown.proceed) { (text.get("secret-proceed")) }
        }
    };
    visitor.page(&title).width(Width::Reading).main(main)
}

/// As the documentation of the vendor writes it: the pair itself, not encoded.
fn curl(url: &str, shown: Shown<'_>) -> String {
    format!(
        "curl {url} -H \"Authorization: Basic {}:{}\"",
        shown.client_id, shown.client_secret
    )
}
