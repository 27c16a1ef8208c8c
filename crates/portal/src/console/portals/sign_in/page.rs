//! The settings, the address to register at the provider, and a trial of it.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use dcr::Finding;
use web::components::{FieldErrors, button, copyable, form, link_button, notice, outcome};
use web::{Administrator, Form, Input, Markup, Page, Text, Tone, Visitor, Width, html};

use super::fields::{Shown, body, fields, labels};
use super::{Acting, HERE, Refused, Told, address, groups, heading, name, sheet, text, trial};
use crate::model::{IdentityProvider, Site};
use crate::service::{identity_providers, sign_on, sites};
use crate::{Error, Portal};

/// What the page shows.
pub(super) struct Scene {
    pub(super) site: Site,
    pub(super) provider: Option<IdentityProvider>,
    redirect_uris: Vec<String>,
}

pub(super) async fn scene(portal: &Portal, id: &str) -> Result<Scene, Error> {
    let site = sites::find(portal, id).await?;
    Ok(Scene {
        provider: identity_providers::of_portal(portal, &site).await?,
        redirect_uris: sign_on::trial::redirect_uris(portal, &site).await?,
        site,
    })
}

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let scene = scene(&portal, &id).await?;
    let shown = (None, None);
    Ok(draw((&visitor, &reader), &scene, shown, &Told::default()))
}

pub(super) async fn save(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let scene = scene(&portal, &id).await?;
    let text = text(&visitor);
    let site = scene.site.clone();
    let body = body(&input, scene.provider.is_some());
    match identity_providers::change_settings(&portal, &acting.ctx, site, body).await {
        Ok(_) => Ok(visitor
            .redirect_saying(address(&scene.site, HERE), Tone::Success, text.get("saved"))
            .into_response()),
        Err(error) => {
            let told = Told::of(text, error, &labels(text), "oidc_issuer")?;
            let reader = (&visitor, &acting.administrator);
            Ok(draw(reader, &scene, (Some(&input), None), &told).into_response())
        }
    }
}

/// `shown`: what was entered, and what a trial found.
pub(super) fn draw(
    (visitor, reader): (&Visitor, &Administrator),
    scene: &Scene,
    (entered, found): (Option<&Input>, Option<&[Finding]>),
    told: &Told,
) -> Page {
    let text = text(visitor);
    let site = &scene.site;
    let shown = Shown {
        settings: &site.authentication,
        provider: scene.provider.as_ref(),
        entered,
    };
    let all = fields(text, &shown, &told.fields);
    let here = address(site, HERE);
    let main = html! {
        (heading(super::super::text(visitor), site, HERE))
        (told.above(text))
        @if site.is_public {
            div.spaced { (notice(text, Tone::Info, html! { p { (text.get("public")) } })) }
        }
        (to_register(text, &scene.redirect_uris))
        section.section aria-labelledby="settings" {
            h2 id="settings" { (text.get("settings")) }
            (sheet((visitor, reader), (&here, false), &told.fields, all, button(&text.get("save"))))
        }
        @if scene.provider.is_some() {
            (try_out(visitor, reader, &here, found))
            (groups::way_here(text, site))
            @if reader.role.may_change() { (removal(text, &here)) }
        }
    };
    let page = visitor.page(name(site)).width(Width::Reading);
    outcome(page, &told.fields, told.notice.as_deref()).main(main)
}

/// What the provider must know before anybody signs in.
fn to_register(text: Text, uris: &[String]) -> Markup {
    html! {
        section.section aria-labelledby="register" {
            h2 id="register" { (text.get("register")) }
            p.fine.spaced { (text.get("register-lead")) }
            @for (at, uri) in uris.iter().enumerate() {
                (copyable(text, &format!("redirect-uri-{at}"), &text.get("redirect-uri"), uri))
            }
        }
    }
}

fn try_out(
    visitor: &Visitor,
    reader: &Administrator,
    here: &str,
    found: Option<&[Finding]>,
) -> Markup {
    let text = text(visitor);
    html! {
        section.section aria-labelledby="test" {
            h2 id="test" { (text.get("test")) }
            @match found {
                Some(found) => (trial::results(text, found)),
                None => { p.fine.spaced { (text.get("test-lead")) } }
            }
            @if reader.role.may_change() {
                (form(visitor, &format!("{here}/test"), &FieldErrors::new(), html! {
                    div.form-actions {
                        button.button.button-secondary type="submit" { (text.get("test-button")) }
                    }
                }))
            }
        }
    }
}

fn removal(text: Text, here: &str) -> Markup {
    html! {
        section.section aria-labelledby="removal" {
            h2 id="removal" { (text.get("removal")) }
            p.fine.spaced { (text.get("removal-hint")) }
            p.spaced { (link_button(&format!("{here}/delete"), &text.get("removal-button"))) }
        }
    }
}
