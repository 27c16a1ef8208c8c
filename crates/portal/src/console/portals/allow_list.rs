//! From which network addresses a portal may be reached.

use std::net::IpAddr;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Map, Value, json};
use web::components::{
    Choice, Field, button, confirm, danger_button, link_button, notice, outcome, page_heading,
    table, way,
};
use web::{Administrator, Editor, Form, Input, Markup, Page, Text, Tone, Visitor, Width, html};

use super::{Acting, Refused, Told, address, heading, labels, name, sheet, text};
use crate::Portal;
use crate::model::{AllowedNetworks, Site};
use crate::service::{ip_allow_list, sites};

const BELOW: &str = "/ip-allow-list";
const FIELDS: [(&str, &str); 2] = [
    ("allowed_ips", "allow-list-addresses"),
    ("description", "description"),
];

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .route("/portals/{id}/ip-allow-list", get(page).post(add))
        .route("/portals/{id}/ip-allow-list/{entry}", get(one).post(change))
        .route(
            "/portals/{id}/ip-allow-list/{entry}/delete",
            get(delete_page).post(delete),
        )
}

/// What a form holds, and what is wrong with it.
#[derive(Default)]
struct Shown {
    addresses: String,
    description: String,
    told: Told,
    /// Whether the reader would be shut out, and is asked whether they mean it.
    asks: bool,
}

impl Shown {
    fn of(entry: &AllowedNetworks) -> Self {
        Self {
            addresses: entry.allowed_ips.join("\n"),
            description: entry.description.clone().unwrap_or_default(),
            ..Self::default()
        }
    }

    fn entered(input: &Input, told: Told, asks: bool) -> Self {
        Self {
            addresses: input.text("allowed_ips").to_owned(),
            description: input.text("description").to_owned(),
            told,
            asks,
        }
    }
}

/// Where the reader comes from, as this process sees it.
fn own(visitor: &Visitor) -> Option<IpAddr> {
    visitor.caller().address
}

fn body(input: &Input) -> Map<String, Value> {
    let description = match input.text("description").trim() {
        "" => Value::Null,
        text => json!(text),
    };
    Map::from_iter([
        ("allowed_ips".to_owned(), input.lines("allowed_ips")),
        ("description".to_owned(), description),
    ])
}

/// Whether the entries, with this one as the form has it, would shut the reader out without their leave.
fn would_shut_out(
    visitor: &Visitor,
    site: &Site,
    input: &Input,
    changed: Option<&AllowedNetworks>,
) -> bool {
    let mut all = site.ip_allow_list.clone();
    all.retain(|entry| changed.is_none_or(|changed| changed.id != entry.id));
    let lines = input.lines("allowed_ips");
    let lines = lines.as_array().into_iter().flatten();
    all.push(AllowedNetworks {
        id: changed.map_or_else(Default::default, |changed| changed.id),
        allowed_ips: lines.filter_map(Value::as_str).map(str::to_owned).collect(),
        description: None,
    });
    !input.is_on("anyway") && !ip_allow_list::lets_in(&all, own(visitor))
}

async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    Ok(draw((&visitor, &reader), &site, &Shown::default()))
}

async fn add(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let site = sites::find(&portal, &id).await?;
    let text = text(&visitor);
    let reader = (&visitor, &acting.administrator);
    let asks = would_shut_out(&visitor, &site, &input, None);
    if asks && is_sound(&input) {
        let shown = Shown::entered(&input, Told::default(), true);
        return Ok(draw(reader, &site, &shown).into_response());
    }
    match ip_allow_list::add(&portal, &acting.ctx, site.clone(), body(&input)).await {
        Ok(_) => Ok(visitor
            .redirect_saying(address(&site, BELOW), Tone::Success, text.get("saved"))
            .into_response()),
        Err(error) => {
            let told = Told::of(text, error, &labels(text, FIELDS), "allowed_ips")?;
            let shown = Shown::entered(&input, told, false);
            Ok(draw(reader, &site, &shown).into_response())
        }
    }
}

