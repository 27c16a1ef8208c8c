//! What is at the bare address.

use std::sync::Arc;

use axum::extract::State;
use web::components::{card_link, code_block, page_heading};
use web::{Brand, Frame, Page, Visitor, Width, html};

use super::{Facts, text};

/// The vendor's reference, which describes this API.
const REFERENCE: &str = "https://developer.konghq.com/api/";

/// Says what answers here, and how to begin.
pub(super) async fn page(visitor: Visitor, State(facts): State<Arc<Facts>>) -> Page {
    let text = text(&visitor);
    let title = text.get("start-title");
    let lead = text.with(
        "start-lead",
        [("organization", facts.organization.as_str().into())],
    );
    let call = format!(
        "curl {}/v3/organizations/me -H \"Authorization: Bearer $KPAT\"",
        facts.platform_url
    );
    let main = html! {
        (page_heading(&title, Some(&lead), None))
        ul.cards aria-label=(text.get("start-here")) {
            (card_link(&facts.portal_url, &text.get("start-portal"), html! {
                p { (text.get("start-portal-text")) }
            }))
            (card_link(REFERENCE, &text.get("start-documentation"), html! {
                p { (text.get("start-documentation-text")) }
            }))
        }
        section.section aria-labelledby="token" {
            h2 id="token" { (text.get("start-token")) }
            p.fine.spaced { (text.get("start-token-lead")) }
            div.spaced { (code_block(text, "create-token", "gatehouse token create --name \"my token\"")) }
        }
        section.section aria-labelledby="call" {
            h2 id="call" { (text.get("start-call")) }
            p.fine.spaced { (text.get("start-call-lead")) }
            div.spaced { (code_block(text, "first-call", &call)) }
        }
    };
    let frame = Frame {
        brand: Brand {
            name: facts.organization.clone(),
            ..Brand::default()
        },
        ..Frame::default()
    };
    let visitor = visitor.framed(frame);
    visitor.page(&title).width(Width::Reading).main(main)
}
