//! Removing a provider, after showing who uses it.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use web::components::{confirm, danger_button, link_button, page_heading};
use web::{Editor, Form, Input, Page, Tone, Visitor, Width, html};

use super::{Acting, LIST, Refused, address, counted, text};
use crate::console::auth::named;
use crate::service::dcr_providers;
use crate::{Error, Portal, store};

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let provider = dcr_providers::find(&portal, &id).await?;
    let strategies = store::strategies::of_provider(portal.db(), provider.id).await?;
    let one = std::iter::once(provider.id);
    let counts = store::applications::count_by_provider(portal.db(), one).await?;
    let applications = counts.get(&provider.id).copied().unwrap_or_default();
    let text = text(&visitor);
    let title = text.with("delete-title", [("name", provider.name.as_str().into())]);
    let back = address(&provider, "");
    if strategies.is_empty() {
        let consequences = html! {
            p { (text.get("providers-delete-free")) }
            p { (text.get("for-good")) }
        };
        return Ok(confirm(
            &visitor,
            &title,
            consequences,
            &address(&provider, "/delete"),
            danger_button(&text.get("providers-delete")),
            (&back, &text.get("cancel")),
        ));
    }
    let main = html! {
        (page_heading(&title, None, None))
        div.prose {
            p { (text.get("providers-delete-used")) }
            ul { @for strategy in &strategies { li { (named(strategy)) } } }
            (counted(text, "used-applications", applications))
        }
        div.form-actions.spaced { (link_button(&back, &text.get("back"))) }
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
    let provider = dcr_providers::find(&portal, &id).await?;
    let text = text(&visitor);
    let (to, tone, said) = match dcr_providers::delete(&portal, &acting.ctx, &provider).await {
        Ok(()) => {
            let said = text.with("removed", [("name", provider.name.as_str().into())]);
            (LIST.to_owned(), Tone::Success, said)
        }
        Err(Error::Conflict(_)) => {
            let said = text.get("providers-delete-used");
            (address(&provider, "/delete"), Tone::Warning, said)
        }
        Err(error) => return Err(error.into()),
    };
    Ok(visitor.redirect_saying(to, tone, said).into_response())
}
