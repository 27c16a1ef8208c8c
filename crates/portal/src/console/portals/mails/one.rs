//! What one kind of mail says, for all languages or for one.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use web::components::{
    Field, Tab, button, notice, outcome, page_heading, switch, table, tabs, way,
};
use web::{
    Administrator, ContentPolicy, Form, Input, Locale, Markup, Page, Text, Tone, Visitor, html,
};

use super::{
    Acting, BELOW, Language, Refused, Told, address, address_of, name, preview, said, sheet, text,
};
use crate::mail::kind::Kind;
use crate::model::{EmailContent, EmailTemplate, Site};
use crate::service::{portal_mail, sites, test_mail};
use crate::store::portal_mail as store;
use crate::{Error, Portal};

const PARTS: [&str; 4] = ["subject", "title", "body", "button_label"];

/// A kind of mail of a portal, as it stands in an address.
pub(super) struct Place {
    pub(super) site: Site,
    pub(super) kind: Kind,
    pub(super) language: Language,
    /// What the team wrote.
    pub(super) own: Option<EmailTemplate>,
}

impl Place {
    pub(super) async fn of(
        portal: &Portal,
        (id, kind, language): &(String, String, String),
    ) -> Result<Self, Error> {
        let site = sites::find(portal, id).await?;
        let kind = portal_mail::kind(kind)?;
        Ok(Self {
            own: store::template_of(portal.db(), site.id, kind.name).await?,
            language: Language::parse(language)?,
            site,
            kind,
        })
    }

    fn address(&self, below: &str) -> String {
        address_of(&self.site, &self.kind, self.language, below)
    }

    /// What is set for this language.
    fn content(&self) -> EmailContent {
        let own = self.own.as_ref();
        let own = own.and_then(|own| match self.language {
            Language::All => Some(&own.content),
            Language::One(locale) => own.translations.get(locale.tag()),
        });
        own.cloned().unwrap_or_default()
    }

    /// A form as a PATCH.
    pub(super) fn body(&self, input: &Input) -> Map<String, Value> {
        let part = |name: &str| {
            let value = match input.text(name).trim() {
                "" => Value::Null,
                text => json!(text),
            };
            (name.to_owned(), value)
        };
        let content = Value::Object(PARTS.map(part).into_iter().collect());
        let body = match self.language {
            Language::All => json!({ "content": content, "enabled": input.is_on("enabled") }),
            Language::One(locale) => json!({
                "translations": { locale.tag(): content },
                "enabled": input.is_on("enabled"),
            }),
        };
        match body {
            Value::Object(body) => body,
            _ => Map::new(),
        }
    }

    /// What is wrong with a form, beside its fields.
    fn told(&self, text: Text, error: Error) -> Result<Told, Refused> {
        let error = match error {
            Error::Invalid(mut all) => {
                let of = match self.language {
                    Language::All => "content.".to_owned(),
                    Language::One(locale) => format!("translations.{}.", locale.tag()),
                };
                for one in &mut all {
                    if let Some(part) = one.field.strip_prefix(&of) {
                        one.field = part.to_owned();
                    }
                }
                Error::Invalid(all)
            }
            other => other,
        };
        let labels = PARTS.map(|part| (part, text.get(&format!("mails-{part}"))));
        Told::of(text, error, &labels, "subject")
    }
}

/// What the fields hold.
struct Entered {
    parts: [String; 4],
    enabled: bool,
}

impl Entered {
    fn saved(place: &Place) -> Self {
        let content = place.content();
        let parts = [
            content.subject,
            content.title,
            content.body,
            content.button_label,
        ];
        Self {
            parts: parts.map(Option::unwrap_or_default),
            enabled: place.own.as_ref().is_none_or(|own| own.enabled),
        }
    }

    fn of(input: &Input) -> Self {
        Self {
            parts: PARTS.map(|part| input.text(part).to_owned()),
            enabled: input.is_on("enabled"),
        }
    }
}

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(path): Path<(String, String, String)>,
) -> Result<Page, Refused> {
    let place = Place::of(&portal, &path).await?;
    let entered = Entered::saved(&place);
    Ok(draw(
        (&visitor, &reader),
        &place,
        &entered,
        &Told::default(),
        None,
    ))
}

pub(super) async fn save(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(path): Path<(String, String, String)>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let place = Place::of(&portal, &path).await?;
    let about = (&place.site, &place.kind);
    let body = place.body(&input);
    let text = text(&visitor);
    match portal_mail::change_template(&portal, &acting.ctx, about, body).await {
        Ok(_) => Ok(visitor
            .redirect_saying(place.address(""), Tone::Success, text.get("saved"))
            .into_response()),
        Err(error) => {
            let told = place.told(text, error)?;
            let reader = (&visitor, &acting.administrator);
            Ok(draw(reader, &place, &Entered::of(&input), &told, None).into_response())
        }
    }
}

