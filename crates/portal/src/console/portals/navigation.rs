//! The entries of a portal's main menu, in their order.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Map, Value, json};
use web::components::{Choice, Field, button, notice, outcome};
use web::{Administrator, Form, Input, Markup, Page, Text, Tone, Visitor, Width, html};

use super::{Acting, Refused, Told, address, heading, name, sheet, text};
use crate::Portal;
use crate::model::{Site, Visibility};
use crate::service::{customization, sites};

const BELOW: &str = "/navigation";

/// How many entries a menu may have.
const MOST: usize = 50;

pub(super) fn routes() -> Router<Portal> {
    Router::new().route("/portals/{id}/navigation", get(page).post(save))
}

/// One entry, as the form has it.
#[derive(Clone, Default)]
struct Item {
    title: String,
    path: String,
    is_private: bool,
}

impl Item {
    fn of(value: &Value) -> Self {
        let member = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        Self {
            title: member("title"),
            path: member("path"),
            is_private: value["visibility"] == Visibility::Private.as_str(),
        }
    }

    fn entered(input: &Input, at: usize) -> Self {
        let member = |name: &str| input.text(&format!("{name}.{at}")).trim().to_owned();
        Self {
            title: member("title"),
            path: member("path"),
            is_private: member("readers") == Visibility::Private.as_str(),
        }
    }

    const fn is_blank(&self) -> bool {
        self.title.is_empty() && self.path.is_empty()
    }

    fn value(&self) -> Value {
        let readers = match self.is_private {
            true => Visibility::Private,
            false => Visibility::Public,
        };
        json!({
            "title": self.title,
            "path": self.path,
            "visibility": readers.as_str(),
            "external": self.path.contains("://"),
        })
    }
}

fn saved(site: &Site) -> Vec<Item> {
    let main = site.customization.get("menu").map(|menu| &menu["main"]);
    let main = main.and_then(Value::as_array).into_iter().flatten();
    main.map(Item::of).collect()
}

async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    let items = saved(&site);
    let told = Told::default();
    Ok(draw((&visitor, &reader), &site, &items, (&told, false)))
}

async fn save(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let site = sites::find(&portal, &id).await?;
    let reader = (&visitor, &acting.administrator);
    let count = input.text("count").parse::<usize>().unwrap_or_default();
    let mut items: Vec<Item> = (0..count.min(MOST))
        .map(|at| Item::entered(&input, at))
        .collect();
    if rearrange(&mut items, input.text("do")) {
        let told = Told::default();
        return Ok(draw(reader, &site, &items, (&told, true)).into_response());
    }
    items.retain(|item| !item.is_blank());
    let text = text(&visitor);
    let told = incomplete(text, &items);
    if !told.fields.is_empty() {
        return Ok(draw(reader, &site, &items, (&told, false)).into_response());
    }
    let main: Vec<Value> = items.iter().map(Item::value).collect();
    let body = Map::from_iter([("menu".to_owned(), json!({ "main": main }))]);
    match customization::update(&portal, &acting.ctx, site.clone(), body).await {
        Ok(site) => Ok(visitor
            .redirect_saying(address(&site, BELOW), Tone::Success, text.get("saved"))
            .into_response()),
        Err(error) => {
            let told = Told::of(text, error, &[], "menu")?;
            Ok(draw(reader, &site, &items, (&told, false)).into_response())
        }
    }
}

/// Does what a button beside an entry says, and tells whether it was one of those.
fn rearrange(items: &mut Vec<Item>, asked: &str) -> bool {
    if asked == "add" {
        if items.len() < MOST {
            items.push(Item::default());
        }
        return true;
    }
    let Some((what, at)) = asked.split_once('.') else {
        return false;
    };
    let at = at.parse().ok().filter(|at: &usize| *at < items.len());
    match (what, at) {
        ("up", Some(at)) if at > 0 => items.swap(at, at - 1),
        ("down", Some(at)) if at + 1 < items.len() => items.swap(at, at + 1),
        ("remove", Some(at)) => {
            items.remove(at);
        }
        _ => {}
    }
    true
}

/// Entries of which one half is missing.
fn incomplete(text: Text, items: &[Item]) -> Told {
    let mut told = Told::default();
    for (at, item) in items.iter().enumerate() {
        for (field, value) in [("title", &item.title), ("path", &item.path)] {
            if value.is_empty() {
                let said = text.get(&format!("navigation-{field}-missing"));
                told.fields.add(format!("{field}.{at}"), said);
            }
        }
    }
    told
}

fn draw(
    reader: (&Visitor, &Administrator),
    site: &Site,
    items: &[Item],
    (told, unsaved): (&Told, bool),
) -> Page {
    let (visitor, administrator) = reader;
    let text = text(visitor);
    let here = address(site, BELOW);
    let fields = html! {
        input type="hidden" name="count" value=(items.len());
        // What Enter presses: not the first entry's button.
        @if administrator.role.may_change() {
            button.visually-hidden type="submit" tabindex="-1" aria-hidden="true" { (text.get("save")) }
        }
        @if items.is_empty() { p.fine { (text.get("navigation-none")) } }
        @for (at, item) in items.iter().enumerate() {
            (entry(text, item, (at, items.len()), told, administrator.role.may_change()))
        }
    };
    let buttons = html! {
        (button(&text.get("save")))
        @if items.len() < MOST {
            button.button.button-secondary type="submit" name="do" value="add" formnovalidate { (text.get("navigation-add")) }
        }
    };
    let main = html! {
        (heading(text, site, BELOW))
        p.lead { (text.get("navigation-lead")) }
        @if unsaved { (notice(text, Tone::Info, html! { p { (text.get("navigation-unsaved")) } })) }
        (told.above(text))
        section.section { (sheet(reader, (&here, false), &told.fields, fields, buttons)) }
    };
    let page = visitor.page(name(site)).width(Width::Reading);
    outcome(page, &told.fields, told.notice.as_deref()).main(main)
}

fn entry(
    text: Text,
    item: &Item,
    (at, count): (usize, usize),
    told: &Told,
    may_change: bool,
) -> Markup {
    let number = [("number", (at + 1).into())];
    let legend = text.with("navigation-entry", number);
    let [title, path, readers] = ["title", "path", "readers"].map(|part| format!("{part}.{at}"));
    let labels = ["title", "path", "readers"].map(|part| text.get(&format!("navigation-{part}")));
    let hint = text.get("navigation-path-hint");
    let choices = [Visibility::Public, Visibility::Private].map(|visibility| Choice {
        value: visibility.as_str().into(),
        label: text.get(&format!("navigation-readers-{}", visibility.as_str())),
        hint: None,
        chosen: item.is_private == (visibility == Visibility::Private),
    });
    html! {
        fieldset.panel.form {
            legend { (legend) }
            (Field::line(text, &title, &labels[0]).value(&item.title).error(told.fields.of(&title)).max_length(512))
            (Field::line(text, &path, &labels[1]).hint(&hint).value(&item.path).error(told.fields.of(&path)).max_length(512))
            (Field::select(text, &readers, &labels[2], &choices))
            @if may_change {
                div.row-actions {
                    @for (what, possible) in [("up", at > 0), ("down", at + 1 < count), ("remove", true)] {
                        @if possible {
                            @let label = text.get(&format!("navigation-{what}"));
                            button.button.button-small.button-secondary type="submit" name="do"
                                value=(format!("{what}.{at}")) formnovalidate
                                aria-label=(format!("{label}: {legend}")) { (label) }
                        }
                    }
                }
            }
        }
    }
}
