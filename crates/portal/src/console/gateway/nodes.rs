//! The nodes that follow, and the revision that each obeys.

use axum::extract::State;
use oauth::Timestamp;
use web::components::{badge, empty_state, link_button, page_heading, table};
use web::{Administrator, Markup, Page, Text, Tone, Visitor, html, moment_or_never};

use super::text;
use crate::Portal;
use crate::publish::NodeState;

pub(super) async fn page(State(portal): State<Portal>, visitor: Visitor, _: Administrator) -> Page {
    let nodes = portal.publisher().nodes();
    let text = text(&visitor);
    let title = text.get("nodes-title");
    let again = link_button("/gateway/nodes", &text.get("nodes-again"));
    let main = html! {
        (page_heading(&title, Some(&text.get("nodes-lead")), Some(again)))
        dl.figures {
            div { dt { (text.get("nodes-newest")) } dd { (portal.publisher().revision()) } }
            div { dt { (text.get("nodes-following")) } dd { (nodes.iter().filter(|node| node.connected).count()) } }
        }
        @if nodes.is_empty() {
            (empty_state(&text.get("nodes-none"), &text.get("nodes-none-next"), None))
        } @else { (rows(text, &nodes)) }
    };
    visitor.page(&title).main(main)
}

fn rows(text: Text, nodes: &[NodeState]) -> Markup {
    let labels = [
        "name",
        "nodes-health",
        "nodes-revision",
        "nodes-since",
        "nodes-seen",
    ]
    .map(|id| text.get(id));
    let columns = labels.each_ref().map(String::as_str);
    let rows = html! {
        @for node in nodes {
            tr {
                td data-label=(labels[0]) { div { strong { (node.id) }
                    @if !node.version.is_empty() { span.fine { (text.with("nodes-version", [("version", (&node.version).into())])) } } } }
                td data-label=(labels[1]) { (health(text, node)) }
                td data-label=(labels[2]) { (node.revision) }
                td data-label=(labels[3]) { (when(text, &node.since)) }
                td data-label=(labels[4]) { (when(text, &node.seen_at)) }
            }
        }
    };
    table(&text.get("nodes-title"), &columns, None, rows)
}

fn health(text: Text, node: &NodeState) -> Markup {
    match (node.connected, node.current) {
        (true, true) => badge(Tone::Success, &text.get("nodes-current")),
        (true, false) => badge(Tone::Warning, &text.get("nodes-behind")),
        (false, _) => badge(Tone::Danger, &text.get("nodes-away")),
    }
}

fn when(text: Text, moment: &str) -> Markup {
    let at = Timestamp::parse_rfc3339(moment).ok();
    moment_or_never(text, at.map(Timestamp::as_millis))
}
