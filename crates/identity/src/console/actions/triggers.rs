//! The triggers, and what each runs.

use axum::extract::State;
use axum::response::Response;
use web::components::{card_link, page_heading};
use web::{Administrator, Page, Visitor, html};

use super::{TRIGGERS, refused, text, words};
use crate::Tenant;
use crate::model::action::Trigger;
use crate::store::action_bindings;

/// All of them.
pub(super) async fn list(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    _: Administrator,
) -> Result<Page, Response> {
    let bindings = action_bindings::all(tenant.db()).await;
    let bindings = bindings.map_err(|error| refused(&visitor, &error.into()))?;
    let text = text(&visitor);
    let title = text.get("actions-triggers");
    let main = html! {
        (page_heading(&title, Some(&text.get("actions-triggers-lead")), None))
        ul.cards {
            @for trigger in Trigger::ALL {
                @let bound: Vec<&str> = bindings.iter().filter(|binding| binding.trigger == trigger)
                    .map(|binding| binding.display_name.as_str()).collect();
                (card_link(&format!("{TRIGGERS}/{}", trigger.id()), &words::trigger(text, trigger), html! {
                    p { (words::trigger_lead(text, trigger)) }
                    p.card-foot {
                        @if bound.is_empty() { span { (text.get("actions-flow-empty")) } }
                        @for name in bound { span.badge.badge-info { (name) } }
                    }
                }))
            }
        }
    };
    Ok(visitor.page(&title).main(main))
}
