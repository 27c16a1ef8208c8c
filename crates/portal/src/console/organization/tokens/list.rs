//! Tokens as a table.

use oauth::Timestamp;
use web::components::{badge, table};
use web::{Markup, Text, Tone, html, moment, moment_or_never};

use super::Bearer;
use crate::model::PlatformToken;

/// Whether a token works.
fn works(token: &PlatformToken, now: Timestamp) -> bool {
    token.revoked_at.is_none() && token.expires_at.is_none_or(|end| end > now)
}

fn state(text: Text, token: &PlatformToken, now: Timestamp) -> Markup {
    let (tone, word) = match token.revoked_at {
        Some(_) => (Tone::Danger, "tokens-revoked"),
        None if works(token, now) => (Tone::Success, "tokens-active"),
        None => (Tone::Warning, "tokens-expired"),
    };
    badge(tone, &text.get(word))
}

/// The tokens, those that were made last first; `changing` says whether the reader may revoke them.
pub(in crate::console::organization) fn rows(
    text: Text,
    tokens: &[PlatformToken],
    (bearer, changing): (&Bearer, bool),
    now: Timestamp,
) -> Markup {
    if tokens.is_empty() {
        return html! { p.fine { (text.get("tokens-none")) } };
    }
    let labels = [
        "name",
        "tokens-state",
        "created",
        "tokens-used",
        "tokens-ends",
    ];
    let labels = labels.map(|id| text.get(id));
    let columns: Vec<&str> = labels.iter().map(String::as_str).collect();
    let revoke = text.get("tokens-revoke");
    let rows = html! {
        @for token in tokens.iter().rev() {
            tr {
                td data-label=(labels[0]) { div { strong { (token.name) } span.fine { "… " code { (token.last_four) } } } }
                td data-label=(labels[1]) { (state(text, token, now)) }
                td data-label=(labels[2]) { (moment(text, token.created_at.as_millis())) }
                td data-label=(labels[3]) { (moment_or_never(text, token.last_used_at.map(Timestamp::as_millis))) }
                td data-label=(labels[4]) { (moment_or_never(text, token.expires_at.map(Timestamp::as_millis))) }
                @if changing {
                    td.row-actions {
                        @if works(token, now) {
                            a href=(bearer.address(&format!("/{}/revoke", token.id))) {
                                (revoke) span.visually-hidden { ": " (token.name) }
                            }
                        }
                    }
                }
            }
        }
    };
    let actions = changing.then_some(revoke.as_str());
    table(&text.get("tokens-title"), &columns, actions, rows)
}
