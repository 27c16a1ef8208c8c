//! A version's OpenAPI document: uploaded or pasted, checked, taken away.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, json};
use web::components::{Field, button, confirm, danger_button, link_button, notice, outcome};
use web::{
    Administrator, Editor, Form, Input, Markup, Page, Text, Tone, Upload, Visitor, Width, html,
};

use super::version::address_of;
use super::{Acting, Refused, Told, below, labels, sheet, text};
use crate::console::undo;
use crate::model::{ApiProduct, ProductVersion};
use crate::service::openapi::{self, Fault, FaultKind};
use crate::service::{products, specifications, versions};
use crate::{Error, Portal, store};

const TAB: (&str, &str) = ("products-versions", "/versions");
const FIELDS: [(&str, &str); 2] = [
    ("name", "specification-name"),
    ("content", "specification-content"),
];
const ACCEPT: &str = ".yaml,.yml,.json,application/json,application/yaml,text/yaml";
/// The name of a document that was pasted without one.
const PASTED: (&str, &str) = ("openapi.json", "openapi.yaml");

/// What stands in the fields.
#[derive(Debug, Default)]
struct Entered {
    name: String,
    content: String,
    /// Whether there is a document already.
    kept: bool,
}

impl Entered {
    /// A chosen file counts more than what stands in the field.
    fn of(upload: &Upload, kept: bool) -> Self {
        let input = &upload.input;
        if let Some(file) = upload.file("file") {
            return Self {
                name: file.name.clone(),
                content: String::from_utf8_lossy(&file.bytes).into_owned(),
                kept,
            };
        }
        let content = input.text("content").to_owned();
        let name = match input.text("name") {
            "" if content.starts_with('{') => PASTED.0,
            "" => PASTED.1,
            name => name,
        };
        Self {
            name: name.to_owned(),
            content,
            kept,
        }
    }
}

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path((id, version)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let product = products::find(&portal, &id).await?;
    let version = versions::find(&portal, &id, &version).await?;
    let found = store::specifications::of_version(portal.db(), version.id).await?;
    let entered = found.map_or_else(Entered::default, |found| Entered {
        name: found.name,
        content: found.content,
        kept: true,
    });
    let about = (&product, &version);
    Ok(draw(
        (&visitor, &reader),
        about,
        &entered,
        &Told::default(),
        &[],
    ))
}

pub(super) async fn save(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path((id, version)): Path<(String, String)>,
    upload: Upload,
) -> Result<Response, Refused> {
    let text = text(&visitor);
    let product = products::find(&portal, &id).await?;
    let version = versions::find(&portal, &id, &version).await?;
    let found = store::specifications::of_version(portal.db(), version.id).await?;
    let entered = Entered::of(&upload, found.is_some());
    let mut body = Map::new();
    body.insert("name".into(), json!(entered.name));
    body.insert("content".into(), json!(entered.content));
    let written = match found {
        Some(found) => specifications::update(&portal, &acting.ctx, found, body).await,
        None => specifications::create(&portal, &acting.ctx, &version, body).await,
    };
    match written {
        Ok(_) => Ok(visitor
            .redirect_saying(
                address_of(&product, &version, ""),
                Tone::Success,
                text.get("specification-saved"),
            )
            .into_response()),
        Err(error) => {
            let faults = faults(&error, &entered);
            let told = Told::of(text, error, &labels(text, FIELDS), "content")?;
            let reader = (&visitor, &acting.administrator);
            let about = (&product, &version);
            Ok(draw(reader, about, &entered, &told, &faults).into_response())
        }
    }
}

/// What the check found in the content, to be said in the reader's language.
fn faults(error: &Error, entered: &Entered) -> Vec<Fault> {
    let Error::Invalid(violations) = error else {
        return Vec::new();
    };
    let read = violations
        .iter()
        .any(|violation| violation.field == "content" && violation.rule == "invalid");
    match read {
        true => openapi::read(&entered.content).err().unwrap_or_default(),
        false => Vec::new(),
    }
}

