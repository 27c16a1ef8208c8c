//! What is at the bare address: the way in for outsiders, an overview for the team.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use portal::console::refusal;
use portal::model::{Rights, Waiting};
use portal::service::glance::{Glance, glance};
use portal::service::waiting::waiting;
use web::components::{
    Definition, card_link, code_block, definitions, link_button, page_heading, table,
};
use web::{Administrator, Markup, Page, Role, Text, Visitor, Width, html, number};

use super::frame::shows;
use super::{Console, Facts, text};

/// The vendor's reference, which describes this API.
const REFERENCE: &str = "https://developer.konghq.com/api/";

/// Says what answers here, and how to begin.
pub(super) async fn page(
    State(console): State<Console>,
    visitor: Visitor,
    signed_in: Option<Extension<Administrator>>,
    rights: Option<Extension<Arc<Rights>>>,
) -> Result<Page, Response> {
    let (Some(Extension(administrator)), Some(Extension(rights))) = (signed_in, rights) else {
        return Ok(welcome(&console, &visitor));
    };
    let refused = |error| refusal::page(&visitor, &error);
    let mut seen = Seen {
        waiting: waiting(&console.portal).await.map_err(refused)?,
        glance: glance(&console.portal).await.map_err(refused)?,
    };
    seen.waiting.retain(|at| rights.shows_portal(at.portal_id));
    let reader = (&administrator, rights.as_ref());
    Ok(overview(&console, &visitor, reader, &seen))
}

/// What the team sees first.
struct Seen {
    waiting: Vec<Waiting>,
    glance: Glance,
}

fn welcome(console: &Console, visitor: &Visitor) -> Page {
    let text = text(visitor);
    let title = text.get("start-title");
    let organization = console.portal.organization().name.as_str();
    let lead = text.with("start-lead", [("organization", organization.into())]);
    let facts = &console.facts;
    let main = html! {
        (page_heading(&title, Some(&lead), None))
        ul.cards aria-label=(text.get("start-here")) {
            (card_link("/sign-in", &text.get("start-console"), html! {
                p { (text.get("start-console-text")) }
            }))
            (portal_card(text, facts))
            (reference_card(text))
        }
        (first_call(text, facts, html! {
            p.fine.spaced { (text.get("start-token-lead")) }
            div.spaced { (code_block(text, "create-token", "gatehouse token create --name \"my token\"")) }
        }))
    };
    visitor.page(&title).width(Width::Reading).main(main)
}

fn overview(
    console: &Console,
    visitor: &Visitor,
    (administrator, rights): (&Administrator, &Rights),
    seen: &Seen,
) -> Page {
    let shown = |href: &str| shows((administrator.role, rights), href);
    let text = text(visitor);
    let title = text.get("nav-overview");
    let lead = match administrator.role {
        Role::Member => "overview-lead-member",
        Role::Owner | Role::Admin | Role::Viewer => "overview-lead",
    };
    let lead = text.with(lead, [("name", (&administrator.name).into())]);
    let facts = &console.facts;
    let parts: [(&str, &str); 4] = [
        ("overview-gateway", &facts.gateway_url),
        ("overview-platform", &facts.platform_url),
        ("overview-portal", &facts.portal_url),
        ("overview-tenant", &facts.issuer),
    ];
    let addresses: Vec<Definition> = parts
        .into_iter()
        .filter(|(_, address)| !address.is_empty())
        .map(|(label, address)| Definition::new(text.get(label), html! { code { (address) } }))
        .collect();
    let main = html! {
        (page_heading(&title, Some(&lead), None))
        (figures(text, &seen.glance, shown))
        @if !seen.waiting.is_empty() {
            section.section aria-labelledby="waiting" {
                h2 id="waiting" { (text.get("overview-waiting")) }
                (those_who_wait(text, &seen.waiting))
            }
        }
        ul.cards aria-label=(text.get("start-here")) {
            @for (part, href) in [
                ("portals", "/portals"),
                ("api-products", "/api-products"),
                ("application-auth", "/application-auth"),
                ("services", "/gateway/services"),
            ].into_iter().filter(|(_, href)| shown(href)) {
                (card_link(href, &text.get(&format!("nav-{part}")), html! {
                    p { (text.get(&format!("overview-{part}"))) }
                }))
            }
            @if facts.tenant && administrator.role != Role::Member {
                @for part in ["clients", "apis", "connections"] {
                    (card_link(&format!("/tenant/{part}"), &text.get(&format!("nav-{part}")), html! {
                        p { (text.get(&format!("overview-{part}"))) }
                    }))
                }
            }
            @if shown("/administrators") {
                (card_link("/administrators", &text.get("nav-administrators"), html! {
                    p { (text.get("administrators-lead")) }
                }))
            }
            (card_link("/tokens", &text.get("nav-tokens"), html! {
                p { (text.get("overview-tokens")) }
            }))
            (portal_card(text, facts))
            (reference_card(text))
        }
        section.section aria-labelledby="addresses" {
            h2 id="addresses" { (text.get("overview-addresses")) }
            div.panel.spaced { (definitions(&addresses)) }
        }
        (first_call(text, facts, html! {
            p.fine.spaced { (text.get("start-own-token-lead")) }
            p.spaced { (link_button("/tokens/new", &text.get("start-token"))) }
        }))
    };
    visitor.page(&title).main(main)
}

