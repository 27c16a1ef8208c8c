//! Removing a destination, unless a portal sends there.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use web::components::{confirm, danger_button, link_button, page_heading};
use web::{Editor, Form, Input, Page, Tone, Visitor, Width, html};

use super::one::portals_of;
use super::{LIST, Refused, address, called, text};
use crate::console::Acting;
use crate::service::audit_log;
use crate::store::sites;
use crate::{Error, Portal};

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let one = audit_log::find(&portal, &id).await?;
    let users = sites::sending_to(portal.db(), one.id).await?;
    let text = text(&visitor);
    let title = text.with("delete-title", [("name", called(&one).into())]);
    let (back, action) = (address(&one, ""), address(&one, "/delete"));
    if users.is_empty() {
        let consequences = html! {
            p { (text.get("destinations-delete-free")) }
            p { (text.get("for-good")) }
        };
        let button = danger_button(&text.get("destinations-delete"));
        let back = (back.as_str(), text.get("cancel"));
        let back = (back.0, back.1.as_str());
        return Ok(confirm(
            &visitor,
            &title,
            consequences,
            &action,
            button,
            back,
        ));
    }
    let main = html! {
        (page_heading(&title, None, None))
        div.prose {
            p { (text.get("destinations-delete-used")) }
            (portals_of(text, &users))
        }
        div.form-actions.spaced { (link_button(&back, &text.get("cancel"))) }
    };
    Ok(visitor.page(&title).width(Width::Reading).main(main))
}

pub(super) async fn delete(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(_): Form<Input>,
) -> Result<Response, Refused> {
    let one = audit_log::find(&portal, &id).await?;
    let text = text(&visitor);
    let (to, tone, said) = match audit_log::delete(&portal, &acting.ctx, &one).await {
        Ok(()) => {
            let said = text.with("removed", [("name", called(&one).into())]);
            (LIST.to_owned(), Tone::Success, said)
        }
        // A portal began to send there meanwhile: the page says which.
        Err(Error::Conflict(_)) => {
            let said = text.get("destinations-delete-used");
            (address(&one, "/delete"), Tone::Warning, said)
        }
        Err(error) => return Err(error.into()),
    };
    Ok(visitor.redirect_saying(to, tone, said).into_response())
}
