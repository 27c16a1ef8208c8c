//! Removing a strategy, after showing what uses it: while something does, it stays.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use web::components::{confirm, danger_button, link_button, notice, page_heading};
use web::{Editor, Form, Input, Page, Tone, Visitor, Width, html};

use super::{Acting, LIST, Refused, address, text, uses};
use crate::service::strategies;
use crate::store::strategy_uses;
use crate::{Error, Portal};

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let strategy = strategies::find(&portal, &id).await?;
    let used = strategy_uses::of(portal.db(), strategy.id).await?;
    let text = text(&visitor);
    let title = text.with("delete-title", [("name", strategy.name.as_str().into())]);
    let back = address(&strategy, "");
    if used.is_none() {
        let consequences = html! {
            p { (text.get("strategies-delete-free")) }
            @if let Some((provider, ..)) = &strategy.dcr_provider {
                p { (text.with("strategies-delete-provider", [("name", provider.as_str().into())])) }
            }
            p { (text.get("for-good")) }
        };
        return Ok(confirm(
            &visitor,
            &title,
            consequences,
            &address(&strategy, "/delete"),
            danger_button(&text.get("strategies-delete")),
            (&back, &text.get("cancel")),
        ));
    }
    let reasons = [
        (!used.places.is_empty(), "strategies-delete-versions"),
        (
            !used.applications.is_empty(),
            "strategies-delete-applications",
        ),
        (!used.defaults.is_empty(), "strategies-delete-default"),
    ];
    let main = html! {
        (page_heading(&title, None, None))
        (notice(text, Tone::Warning, html! {
            p { (text.get("strategies-delete-used")) }
            ul { @for (_, reason) in reasons.iter().filter(|(holds, _)| *holds) { li { (text.get(reason)) } } }
        }))
        section.section aria-labelledby="uses" {
            h2 id="uses" { (text.get("uses")) }
            div.spaced { (uses::shown(text, &used)) }
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
    let strategy = strategies::find(&portal, &id).await?;
    let text = text(&visitor);
    let (to, tone, said) = match strategies::delete(&portal, &acting.ctx, &strategy).await {
        Ok(revision) => {
            portal.publisher().settle(revision).await;
            let said = text.with("removed", [("name", strategy.name.as_str().into())]);
            (LIST.to_owned(), Tone::Success, said)
        }
        Err(Error::Conflict(_)) => {
            let said = text.get("strategies-delete-used");
            (address(&strategy, "/delete"), Tone::Warning, said)
        }
        Err(error) => return Err(error.into()),
    };
    Ok(visitor.redirect_saying(to, tone, said).into_response())
}