/// Sends what was entered to whoever asks; nothing is kept.
pub(super) async fn send(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(path): Path<(String, String, String)>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let place = Place::of(&portal, &path).await?;
    let reader = (&visitor, &acting.administrator);
    let entered = Entered::of(&input);
    let text = text(&visitor);
    let template = match preview::template(&acting.ctx, &place, &input) {
        Ok(template) => template,
        Err(error) => {
            let told = place.told(text, error)?;
            return Ok(draw(reader, &place, &entered, &told, None).into_response());
        }
    };
    let mail = preview::sample(&portal, &place, reader);
    let sent = test_mail::send(&portal, &acting.ctx, (&mail, &template)).await?;
    let said = match sent {
        Ok(()) => (
            Tone::Success,
            text.with("mails-test-sent", [("email", (&mail.to).into())]),
        ),
        Err(reason) => (
            Tone::Danger,
            text.with("mails-test-failed", [("reason", reason.into())]),
        ),
    };
    let page = draw(reader, &place, &entered, &Told::default(), Some(&said));
    Ok(page.into_response())
}

fn draw(
    reader: (&Visitor, &Administrator),
    place: &Place,
    entered: &Entered,
    told: &Told,
    sent: Option<&(Tone, String)>,
) -> Page {
    let (visitor, _) = reader;
    let text = text(visitor);
    let portals = super::super::text(visitor);
    let title = said(text, "kind", place.kind.name);
    let main = html! {
        (way(text, &[
            (&portals.get("portals-title"), super::super::LIST),
            (name(&place.site), &address(&place.site, "")),
            (&portals.get("portals-mails"), &address(&place.site, BELOW)),
        ]))
        (page_heading(&title, None, None))
        (languages(text, place))
        @if let Some((tone, said)) = sent { (notice(text, *tone, html! { p { (said) } })) }
        (told.above(text))
        section.section { (form(reader, place, entered, told)) }
        section.section aria-labelledby="preview-title" {
            h2 id="preview-title" { (text.get("mails-preview")) }
            p.fine.spaced { (text.get("mails-preview-lead")) }
            iframe.mail-preview name="preview" title=(text.get("mails-preview")) sandbox=""
                src=(place.address("/preview")) {}
        }
        section.section aria-labelledby="variables" {
            h2 id="variables" { (text.get("mails-variables")) }
            p.fine.spaced { (text.get("mails-variables-lead")) }
            (variables(text, &place.kind))
        }
    };
    let policy = ContentPolicy::default().allow("frame-src", "'self'");
    let page = visitor.page(&title).policy(policy);
    let failed = sent.filter(|(tone, _)| *tone == Tone::Danger);
    let failed = failed.map(|(_, said)| said.as_str());
    outcome(page, &told.fields, told.notice.as_deref().or(failed)).main(main)
}

/// One tab for all languages, one for each.
fn languages(text: Text, place: &Place) -> Markup {
    let all = text.get("mails-all");
    let mut words = vec![(all.as_str(), Language::All)];
    words.extend(Locale::ALL.map(|locale| (locale.own_name(), Language::One(locale))));
    let words: Vec<Tab<'_>> = words
        .into_iter()
        .map(|(label, language)| Tab {
            label,
            href: address_of(&place.site, &place.kind, language, ""),
            current: language == place.language,
        })
        .collect();
    tabs(&text.get("mails-languages"), &words)
}

fn form(
    reader: (&Visitor, &Administrator),
    place: &Place,
    entered: &Entered,
    told: &Told,
) -> Markup {
    let text = text(reader.0);
    let usual = place.kind.usual(place.language.usual(text.locale()));
    let hints = usual.map(|usual| text.with("mails-usually", [("text", usual.into())]));
    let labels = PARTS.map(|part| text.get(&format!("mails-{part}")));
    let label = text.get("mails-enabled");
    let enabled = switch(text, "mails-enabled", entered.enabled);
    let fields = html! {
        p.fine { (text.get(match place.language {
            Language::All => "mails-for-all",
            Language::One(_) => "mails-for-one",
        })) }
        @for (at, part) in PARTS.into_iter().enumerate() {
            @let field = match part {
                "body" => Field::area(text, part, &labels[at]).max_length(4096).rows(8),
                "button_label" => Field::line(text, part, &labels[at]).max_length(128),
                _ => Field::line(text, part, &labels[at]).max_length(1024),
            };
            (field.hint(&hints[at]).value(&entered.parts[at]).error(told.fields.of(part)).optional())
        }
        (Field::checkboxes(text, "enabled", &label, &enabled))
    };
    let buttons = html! {
        (button(&text.get("save")))
        button.button.button-secondary type="submit" formaction=(place.address("/preview")) formtarget="preview" {
            (text.get("mails-show"))
        }
        button.button.button-secondary type="submit" formaction=(place.address("/test")) {
            (text.get("mails-test"))
        }
    };
    let here = place.address("");
    sheet(reader, (&here, false), &told.fields, fields, buttons)
}

fn variables(text: Text, kind: &Kind) -> Markup {
    let columns = ["mails-variable", "mails-meaning", "mails-example"].map(|id| text.get(id));
    let labels = columns.each_ref().map(String::as_str);
    let known = kind.variables();
    let rows = html! {
        @for (name, _, example) in crate::mail::kind::VARIABLES {
            @if known.contains(&name) {
                tr {
                    td data-label=(labels[0]) { code { "{{ " (name) " }}" } }
                    td data-label=(labels[1]) { (said(text, "variable", name)) }
                    td data-label=(labels[2]) { (example) }
                }
            }
        }
    };
    table(&text.get("mails-variables"), &labels, None, rows)
}