/// How the whole stands, each number a link to the page that says more, if that is shown to the reader.
fn figures(text: Text, glance: &Glance, shown: impl Fn(&str) -> bool) -> Markup {
    const USAGE: &str = "/gateway/usage";
    const NODES: &str = "/gateway/nodes";
    let [answered, refused, failed] = glance.calls;
    let figures = [
        ("today", answered + refused + failed, USAGE),
        ("refused", refused, "/gateway/refusals"),
        ("failed", failed, USAGE),
        ("nodes", count(glance.nodes), NODES),
        ("behind", count(glance.behind), NODES),
        ("differences", glance.differences, "/application-auth"),
    ];
    let figures: Vec<_> = figures
        .into_iter()
        .filter(|(.., href)| shown(href))
        .collect();
    if figures.is_empty() {
        return html! {};
    }
    html! {
        dl.figures {
            @for (part, value, href) in figures {
                div {
                    dt { (text.get(&format!("overview-{part}"))) }
                    dd { a href=(href) { (number(value)) } }
                }
            }
        }
    }
}

fn count(of: usize) -> i64 {
    i64::try_from(of).unwrap_or(i64::MAX)
}

/// What the team has to decide about, each number a link to those whom it counts.
fn those_who_wait(text: Text, waiting: &[Waiting]) -> Markup {
    let columns = [
        "start-portal",
        "overview-developers",
        "overview-registrations",
    ];
    let columns = columns.map(|id| text.get(id));
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    table(
        &text.get("overview-waiting"),
        &columns,
        None,
        html! {
            @for at in waiting {
                tr {
                    td data-label=(columns[0]) { a href=(format!("/portals/{}", at.portal_id)) { strong { (at.portal) } } }
                    @for (column, (part, count)) in [("developers", at.developers), ("registrations", at.registrations)].into_iter().enumerate() {
                        td data-label=(columns[column + 1]) {
                            @if count > 0 {
                                a href=(format!("/portals/{}/{part}?status=pending", at.portal_id)) {
                                    (text.with(&format!("overview-{part}-count"), [("count", count.into())]))
                                }
                            } @else { span.fine { (text.get("overview-none")) } }
                        }
                    }
                }
            }
        },
    )
}

fn portal_card(text: Text, facts: &Facts) -> Markup {
    html! {
        @if !facts.portal_url.is_empty() {
            (card_link(&facts.portal_url, &text.get("start-portal"), html! {
                p { (text.get("start-portal-text")) }
            }))
        }
    }
}

fn reference_card(text: Text) -> Markup {
    card_link(
        REFERENCE,
        &text.get("start-documentation"),
        html! { p { (text.get("start-documentation-text")) } },
    )
}

/// How to call the platform API, after `token`: how one comes to a token.
fn first_call(text: Text, facts: &Facts, token: Markup) -> Markup {
    let call = format!(
        "curl {}/v3/organizations/me -H \"Authorization: Bearer $KPAT\"",
        facts.platform_url
    );
    html! {
        section.section aria-labelledby="token" {
            h2 id="token" { (text.get("start-token")) }
            (token)
        }
        section.section aria-labelledby="call" {
            h2 id="call" { (text.get("start-call")) }
            p.fine.spaced { (text.get("start-call-lead")) }
            div.spaced { (code_block(text, "first-call", &call)) }
        }
    }
}
