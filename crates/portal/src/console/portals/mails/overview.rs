//! The sender, whether the team is told, and every kind of mail.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use web::components::{Field, badge, button, outcome, switch, table};
use web::{Administrator, Form, Input, Locale, Markup, Page, Text, Tone, Visitor, html};

use super::{
    Acting, BELOW, Language, Refused, Told, address, address_of, heading, name, said, sheet, text,
};
use crate::mail::kind::KINDS;
use crate::model::{EmailConfig, EmailTemplate, Site};
use crate::service::{portal_mail, sites};
use crate::store::portal_mail as store;
use crate::{Error, Portal};

const FIELDS: [&str; 3] = ["from_name", "from_email", "reply_to_email"];

/// What the page shows.
struct Shown {
    site: Site,
    /// What each of the fields holds.
    sender: [String; 3],
    tells_team: bool,
    own: Vec<EmailTemplate>,
}

impl Shown {
    async fn of(portal: &Portal, id: &str) -> Result<Self, Error> {
        let site = sites::find(portal, id).await?;
        let config = store::config_of(portal.db(), site.id).await?;
        Ok(Self {
            sender: sender(config),
            tells_team: store::tells_team(portal.db(), site.id).await?,
            own: store::templates_of(portal.db(), site.id).await?,
            site,
        })
    }
}

fn sender(config: Option<EmailConfig>) -> [String; 3] {
    config.map_or_else(Default::default, |config| {
        [config.from_name, config.from_email, config.reply_to_email].map(Option::unwrap_or_default)
    })
}

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let shown = Shown::of(&portal, &id).await?;
    Ok(draw((&visitor, &reader), &shown, &Told::default()))
}

pub(super) async fn save(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let mut shown = Shown::of(&portal, &id).await?;
    let tells = input.is_on("tells_team");
    let saved = portal_mail::set_up(&portal, &acting.ctx, &shown.site, (body(&input), tells)).await;
    let text = text(&visitor);
    match saved {
        Ok(()) => Ok(visitor
            .redirect_saying(
                address(&shown.site, BELOW),
                Tone::Success,
                text.get("saved"),
            )
            .into_response()),
        Err(error) => {
            let labels = FIELDS.map(|field| (field, text.get(&format!("mails-{field}"))));
            let told = Told::of(text, error, &labels, "from_email")?;
            shown.sender = FIELDS.map(|field| input.text(field).to_owned());
            shown.tells_team = tells;
            Ok(draw((&visitor, &acting.administrator), &shown, &told).into_response())
        }
    }
}

fn body(input: &Input) -> Map<String, Value> {
    let member = |field: &str| {
        let value = match input.text(field).trim() {
            "" => Value::Null,
            text => json!(text),
        };
        (field.to_owned(), value)
    };
    FIELDS.map(member).into_iter().collect()
}

fn draw(reader: (&Visitor, &Administrator), shown: &Shown, told: &Told) -> Page {
    let (visitor, _) = reader;
    let text = text(visitor);
    let errors = &told.fields;
    let labels = FIELDS.map(|field| text.get(&format!("mails-{field}")));
    let hints = FIELDS.map(|field| text.get(&format!("mails-{field}-hint")));
    let tells = switch(text, "mails-tells-team", shown.tells_team);
    let label = text.get("mails-tells-team");
    let fields = html! {
        @for (at, field) in FIELDS.into_iter().enumerate() {
            (Field::line(text, field, &labels[at]).hint(&hints[at]).value(&shown.sender[at]).error(errors.of(field)).max_length(255).optional())
        }
        (Field::checkboxes(text, "tells_team", &label, &tells))
    };
    let here = address(&shown.site, BELOW);
    let main = html! {
        (heading(super::super::text(visitor), &shown.site, BELOW))
        (told.above(text))
        section.section aria-labelledby="sender" {
            h2 id="sender" { (text.get("mails-sender")) }
            (sheet(reader, (&here, false), errors, fields, button(&text.get("save"))))
        }
        section.section aria-labelledby="texts" {
            h2 id="texts" { (text.get("mails-texts")) }
            p.fine.spaced { (text.get("mails-texts-lead")) }
            (kinds(text, shown))
        }
    };
    let page = visitor.page(name(&shown.site));
    outcome(page, errors, told.notice.as_deref()).main(main)
}

/// Every kind with what it says: the usual, or texts of the team's own.
fn kinds(text: Text, shown: &Shown) -> Markup {
    let columns = ["mails-kind", "mails-says"].map(|id| text.get(id));
    let labels = columns.each_ref().map(String::as_str);
    let rows = html! {
        @for kind in &KINDS {
            @let own = shown.own.iter().find(|own| own.name == kind.name);
            tr {
                td data-label=(labels[0]) {
                    a href=(address_of(&shown.site, kind, Language::All, "")) { strong { (said(text, "kind", kind.name)) } }
                }
                td data-label=(labels[1]) { div { (standing(text, own)) } }
            }
        }
    };
    table(&text.get("mails-texts"), &labels, None, rows)
}

fn standing(text: Text, own: Option<&EmailTemplate>) -> Markup {
    let Some(own) = own else {
        return html! { span.fine { (text.get("mails-usual")) } };
    };
    let for_all = own.content != Default::default();
    html! {
        @if !own.enabled { (badge(Tone::Neutral, &text.get("mails-off"))) " " }
        @if for_all { (badge(Tone::Info, &text.get("mails-all"))) " " }
        @for locale in Locale::ALL {
            @if own.translations.contains_key(locale.tag()) { (badge(Tone::Info, locale.own_name())) " " }
        }
        @if !for_all && own.translations.is_empty() { span.fine { (text.get("mails-usual")) } }
    }
}