fn draw(
    (visitor, reader): (&Visitor, &Administrator),
    (product, version): (&ApiProduct, &ProductVersion),
    entered: &Entered,
    told: &Told,
    faults: &[Fault],
) -> Page {
    let text = text(visitor);
    let errors = &told.fields;
    let title = text.get("specification-title");
    let names = [
        "specification-file",
        "specification-name",
        "specification-content",
    ]
    .map(|id| text.get(id));
    let hints = ["specification-file-hint", "specification-name-hint"].map(|id| text.get(id));
    let fields = html! {
        @if reader.role.may_change() {
            (Field::file(text, "file", &names[0], ACCEPT).hint(&hints[0]).optional())
        }
        (Field::line(text, "name", &names[1]).hint(&hints[1]).value(&entered.name).error(errors.of("name")).optional())
        (Field::code(text, "content", &names[2]).value(&entered.content).error(errors.of("content")).rows(24).optional())
    };
    let here = address_of(product, version, "/specification");
    let main = html! {
        (below(text, product, TAB, &title))
        p.lead { (text.with("specification-of", [("version", (&version.name).into())])) }
        (told.above(text))
        (list(text, entered, faults))
        section.section {
            (sheet((visitor, reader), (&here, true), errors, fields, html! {
                (button(&text.get("save")))
                (link_button(&address_of(product, version, ""), &text.get("cancel")))
            }))
        }
        @if entered.kept && reader.role.may_change() {
            section.section aria-labelledby="removal" {
                h2 id="removal" { (text.get("danger-zone")) }
                p.spaced { (link_button(&format!("{here}/delete"), &text.get("specification-delete"))) }
            }
        }
    };
    let page = visitor.page(&title).width(Width::Reading);
    outcome(page, errors, told.notice.as_deref()).main(main)
}

/// Every fault with its place, and the line where it is.
fn list(text: Text, entered: &Entered, faults: &[Fault]) -> Markup {
    if faults.is_empty() {
        return html! {};
    }
    notice(
        text,
        Tone::Danger,
        html! {
            h2 { (text.get("specification-faults")) }
            ul {
                @for fault in faults {
                    li {
                        @if let Some((line, column)) = fault.place {
                            strong { (text.with("specification-place", [("line", line.to_string().as_str().into()), ("column", column.to_string().as_str().into())])) }
                            " "
                        }
                        (said(text, fault))
                        @if let Some(line) = excerpt(entered, fault) { div { code { (line) } } }
                    }
                }
            }
        },
    )
}

fn said(text: Text, fault: &Fault) -> String {
    match &fault.kind {
        FaultKind::Json(said) => text.with("fault-json", [("said", said.into())]),
        FaultKind::Yaml(said) => text.with("fault-yaml", [("said", said.into())]),
        FaultKind::NotOpenApi => text.get("fault-not-openapi"),
        FaultKind::NoTitle => text.get("fault-no-title"),
        FaultKind::NoPaths => text.get("fault-no-paths"),
        FaultKind::PathWithoutSlash(path) => text.with("fault-slash", [("path", path.into())]),
        FaultKind::PathWithoutOperations(path) => {
            text.with("fault-operations", [("path", path.into())])
        }
    }
}

/// The line of a fault, as far as it fits.
fn excerpt(entered: &Entered, fault: &Fault) -> Option<String> {
    let (line, _) = fault.place?;
    let at = usize::try_from(line).ok()?.checked_sub(1)?;
    let line = entered.content.lines().nth(at)?.trim();
    (!line.is_empty()).then(|| line.chars().take(120).collect())
}

pub(super) async fn delete_page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path((id, version)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let product = products::find(&portal, &id).await?;
    let version = versions::find(&portal, &id, &version).await?;
    let text = text(&visitor);
    let here = address_of(&product, &version, "/specification");
    Ok(confirm(
        &visitor,
        &text.get("specification-delete-title"),
        html! { p { (text.get("specification-delete-lead")) } p { (text.get("for-a-day")) } },
        &format!("{here}/delete"),
        danger_button(&text.get("specification-delete")),
        (&here, &text.get("cancel")),
    ))
}

pub(super) async fn delete(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path((id, version)): Path<(String, String)>,
    Form(_): Form<Input>,
) -> Result<Response, Refused> {
    let product = products::find(&portal, &id).await?;
    let version = versions::find(&portal, &id, &version).await?;
    let found = store::specifications::of_version(portal.db(), version.id).await?;
    let (to, said) = (
        address_of(&product, &version, ""),
        text(&visitor).get("specification-removed"),
    );
    let redirect = match found {
        Some(found) => {
            let removal = specifications::delete(&portal, &acting.ctx, &found).await?;
            visitor.redirect_undoable(to, said, undo::action(removal))
        }
        None => visitor.redirect_saying(to, Tone::Success, said),
    };
    Ok(redirect.into_response())
}