/// Whether every line is an address, so that the service would take it.
fn is_sound(input: &Input) -> bool {
    let lines = input.lines("allowed_ips");
    let mut lines = lines.as_array().into_iter().flatten().peekable();
    lines.peek().is_some() && lines.all(|line| line.as_str().is_some_and(ip_allow_list::is_network))
}

async fn one(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path((id, entry)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    let entry = ip_allow_list::find(&site, &entry)?;
    Ok(draw_one(
        (&visitor, &reader),
        (&site, &entry),
        &Shown::of(&entry),
    ))
}

async fn change(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path((id, entry)): Path<(String, String)>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let site = sites::find(&portal, &id).await?;
    let entry = ip_allow_list::find(&site, &entry)?;
    let text = text(&visitor);
    let reader = (&visitor, &acting.administrator);
    let asks = would_shut_out(&visitor, &site, &input, Some(&entry));
    if asks && is_sound(&input) {
        let shown = Shown::entered(&input, Told::default(), true);
        return Ok(draw_one(reader, (&site, &entry), &shown).into_response());
    }
    let about = (site.clone(), entry.clone());
    match ip_allow_list::change(&portal, &acting.ctx, about, (body(&input), true)).await {
        Ok(_) => Ok(visitor
            .redirect_saying(address(&site, BELOW), Tone::Success, text.get("saved"))
            .into_response()),
        Err(error) => {
            let told = Told::of(text, error, &labels(text, FIELDS), "allowed_ips")?;
            let shown = Shown::entered(&input, told, false);
            Ok(draw_one(reader, (&site, &entry), &shown).into_response())
        }
    }
}

async fn delete_page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path((id, entry)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    let entry = ip_allow_list::find(&site, &entry)?;
    let text = text(&visitor);
    let mut rest = site.ip_allow_list.clone();
    rest.retain(|other| other.id != entry.id);
    let consequences = html! {
        ul { @for ip in &entry.allowed_ips { li { code { (ip) } } } }
        p { (text.get(if rest.is_empty() { "allow-list-opens" } else { "allow-list-shuts" })) }
        @if !ip_allow_list::lets_in(&rest, own(&visitor)) {
            p { strong { (shut_out(&visitor)) } }
        }
    };
    let here = address(&site, &format!("{BELOW}/{}", entry.id));
    Ok(confirm(
        &visitor,
        &text.with("allow-list-delete-title", [("name", called(&entry).into())]),
        consequences,
        &format!("{here}/delete"),
        danger_button(&text.get("allow-list-delete")),
        (&here, &text.get("cancel")),
    ))
}

async fn delete(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path((id, entry)): Path<(String, String)>,
    Form(_): Form<Input>,
) -> Result<Response, Refused> {
    let site = sites::find(&portal, &id).await?;
    let entry = ip_allow_list::find(&site, &entry)?;
    let said = text(&visitor).with("removed", [("name", called(&entry).into())]);
    let to = address(&site, BELOW);
    ip_allow_list::remove(&portal, &acting.ctx, (site, entry)).await?;
    Ok(visitor
        .redirect_saying(to, Tone::Success, said)
        .into_response())
}

/// What an entry is called: its description, or its first address.
fn called(entry: &AllowedNetworks) -> String {
    let described = entry.description.clone().filter(|text| !text.is_empty());
    described
        .or_else(|| entry.allowed_ips.first().cloned())
        .unwrap_or_default()
}

/// That the reader's own address is not among those that are let in.
fn shut_out(visitor: &Visitor) -> String {
    let address = own(visitor).map(|address| address.to_canonical().to_string());
    let address = address.unwrap_or_default();
    text(visitor).with("allow-list-shut-out", [("address", address.into())])
}

fn draw(reader: (&Visitor, &Administrator), site: &Site, shown: &Shown) -> Page {
    let (visitor, administrator) = reader;
    let text = text(visitor);
    let here = address(site, BELOW);
    let main = html! {
        (heading(text, site, BELOW))
        (standing(visitor, site))
        section.section { (entries(text, site)) }
        @if administrator.role.may_change() {
            section.section aria-labelledby="add" {
                h2 id="add" { (text.get("allow-list-add")) }
                (form(reader, &here, shown, "allow-list-add"))
            }
        }
    };
    let page = visitor.page(name(site)).width(Width::Reading);
    finished(page, visitor, shown).main(main)
}

fn draw_one(
    reader: (&Visitor, &Administrator),
    (site, entry): (&Site, &AllowedNetworks),
    shown: &Shown,
) -> Page {
    let (visitor, administrator) = reader;
    let text = text(visitor);
    let here = address(site, &format!("{BELOW}/{}", entry.id));
    let title = called(entry);
    let main = html! {
        (way(text, &[
            (&text.get("portals-title"), super::LIST),
            (name(site), &address(site, "")),
            (&text.get("portals-allow-list"), &address(site, BELOW)),
        ]))
        (page_heading(&title, None, None))
        section.section { (form(reader, &here, shown, "save")) }
        @if administrator.role.may_change() {
            section.section aria-labelledby="removal" {
                h2 id="removal" { (text.get("danger-zone")) }
                p.spaced { (link_button(&format!("{here}/delete"), &text.get("allow-list-delete"))) }
            }
        }
    };
    let page = visitor.page(&title).width(Width::Reading);
    finished(page, visitor, shown).main(main)
}

fn finished(page: Page, visitor: &Visitor, shown: &Shown) -> Page {
    let asks = shown.asks.then(|| shut_out(visitor));
    let told = shown.told.notice.as_deref().or(asks.as_deref());
    outcome(page, &shown.told.fields, told)
}

/// Who is let in now, the reader among them or not.
fn standing(visitor: &Visitor, site: &Site) -> Markup {
    let text = text(visitor);
    if site.ip_allow_list.is_empty() {
        return html! { p.lead { (text.get("allow-list-open")) } };
    }
    let lets_in = ip_allow_list::lets_in(&site.ip_allow_list, own(visitor));
    html! {
        p.lead { (text.get("allow-list-lead")) }
        @if !lets_in { (notice(text, Tone::Warning, html! { p { (shut_out(visitor)) } })) }
    }
}

fn entries(text: Text, site: &Site) -> Markup {
    let columns = ["allow-list-entry", "allow-list-addresses"].map(|id| text.get(id));
    let labels = columns.each_ref().map(String::as_str);
    let rows = html! {
        @for entry in &site.ip_allow_list {
            tr {
                td data-label=(labels[0]) {
                    a href=(address(site, &format!("{BELOW}/{}", entry.id))) { strong { (called(entry)) } }
                }
                td data-label=(labels[1]) {
                    ul.plain-list { @for ip in &entry.allowed_ips { li { code { (ip) } } } }
                }
            }
        }
    };
    html! {
        @if !site.ip_allow_list.is_empty() {
            (table(&text.get("portals-allow-list"), &labels, None, rows))
        }
    }
}

fn form(reader: (&Visitor, &Administrator), action: &str, shown: &Shown, label: &str) -> Markup {
    let (visitor, _) = reader;
    let text = text(visitor);
    let errors = &shown.told.fields;
    let [addresses, description] = labels(text, FIELDS).map(|(_, label)| label);
    let hints = ["allow-list-addresses-hint", "allow-list-description-hint"].map(|id| text.get(id));
    let anyway = [Choice {
        value: "on".into(),
        label: text.get("allow-list-anyway-on"),
        ..Choice::default()
    }];
    let asked = text.get("allow-list-anyway");
    let warning = shut_out(visitor);
    let fields = html! {
        (shown.told.above(text))
        (Field::area(text, "allowed_ips", &addresses).hint(&hints[0]).value(&shown.addresses).error(errors.of("allowed_ips")).rows(4))
        (Field::line(text, "description", &description).hint(&hints[1]).value(&shown.description).error(errors.of("description")).max_length(255).optional())
        @if shown.asks {
            (notice(text, Tone::Warning, html! { p { (warning) } }))
            (Field::checkboxes(text, "anyway", &asked, &anyway))
        }
    };
    sheet(
        reader,
        (action, false),
        errors,
        fields,
        button(&text.get(label)),
    )
}
