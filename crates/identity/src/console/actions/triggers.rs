//! What runs at the triggers, in which order.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde::Deserialize;
use web::components::{
    Choice, Crumb, Field, FieldErrors, breadcrumbs, button, card_link, form, page_heading,
};
use web::{Administrator, Editor, Form, Markup, Page, Text, Tone, Visitor, html};

use super::{Part, address, head, note, parts, refused, text, trigger_name};
use crate::model::action::{Action, Binding, Trigger};
use crate::service::actions::{self as service, NewBinding, Reference};
use crate::store::{action_bindings, actions};
use crate::{Error, Tenant};

/// Every trigger, with how many Actions it runs.
pub(super) async fn list(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    _reader: Administrator,
) -> Result<Page, Response> {
    let bindings = action_bindings::all(tenant.db()).await;
    let bindings = bindings.map_err(|error| refused(&visitor, error.into()))?;
    let text = text(&visitor);
    let title = text.get("actions-triggers");
    let main = html! {
        (page_heading(&title, Some(&text.get("triggers-lead")), None))
        (parts(text, Part::Triggers))
        ul.cards {
            @for trigger in Trigger::ALL {
                @let count = bindings.iter().filter(|binding| binding.trigger == trigger).count();
                (card_link(&here(trigger), &trigger_name(text, trigger), html! {
                    p { (text.get(&format!("trigger-{}-hint", trigger.id()))) }
                    p.fine { (text.with("trigger-count", [("count", count.into())])) }
                }))
            }
        }
    };
    Ok(visitor.page(&title).main(main))
}

fn here(trigger: Trigger) -> String {
    format!("/actions/triggers/{}", trigger.id())
}

/// What a trigger runs, and what it could run.
struct Flow {
    trigger: Trigger,
    bindings: Vec<Binding>,
    /// Actions of this trigger.
    actions: Vec<Action>,
}

impl Flow {
    async fn read(tenant: &Tenant, visitor: &Visitor, id: &str) -> Result<Self, Response> {
        let Some(trigger) = Trigger::parse(id) else {
            return Err(visitor.problem(StatusCode::NOT_FOUND).into_response());
        };
        let read = async {
            let bindings = action_bindings::all(tenant.db()).await?;
            Ok::<_, Error>((bindings, actions::all(tenant.db()).await?))
        };
        let (mut bindings, mut actions) = read.await.map_err(|error| refused(visitor, error))?;
        bindings.retain(|binding| binding.trigger == trigger);
        actions.retain(|action| action.trigger == trigger);
        Ok(Self {
            trigger,
            bindings,
            actions,
        })
    }

    fn action(&self, binding: &Binding) -> Option<&Action> {
        self.actions
            .iter()
            .find(|action| action.id == binding.action_id)
    }

    /// Actions that do not run here yet, and could.
    fn waiting(&self) -> impl Iterator<Item = &Action> {
        self.actions.iter().filter(|action| {
            action.deployed_version.is_some()
                && !self
                    .bindings
                    .iter()
                    .any(|binding| binding.action_id == action.id)
        })
    }
}

