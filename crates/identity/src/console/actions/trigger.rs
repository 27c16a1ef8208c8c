//! What runs at one trigger, in which order. Every button is in effect at once.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde::Deserialize;
use web::components::{Choice, Crumb, Field, breadcrumbs, notice, page_heading};
use web::{Administrator, Form, Markup, Page, Text, Tone, Visitor, html};

use super::words::{self, State as Progress};
use super::{Acting, TRIGGERS, address, drawn, head, refused, text};
use crate::model::action::{Action, Binding, MAX_BINDINGS, Trigger};
use crate::service::actions::{self as service, NewBinding, Reference};
use crate::store::{action_bindings, actions};
use crate::{Error, Tenant};

/// A trigger with what is bound to it, and what may be.
struct Flow {
    trigger: Trigger,
    bindings: Vec<Binding>,
    /// Every Action that is written for the trigger.
    actions: Vec<Action>,
}

impl Flow {
    async fn read(tenant: &Tenant, visitor: &Visitor, id: &str) -> Result<Self, Response> {
        let Some(trigger) = Trigger::parse(id) else {
            return Err(visitor.problem(StatusCode::NOT_FOUND).into_response());
        };
        let read = async {
            let mut bindings = action_bindings::all(tenant.db()).await?;
            bindings.retain(|binding| binding.trigger == trigger);
            let mut actions = actions::all(tenant.db()).await?;
            actions.retain(|action| action.trigger == trigger);
            Ok::<_, Error>(Self {
                trigger,
                bindings,
                actions,
            })
        };
        read.await.map_err(|error| refused(visitor, &error))
    }

    fn action(&self, binding: &Binding) -> Option<&Action> {
        let mut actions = self.actions.iter();
        actions.find(|action| action.id == binding.action_id)
    }

    /// The bindings' ids in order: what a form was made from, and what a new order is.
    fn order(&self) -> String {
        let ids: Vec<&str> = self.bindings.iter().map(|own| own.id.as_str()).collect();
        ids.join(" ")
    }
}

