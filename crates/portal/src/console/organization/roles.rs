//! Giving roles to users, system accounts and teams, and taking them away.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, json};
use uuid::Uuid;
use web::components::{
    Choice, Field, ListQuery, Tab, button, confirm, danger_button, form, link_button, notice,
    outcome, tabs,
};
use web::{Administrator, Editor, Form, Input, Markup, Page, Text, Tone, Visitor, Width, html};

use super::rights::Rights;
use super::{Acting, Refused, Told, Whose, key, kind, text};
use crate::model::{EntityType, ROLES};
use crate::service::roles;
use crate::{Error, Portal, store};

/// How many entities a form offers; the search narrows them.
const MOST: u32 = 100;
/// What stands for every entity, in the form as over the API.
const ALL: &str = "*";

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    whose: Whose,
) -> Result<Page, Refused> {
    let rights = Rights::of(&portal, &whose).await?;
    let text = text(&visitor);
    let changing = reader.role.may_change() && whose.takes_roles();
    let main = html! {
        (whose.heading(text, "/roles"))
        @if changing { (assign_button(text, &whose)) }
        @if !whose.takes_roles() { (notice(text, Tone::Info, html! { p { (text.get("teams-lasting")) } })) }
        div.spaced { (rights.table(text, changing.then_some(&whose))) }
    };
    Ok(visitor.page(whose.name()).main(main))
}

pub(super) fn assign_button(text: Text, whose: &Whose) -> Markup {
    let new = whose.address("/roles/new");
    html! { p.spaced { a.button.button-primary href=(new) { (text.get("roles-assign")) } } }
}

/// What the form is about: a kind of entity, and those of it that can be chosen.
struct Offer {
    entity: EntityType,
    entities: Vec<(Uuid, String)>,
    total: i64,
}

impl Offer {
    async fn of(portal: &Portal, list: &ListQuery) -> Result<Self, Error> {
        let entity = list.get("about").and_then(kind);
        let entity = entity.unwrap_or(EntityType::Portals);
        let search = list.search().unwrap_or_default();
        let found = store::assigned_roles::choices(portal.db(), entity, search, MOST).await?;
        let (entities, total) = found;
        Ok(Self {
            entity,
            entities,
            total,
        })
    }
}

pub(super) async fn new_page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    whose: Whose,
    list: ListQuery,
) -> Result<Page, Refused> {
    let offer = Offer::of(&portal, &list).await?;
    let (entered, told) = (Input::default(), Told::default());
    Ok(draw(&visitor, &whose, (&list, &offer), &entered, &told))
}

pub(super) async fn assign(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    whose: Whose,
    list: ListQuery,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let text = text(&visitor);
    let offer = Offer::of(&portal, &list).await?;
    if !whose.takes_roles() {
        let said = text.get("teams-lasting");
        let to = whose.roles();
        return Ok(visitor
            .redirect_saying(to, Tone::Warning, said)
            .into_response());
    }
    let mut body = Map::new();
    for field in ["role_name", "entity_id"] {
        body.insert(field.into(), json!(input.text(field)));
    }
    body.insert("entity_type_name".into(), json!(offer.entity));
    body.insert("entity_region".into(), json!("*"));
    match roles::assign(&portal, &acting.ctx, whose.holder(), body).await {
        Ok(_) => Ok(visitor
            .redirect_saying(whose.roles(), Tone::Success, text.get("roles-assigned"))
            .into_response()),
        Err(error) => {
            let labels = [
                ("role_name", text.get("rights-role")),
                ("entity_id", text.get("rights-about")),
            ];
            let told = Told::of(text, error, &labels, "role_name")?;
            Ok(draw(&visitor, &whose, (&list, &offer), &input, &told).into_response())
        }
    }
}

fn draw(
    visitor: &Visitor,
    whose: &Whose,
    (list, offer): (&ListQuery, &Offer),
    input: &Input,
    told: &Told,
) -> Page {
    let text = text(visitor);
    let title = text.with("roles-assign-title", [("name", whose.name().into())]);
    let labels = ["rights-role", "rights-about"].map(|id| text.get(id));
    let names = names(text, offer.entity, input);
    let about = about(text, offer, input);
    let errors = &told.fields;
    let page = whose.address("/roles/new");
    let action = format!("{page}?about={}", key(offer.entity.as_str()));
    let main = html! {
        (whose.below(text, &title, Some(&text.get("roles-assign-lead"))))
        (kinds(text, &page, offer.entity))
        (told.above(text))
        @if offer.total > i64::from(MOST) || list.search().is_some() { (search(text, &page, list, offer.entity)) }
        (form(visitor, &action, errors, html! {
            (Field::radios(text, "role_name", &labels[0], &names).error(errors.of("role_name")))
            @if offer.entity.is_single() { input type="hidden" name="entity_id" value=(ALL); }
            @else { (Field::select(text, "entity_id", &labels[1], &about).error(errors.of("entity_id"))) }
            div.form-actions { (button(&text.get("roles-assign"))) (link_button(&whose.roles(), &text.get("cancel"))) }
        }))
    };
    let page = visitor.page(&title).width(Width::Reading);
    outcome(page, errors, told.notice.as_deref()).main(main)
}