/// A trigger's flow.
pub(super) async fn show(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Response> {
    let flow = Flow::read(&tenant, &visitor, &id).await?;
    let text = text(&visitor);
    let title = trigger_name(text, flow.trigger);
    let label = text.get("actions-triggers");
    let crumbs = [Crumb {
        label: &label,
        href: "/actions/triggers",
    }];
    let may_change = reader.role.may_change();
    let main = html! {
        (breadcrumbs(visitor.text(), &crumbs))
        (page_heading(&title, Some(&text.get(&format!("trigger-{}-hint", flow.trigger.id()))), None))
        section aria-labelledby="flow-title" {
            h2 id="flow-title" { (text.get("flow-title")) }
            @if flow.bindings.is_empty() { p { (text.get("flow-empty")) } }
            @else { (steps(&visitor, &flow, may_change)) }
        }
        @if may_change { (add(&visitor, &flow)) }
    };
    Ok(visitor.page(&title).head(head()).main(main))
}

fn steps(visitor: &Visitor, flow: &Flow, may_change: bool) -> Markup {
    let text = text(visitor);
    let last = flow.bindings.len().saturating_sub(1);
    html! {
        ol.flow-steps data-order=[may_change.then_some("flow-order")] {
            @for (place, binding) in flow.bindings.iter().enumerate() {
                li data-action=(binding.action_id) {
                    span {
                        strong {
                            @match flow.action(binding) {
                                Some(action) => a href=(address(&action.id)) { (binding.display_name) },
                                None => (binding.display_name),
                            }
                        }
                        @if let Some(action) = flow.action(binding).filter(|action| action.name != binding.display_name) {
                            span.fine { " " (action.name) }
                        }
                    }
                    @if may_change {
                        div.actions {
                            (step(visitor, flow, binding, "up", (place > 0).then(|| text.with("move-up", [("name", (&binding.display_name).into())]))))
                            (step(visitor, flow, binding, "down", (place < last).then(|| text.with("move-down", [("name", (&binding.display_name).into())]))))
                            (step(visitor, flow, binding, "remove", Some(text.with("unbind", [("name", (&binding.display_name).into())]))))
                        }
                    }
                }
            }
        }
        @if may_change {
            form id="flow-order" method="post" action=(here(flow.trigger)) hidden {
                (visitor.csrf_field())
                input type="hidden" name="intent" value="order";
                input type="hidden" name="order" value="";
            }
        }
    }
}

/// A button that moves a step or takes it out; nothing where it would do nothing.
fn step(
    visitor: &Visitor,
    flow: &Flow,
    binding: &Binding,
    intent: &str,
    label: Option<String>,
) -> Markup {
    let mark = match intent {
        "up" => "↑",
        "down" => "↓",
        _ => "×",
    };
    html! {
        @if let Some(label) = label {
            form method="post" action=(here(flow.trigger)) {
                (visitor.csrf_field())
                input type="hidden" name="intent" value=(intent);
                input type="hidden" name="action" value=(binding.action_id);
                button.button.button-small.button-secondary type="submit" aria-label=(label) title=(label) { (mark) }
            }
        }
    }
}

fn add(visitor: &Visitor, flow: &Flow) -> Markup {
    let text = text(visitor);
    let choices: Vec<Choice> = flow
        .waiting()
        .map(|action| Choice {
            value: action.id.clone(),
            label: action.name.clone(),
            ..Choice::default()
        })
        .collect();
    html! {
        section.panel aria-labelledby="bind-title" {
            h2 id="bind-title" { (text.get("bind-title")) }
            @if choices.is_empty() {
                p { (text.get("bind-none")) }
                p { a href="/actions/new" { (text.get("actions-new")) } }
            } @else {
                (form(visitor, &here(flow.trigger), &FieldErrors::new(), html! {
                    input type="hidden" name="intent" value="add";
                    (Field::select(visitor.text(), "action", &text.get("field-action"), &choices))
                    div.form-actions { (button(&text.get("bind"))) }
                }))
            }
        }
    }
}

#[derive(Default, Deserialize)]
pub(super) struct Entered {
    #[serde(default)]
    intent: String,
    #[serde(default)]
    action: String,
    /// Ids of Actions, separated by spaces.
    #[serde(default)]
    order: String,
}

/// Adds, moves or takes out an Action.
pub(super) async fn change(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    Editor(administrator): Editor,
    Path(id): Path<String>,
    Form(entered): Form<Entered>,
) -> Result<Response, Response> {
    let flow = Flow::read(&tenant, &visitor, &id).await?;
    let mut order: Vec<String> = flow
        .bindings
        .iter()
        .map(|binding| binding.action_id.clone())
        .collect();
    rearrange(&mut order, &entered);
    let wanted = order.into_iter().map(|action| {
        let known = flow
            .bindings
            .iter()
            .find(|binding| binding.action_id == action);
        NewBinding {
            display_name: known.map(|binding| binding.display_name.clone()),
            action: Reference::Action(action),
        }
    });
    let bound = service::bind(&tenant, flow.trigger, wanted.collect()).await;
    bound.map_err(|error| refused(&visitor, error))?;
    note(
        &tenant,
        &administrator,
        "Trigger changed",
        flow.trigger.id(),
    );
    let said = said(text(&visitor), &entered.intent);
    Ok(visitor
        .redirect_saying(here(flow.trigger), Tone::Success, said)
        .into_response())
}

fn said(text: Text, intent: &str) -> String {
    text.get(match intent {
        "add" => "bound",
        "remove" => "unbound",
        _ => "reordered",
    })
}

/// What the form asks for; an order that is not of the same Actions changes nothing.
fn rearrange(order: &mut Vec<String>, entered: &Entered) {
    let at = order.iter().position(|action| *action == entered.action);
    match (entered.intent.as_str(), at) {
        ("add", None) => order.push(entered.action.clone()),
        ("remove", Some(at)) => {
            order.remove(at);
        }
        ("up", Some(at)) if at > 0 => order.swap(at, at - 1),
        ("down", Some(at)) if at + 1 < order.len() => order.swap(at, at + 1),
        ("order", _) => {
            let wanted: Vec<String> = entered.order.split(' ').map(str::to_owned).collect();
            let (mut before, mut after) = (order.clone(), wanted.clone());
            before.sort();
            after.sort();
            if before == after {
                *order = wanted;
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{Entered, rearrange};

    #[test]
    fn a_flow_is_rearranged_by_buttons_and_by_dragging() {
        let arranged = |intent: &str, action: &str, wanted: &str| {
            let mut order: Vec<String> = ["a", "b", "c"].map(str::to_owned).to_vec();
            let entered = Entered {
                intent: intent.to_owned(),
                action: action.to_owned(),
                order: wanted.to_owned(),
            };
            rearrange(&mut order, &entered);
            order.concat()
        };
        assert_eq!(arranged("up", "b", ""), "bac");
        assert_eq!(arranged("up", "a", ""), "abc");
        assert_eq!(arranged("down", "b", ""), "acb");
        assert_eq!(arranged("remove", "b", ""), "ac");
        assert_eq!(arranged("add", "d", ""), "abcd");
        assert_eq!(arranged("order", "", "c a b"), "cab");
        assert_eq!(arranged("order", "", "c a"), "abc");
    }
}