/// The flow.
pub(super) async fn show(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Response> {
    let flow = Flow::read(&tenant, &visitor, &id).await?;
    Ok(draw(&visitor, &flow, None, reader.role.may_change()))
}

#[derive(Deserialize)]
pub(super) struct Entered {
    /// The order that the form was made from.
    #[serde(default)]
    seen: String,
    /// `add`, `up`, `down`, `remove` or `order`.
    #[serde(default)]
    intent: String,
    /// The binding, or the Action to add.
    #[serde(default)]
    which: String,
    /// The new order, of a script.
    #[serde(default)]
    order: String,
}

/// Adds, moves or removes one; or takes a whole order.
pub(super) async fn change(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(entered): Form<Entered>,
) -> Result<Response, Response> {
    let flow = Flow::read(&tenant, &visitor, &id).await?;
    let text = text(&visitor);
    let again = |why: String| draw(&visitor, &flow, Some(&why), true).into_response();
    if entered.seen != flow.order() {
        return Ok(again(text.get("actions-flow-changed-meanwhile")));
    }
    let Some(wanted) = wanted(&flow, &entered) else {
        return Ok(again(text.get("actions-flow-not-understood")));
    };
    match service::bind(&tenant, flow.trigger, wanted).await {
        Ok(_) => {
            acting.record(&tenant, "Update a trigger", flow.trigger.id());
            let here = format!("{TRIGGERS}/{}", flow.trigger.id());
            let said = text.get("actions-flow-saved");
            Ok(visitor
                .redirect_saying(here, Tone::Success, said)
                .into_response())
        }
        Err(error @ Error::Invalid { .. }) => Ok(again(error.to_string())),
        Err(error) => Err(refused(&visitor, &error)),
    }
}

/// What shall run after what the form asks for; nothing if it makes no sense.
fn wanted(flow: &Flow, entered: &Entered) -> Option<Vec<NewBinding>> {
    let mut list: Vec<&Binding> = flow.bindings.iter().collect();
    let place = |id: &str| flow.bindings.iter().position(|binding| binding.id == id);
    match entered.intent.as_str() {
        "up" => {
            let at = place(&entered.which)?;
            list.swap(at, at.checked_sub(1)?);
        }
        "down" => {
            let at = place(&entered.which)?;
            let below = at + 1;
            (below < list.len()).then(|| list.swap(at, below))?;
        }
        "remove" => {
            list.remove(place(&entered.which)?);
        }
        "order" => {
            let places: Option<Vec<usize>> = entered.order.split(' ').map(place).collect();
            let places = places?;
            (places.len() == list.len()).then_some(())?;
            list = places.into_iter().map(|at| &flow.bindings[at]).collect();
        }
        "add" => {}
        _ => return None,
    }
    let kept = |binding: &Binding| NewBinding {
        action: Reference::Binding(binding.id.clone()),
        display_name: Some(binding.display_name.clone()),
    };
    let mut wanted: Vec<NewBinding> = list.into_iter().map(kept).collect();
    if entered.intent == "add" {
        wanted.push(NewBinding {
            action: Reference::Action(entered.which.clone()),
            display_name: None,
        });
    }
    Some(wanted)
}

fn draw(visitor: &Visitor, flow: &Flow, refusal: Option<&str>, may_change: bool) -> Page {
    let text = text(visitor);
    let title = words::trigger(text, flow.trigger);
    let all = text.get("actions-triggers");
    let crumbs = [Crumb {
        label: &all,
        href: TRIGGERS,
    }];
    let here = format!("{TRIGGERS}/{}", flow.trigger.id());
    let main = html! {
        (breadcrumbs(text, &crumbs))
        (page_heading(&title, Some(&words::trigger_lead(text, flow.trigger)), None))
        @if let Some(why) = refusal { (notice(text, Tone::Danger, html! { p { (why) } })) }
        section.flow aria-labelledby="flow-title" {
            h2 id="flow-title" { (text.get("actions-flow")) }
            p.fine { (text.get(if flow.bindings.is_empty() { "actions-flow-none" } else { "actions-flow-lead" })) }
            p.flow-end { (text.get(&format!("actions-flow-start-{}", flow.trigger.id()))) }
            @if !flow.bindings.is_empty() {
                ol.flow-steps data-order=[may_change.then_some("order-form")] {
                    @for (place, binding) in flow.bindings.iter().enumerate() { (step(visitor, flow, place, binding, may_change)) }
                }
            }
            p.flow-end { (text.get(&format!("actions-flow-end-{}", flow.trigger.id()))) }
            @if may_change {
                form id="order-form" method="post" action=(here) hidden {
                    (fields(visitor, flow, "order"))
                    input type="hidden" name="order" value=(flow.order());
                }
            }
        }
        @if may_change { (addition(visitor, flow, &here)) }
    };
    let page = visitor.page(&title).width(web::Width::Reading).head(head());
    drawn(page, refusal.is_some(), main)
}

fn fields(visitor: &Visitor, flow: &Flow, intent: &str) -> Markup {
    html! {
        (visitor.csrf_field())
        input type="hidden" name="seen" value=(flow.order());
        input type="hidden" name="intent" value=(intent);
    }
}

fn step(
    visitor: &Visitor,
    flow: &Flow,
    place: usize,
    binding: &Binding,
    may_change: bool,
) -> Markup {
    let text = text(visitor);
    let here = format!("{TRIGGERS}/{}", flow.trigger.id());
    let name = &binding.display_name;
    let press = |intent: &str, label: &str, mark: Option<&str>, unable: bool| {
        let label = text.with(label, [("name", name.into())]);
        html! {
            form method="post" action=(here) {
                (fields(visitor, flow, intent))
                input type="hidden" name="which" value=(binding.id);
                @match mark {
                    Some(mark) => button.button.button-small.button-secondary type="submit" disabled[unable] title=(label) {
                        span aria-hidden="true" { (mark) }
                        span.visually-hidden { (label) }
                    },
                    None => button.button.button-small.button-secondary type="submit" {
                        (text.get("actions-remove")) span.visually-hidden { " " (name) }
                    },
                }
            }
        }
    };
    html! {
        li data-binding=(binding.id) {
            div.flow-name {
                span.flow-place aria-hidden="true" { (place + 1) }
                div {
                    a href=(address(&binding.action_id, "")) { strong { (name) } }
                    @if let Some(action) = flow.action(binding) {
                        @if action.name != *name { span.fine { " " (action.name) } }
                        @if action.has_undeployed { " " (Progress::Changed.badge(text)) }
                    }
                }
            }
            @if may_change {
                div.actions {
                    (press("up", "actions-move-up", Some("↑"), place == 0))
                    (press("down", "actions-move-down", Some("↓"), place + 1 == flow.bindings.len()))
                    (press("remove", "actions-remove", None, false))
                }
            }
        }
    }
}

/// The form that adds one, or why there is none to add.
fn addition(visitor: &Visitor, flow: &Flow, here: &str) -> Markup {
    let text = text(visitor);
    let is_bound = |action: &Action| words::bound(&flow.bindings, action).next().is_some();
    let free = || flow.actions.iter().filter(|action| !is_bound(action));
    let ready: Vec<Choice> = free()
        .filter(|action| action.deployed_version.is_some())
        .map(|action| Choice {
            value: action.id.clone(),
            label: action.name.clone(),
            ..Choice::default()
        })
        .collect();
    let undeployed: Vec<&Action> = free()
        .filter(|action| action.deployed_version.is_none())
        .collect();
    let label = text.get("actions-field-action");
    html! {
        section.section aria-labelledby="add-title" {
            h2 id="add-title" { (text.get("actions-flow-add")) }
            @if flow.bindings.len() >= MAX_BINDINGS {
                p.fine { (text.with("actions-flow-full", [("limit", MAX_BINDINGS.into())])) }
            } @else if ready.is_empty() {
                p.fine { (text.get("actions-flow-nothing-to-add")) " " a href="/actions/library/new" { (text.get("actions-build-custom")) } }
            } @else {
                form.compare.spaced method="post" action=(here) {
                    (fields(visitor, flow, "add"))
                    (Field::select(text, "which", &label, &ready))
                    button.button.button-primary type="submit" { (text.get("actions-flow-add-button")) }
                }
            }
            @if !undeployed.is_empty() { (waiting(text, &undeployed)) }
        }
    }
}

fn waiting(text: Text, undeployed: &[&Action]) -> Markup {
    html! {
        p.fine.spaced { (text.get("actions-flow-deploy-first")) }
        ul.plain-list {
            @for action in undeployed { li { a href=(address(&action.id, "")) { (action.name) } } }
        }
    }
}

#[cfg(test)]
mod tests {
    use oauth::Timestamp;

    use super::{Entered, Flow, wanted};
    use crate::model::action::{Binding, Trigger};
    use crate::service::actions::Reference;

    fn flow() -> Flow {
        let binding = |id: &str| Binding {
            id: id.to_owned(),
            trigger: Trigger::PostLogin,
            action_id: format!("action-{id}"),
            display_name: id.to_owned(),
            created_at: Timestamp::from_millis(0),
            updated_at: Timestamp::from_millis(0),
        };
        Flow {
            trigger: Trigger::PostLogin,
            bindings: ["a", "b", "c"].map(binding).into(),
            actions: Vec::new(),
        }
    }

    fn after(intent: &str, which: &str, order: &str) -> Option<String> {
        let entered = Entered {
            seen: String::new(),
            intent: intent.into(),
            which: which.into(),
            order: order.into(),
        };
        let names = wanted(&flow(), &entered)?
            .into_iter()
            .map(|new| match new.action {
                Reference::Binding(id) => id,
                Reference::Action(id) => format!("+{id}"),
                Reference::Name(name) => name,
            });
        Some(names.collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn a_button_moves_one_place_and_not_beyond_the_ends() {
        assert_eq!(after("up", "b", ""), Some("b a c".into()));
        assert_eq!(after("down", "b", ""), Some("a c b".into()));
        assert_eq!(after("up", "a", ""), None);
        assert_eq!(after("down", "c", ""), None);
        assert_eq!(after("remove", "b", ""), Some("a c".into()));
        assert_eq!(after("add", "x", ""), Some("a b c +x".into()));
    }

    #[test]
    fn an_order_names_exactly_what_is_there() {
        assert_eq!(after("order", "", "c a b"), Some("c a b".into()));
        assert_eq!(after("order", "", "c a"), None);
        assert_eq!(after("order", "", "c a x"), None);
        assert_eq!(after("sideways", "a", ""), None);
    }
}
