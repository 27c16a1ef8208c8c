//! Removing the provider, after saying what that means.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use web::components::{confirm, danger_button};
use web::{Editor, Form, Input, Page, Tone, Visitor, html};

use super::page::scene;
use super::{Acting, HERE, Refused, address, name, text};
use crate::service::identity_providers;
use crate::{Error, Portal};

fn nothing() -> Error {
    Error::NotFound("this portal has no identity provider".into())
}

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let scene = scene(&portal, &id).await?;
    let provider = scene.provider.as_ref().ok_or_else(nothing)?;
    let text = text(&visitor);
    let title = text.with("delete-title", [("name", name(&scene.site).into())]);
    let consequences = html! {
        p { code { (provider.issuer) } }
        ul {
            li { (text.get("delete-accounts")) }
            li { (text.get("delete-passwords")) }
            li { (text.get("delete-sessions")) }
        }
    };
    let back = address(&scene.site, HERE);
    Ok(confirm(
        &visitor,
        &title,
        consequences,
        &address(&scene.site, "/sign-in/delete"),
        danger_button(&text.get("removal-button")),
        (&back, &text.get("cancel")),
    ))
}

pub(super) async fn delete(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(_): Form<Input>,
) -> Result<Response, Refused> {
    let scene = scene(&portal, &id).await?;
    let provider = scene.provider.as_ref().ok_or_else(nothing)?;
    let text = text(&visitor);
    let site = scene.site.clone();
    let (tone, said) = match identity_providers::delete(&portal, &acting.ctx, site, provider).await
    {
        Ok(()) => (Tone::Success, "removed"),
        Err(Error::Invalid(_)) => (Tone::Warning, "removal-last"),
        Err(error) => return Err(error.into()),
    };
    let back = address(&scene.site, HERE);
    Ok(visitor
        .redirect_saying(back, tone, text.get(said))
        .into_response())
}
