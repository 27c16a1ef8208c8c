//! How a caller proves itself.

use web::components::{code_block, link_button};
use web::{Markup, Text, html};

use super::{Shown, described};
use crate::pages::reference::{Document, Way, ways};
use crate::pages::specification::Scheme;

pub(super) fn section(shown: &Shown, document: &Document) -> Markup {
    let text = shown.text();
    let schemes = &shown.version.schemes;
    let said = match schemes.is_empty() {
        true => ways(document),
        false => Vec::new(),
    };
    html! {
        @if !schemes.is_empty() || !said.is_empty() {
            section.section aria-labelledby="authentication" {
                h2 id="authentication" { (text.get("product-how-to-sign")) }
                @if schemes.len() > 1 { p.fine.spaced { (text.get("reference-auth-any")) } }
                @for (at, scheme) in schemes.iter().enumerate() { (asked(text, at, scheme)) }
                @for way in &said { (told(text, way)) }
                @if shown.version.registration.takes() {
                    p.spaced {
                        (text.get("reference-auth-register")) " "
                        (link_button(&format!("{}/register", shown.address()), &text.get("product-register")))
                    }
                }
            }
        }
    }
}

/// What the gateway takes.
fn asked(text: Text, at: usize, scheme: &Scheme) -> Markup {
    let (word, example) = match scheme {
        Scheme::ClientCredentials => (
            "basic",
            "Authorization: Basic base64(CLIENT_ID:CLIENT_SECRET)".to_owned(),
        ),
        Scheme::Bearer => ("bearer", "Authorization: Bearer ACCESS_TOKEN".to_owned()),
        Scheme::Key(header) => ("key", format!("{header}: API_KEY")),
    };
    html! {
        div.authentication {
            h3 { (text.get(&format!("reference-auth-{word}"))) }
            p { (text.get(&format!("reference-auth-{word}-how"))) }
            (code_block(text, &format!("authentication-{at}"), &example))
        }
    }
}

/// What the document says where the gateway asks for nothing.
fn told(text: Text, way: &Way<'_>) -> Markup {
    html! {
        div.authentication {
            h3 { (way.name) }
            (described(way.description))
            @for (flow, token, scopes) in &way.flows {
                p { (flow) @if let Some(token) = token { " · " code.wraps { (token) } } }
                @if !scopes.is_empty() {
                    p.fine { (text.get("reference-scopes")) @for scope in scopes { " " code.wraps { (scope) } } }
                }
            }
        }
    }
}
