//! What uses a strategy, with links to it.

use web::components::{badge, table};
use web::{Markup, Text, Tone, html};

use super::counted;
use crate::console::portals;
use crate::model::PublishStatus;
use crate::store::strategy_uses::{Place, Uses};

/// Portals that have it as their default, versions that ask for it, applications that were made with it.
pub(super) fn shown(text: Text, uses: &Uses) -> Markup {
    html! {
        @if uses.is_none() { p { (badge(Tone::Neutral, &text.get("unused"))) } }
        @if !uses.defaults.is_empty() {
            p { (text.get("uses-default")) }
            ul.plain-list {
                @for (id, name) in &uses.defaults { li { a href=(format!("{}/{id}", portals::LIST)) { (name) } } }
            }
        }
        @if !uses.places.is_empty() { (places(text, &uses.places)) }
        @if !uses.applications.is_empty() {
            p.spaced { (text.get("uses-applications")) }
            ul.plain-list {
                @for made in &uses.applications {
                    li {
                        a href=(format!("{}/{}/applications", portals::LIST, made.portal.0)) { (made.portal.1) }
                        (counted(text, "used-applications", made.count))
                    }
                }
            }
        }
    }
}

fn places(text: Text, places: &[Place]) -> Markup {
    let labels = ["uses-version", "uses-portal", "uses-status"].map(|id| text.get(id));
    let columns = labels.each_ref().map(String::as_str);
    let rows = html! {
        @for place in places {
            @let version = format!("/api-products/{}/versions/{}", place.product.0, place.version.0);
            tr {
                td data-label=(columns[0]) {
                    a href=(format!("{version}/portals/{}", place.portal.0)) { (place.product.1) " " (place.version.1) }
                }
                td data-label=(columns[1]) { a href=(format!("{}/{}", portals::LIST, place.portal.0)) { (place.portal.1) } }
                td data-label=(columns[2]) { (status(text, place.status)) }
            }
        }
    };
    table(&text.get("uses-versions"), &columns, None, rows)
}

fn status(text: Text, status: PublishStatus) -> Markup {
    match status {
        PublishStatus::Published => badge(Tone::Success, &text.get("published")),
        PublishStatus::Unpublished => badge(Tone::Neutral, &text.get("unpublished")),
    }
}