/// Narrows the entities to choose among, where there are too many.
fn search(text: Text, page: &str, list: &ListQuery, about: EntityType) -> Markup {
    html! {
        form.list-tools method="get" action=(page) role="search" {
            input type="hidden" name="about" value=(key(about.as_str()));
            div.list-tool.list-search {
                label for="list-q" { (text.get("roles-search")) }
                input id="list-q" type="search" name="q" value=(list.search().unwrap_or_default()) autocomplete="off";
            }
            div.list-tool-buttons {
                button.button.button-secondary type="submit" { (text.get("apply")) }
            }
        }
    }
}

/// The kinds of entities, as tabs.
fn kinds(text: Text, page: &str, here: EntityType) -> Markup {
    let words = EntityType::WORDS.iter().map(|word| key(word));
    let kinds: Vec<(String, String)> = words
        .map(|key| (text.get(&format!("kind-{key}")), key))
        .collect();
    let all: Vec<Tab<'_>> = kinds
        .iter()
        .map(|(label, key_of)| Tab {
            label,
            href: format!("{page}?about={key_of}"),
            current: *key_of == key(here.as_str()),
        })
        .collect();
    tabs(&text.get("rights-about"), &all)
}

/// The roles for a kind of entity, each with what it allows.
fn names(text: Text, entity: EntityType, input: &Input) -> Vec<Choice> {
    let fitting = ROLES.iter().filter(|role| role.entity == entity);
    let choices = fitting.map(|role| {
        let words = format!("does-{}-{}", key(entity.as_str()), key(role.name.as_str()));
        Choice {
            value: role.name.to_string(),
            label: role.name.to_string(),
            hint: Some(text.get(&words)),
            chosen: input.text("role_name") == role.name.as_str(),
        }
    });
    choices.collect()
}

/// All entities of the kind, then each.
fn about(text: Text, offer: &Offer, input: &Input) -> Vec<Choice> {
    let chosen = input.text("entity_id");
    let all = Choice {
        value: ALL.into(),
        label: text.get(&format!("all-{}", key(offer.entity.as_str()))),
        hint: None,
        chosen: chosen == ALL,
    };
    let each = offer.entities.iter().map(|(id, name)| Choice {
        value: id.to_string(),
        label: name.clone(),
        hint: None,
        chosen: chosen == id.to_string(),
    });
    std::iter::once(all).chain(each).collect()
}

pub(super) async fn remove_page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    whose: Whose,
    Path((_, role)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let role = roles::find(&portal, whose.holder(), &role).await?;
    let rights = Rights::of(&portal, &whose).await?;
    let text = text(&visitor);
    let names = [
        ("role", role.name.as_str().into()),
        ("name", whose.name().into()),
    ];
    let title = text.with("roles-remove-title", names);
    let words = format!(
        "does-{}-{}",
        key(role.entity.as_str()),
        key(role.name.as_str())
    );
    let about = rights.about(text, &role);
    let consequences = html! {
        p { (text.get("roles-remove-lead")) }
        ul { li { strong { (about) } ": " (text.get(&words)) } }
        p { (text.get("roles-remove-at-once")) }
    };
    Ok(confirm(
        &visitor,
        &title,
        consequences,
        &whose.address(&format!("/roles/{}/remove", role.id)),
        danger_button(&text.get("roles-remove")),
        (&whose.roles(), &text.get("cancel")),
    ))
}

pub(super) async fn remove(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    whose: Whose,
    Path((_, role)): Path<(String, String)>,
    Form(_): Form<Input>,
) -> Result<Response, Refused> {
    let role = roles::find(&portal, whose.holder(), &role).await?;
    roles::withdraw(&portal, &acting.ctx, whose.holder(), &role).await?;
    let said = text(&visitor).get("roles-removed");
    let to = whose.roles();
    Ok(visitor
        .redirect_saying(to, Tone::Success, said)
        .into_response())
}
