//! Where a product is published, and how developers get access to each version there.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, json};
use web::components::{Choice, Field, FieldErrors, badge, button, empty_state, table};
use web::{Administrator, Form, Input, Markup, Page, Text, Tone, Visitor, html};

use super::version::address_of;
use super::{Acting, Refused, address, heading, settle, sheet, status, text};
use crate::console::Reach;
use crate::model::{ApiProduct, EntityType, PortalId, ProductVersion, Publication, Site};
use crate::service::products;
use crate::store::listing::Listing;
use crate::store::publications::Named;
use crate::{Error, Portal, store};

/// How many portals the page names; the API takes as many.
const MOST: u32 = 100;

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    reach: Reach,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let product = products::find(&portal, &id).await?;
    let sites = sites(&portal, &reach).await?;
    let present = store::api_products::portals(portal.db(), product.id).await?;
    let versions = store::product_versions::of_product(portal.db(), product.id).await?;
    let ids = versions.iter().map(|version| version.id);
    let places = store::publications::named(portal.db(), ids).await?;
    let places: Vec<Named> = places.into_values().flatten().collect();
    let text = text(&visitor);
    let here = address(&product, "/portals");
    let choices = choices(&sites, &present);
    let label = text.get("publish-in");
    let hint = text.get("publish-in-hint");
    let fields = html! { (Field::checkboxes(text, "portal", &label, &choices).hint(&hint)) };
    let errors = FieldErrors::new();
    let main = html! {
        (heading(text, &product, "/portals"))
        section.section {
            @if sites.is_empty() {
                (empty_state(&text.get("portals-none"), &text.get("publish-no-portal-next"), None))
            } @else {
                (sheet((&visitor, &reader), (&here, false), &errors, fields, button(&text.get("save"))))
            }
        }
        @if !sites.is_empty() && !versions.is_empty() {
            section.section aria-labelledby="versions" {
                h2 id="versions" { (text.get("publish-versions")) }
                p.fine.spaced { (text.get("publish-versions-hint")) }
                (rows(text, &product, (&versions, &sites), &places, reader.role.may_change()))
            }
        }
    };
    Ok(visitor.page(&product.name).main(main))
}

pub(super) async fn save(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    reach: Reach,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let product = products::find(&portal, &id).await?;
    let mut body = Map::new();
    let mut chosen: Vec<String> = input.all("portal").map(str::to_owned).collect();
    // What the page could not show stays as it is.
    let shown = sites(&portal, &reach).await?;
    let present = store::api_products::portals(portal.db(), product.id).await?;
    let unseen = present
        .iter()
        .filter(|id| !shown.iter().any(|site| site.id == **id));
    chosen.extend(unseen.map(PortalId::to_string));
    body.insert("portal_ids".into(), json!(chosen));
    let changed = products::update(&portal, &acting.ctx, product, body).await;
    let product = settle(&portal, changed).await?;
    let said = text(&visitor).get("saved");
    Ok(visitor
        .redirect_saying(address(&product, "/portals"), Tone::Success, said)
        .into_response())
}

/// Those that the reader may look at.
async fn sites(portal: &Portal, reach: &Reach) -> Result<Vec<Site>, Error> {
    let all = Listing {
        size: MOST,
        ..Listing::all("t.name")
    };
    let all = reach.narrow(all, "t.id", EntityType::Portals);
    Ok(store::sites::list(portal.db(), &all).await?.0)
}

fn choices(sites: &[Site], present: &[PortalId]) -> Vec<Choice> {
    let all = sites.iter().map(|site| Choice {
        value: site.id.to_string(),
        label: site.name.clone(),
        hint: site.description.clone(),
        chosen: present.contains(&site.id),
    });
    all.collect()
}

/// A row for each version in each portal.
fn rows(
    text: Text,
    product: &ApiProduct,
    (versions, sites): (&[ProductVersion], &[Site]),
    places: &[Named],
    may_change: bool,
) -> Markup {
    let columns = [
        "publish-version",
        "publish-portal",
        "publish-state",
        "publish-strategy",
        "publish-registration",
    ]
    .map(|id| text.get(id));
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let caption = text.get("publish-versions");
    let actions = text.get("publish-change");
    let shown = html! {
        @for version in versions {
            @for site in sites {
                @let place = places.iter().find(|named| named.publication.product_version_id == version.id && named.publication.portal_id == site.id);
                tr {
                    td data-label=(columns[0]) { strong { (version.name) } }
                    td data-label=(columns[1]) { (site.name) }
                    td data-label=(columns[2]) { div {
                        @match place {
                            Some(place) => {
                                (status(text, place.publication.publish_status))
                                @if place.publication.deprecated { " " (badge(Tone::Warning, &text.get("deprecated"))) }
                            }
                            None => span.fine { (text.get("publish-not-there")) },
                        }
                    } }
                    td data-label=(columns[3]) { (place.and_then(|place| place.strategy_name.as_deref()).unwrap_or("–")) }
                    td data-label=(columns[4]) {
                        @if let Some(place) = place { (registration(text, &place.publication)) } @else { "–" }
                    }
                    td {
                        @let label = if may_change { text.get("publish-set-up") } else { text.get("publish-look") };
                        a href=(address_of(product, version, &format!("/portals/{}", site.id))) {
                            (label) span.visually-hidden { " " (version.name) ", " (site.name) }
                        }
                    }
                }
            }
        }
    };
    table(&caption, &columns, Some(&actions), shown)
}

/// How applications get access, in words.
fn registration(text: Text, publication: &Publication) -> String {
    text.get(super::publication::registration_word(publication))
}
