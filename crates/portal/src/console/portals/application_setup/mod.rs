//! Settings > Application Setup: a portal's one identity provider, on the classic page.
//!
//! Source: Konnect, "Configure Auth0 for Dynamic Client Registration" (classic).

mod body;
mod fields;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use web::components::{ListQuery, Tab, button, link_button, notice, outcome, tabs};
use web::{Administrator, Form, Input, Markup, Page, Text, Tone, Visitor, Width, html};

use super::{Acting, Refused, Told, address, heading, name, sheet, text};
use crate::console::auth;
use crate::model::{ProviderType, Site};
use crate::service::application_setup::{self, Setup};
use crate::service::sites;
use crate::{Error, Portal};
use body::wanted;
use fields::{Entered, FIELDS, fields};

const TAB: &str = "/settings/application-setup";

/// What the classic page can be set up with.
const TYPES: [ProviderType; 4] = [
    ProviderType::Auth0,
    ProviderType::Okta,
    ProviderType::Curity,
    ProviderType::AzureAd,
];

/// The type that the page is about: the address names it, else it is what the portal has. None where the
/// portal has one of another type, which stays.
fn kind(list: &ListQuery, present: Option<&Setup>) -> Option<ProviderType> {
    let known = |kind: &ProviderType| TYPES.contains(kind);
    let has = present.map(|setup| setup.provider.provider_type);
    if present.is_some_and(|setup| !setup.may_move()) {
        return has.filter(known);
    }
    let named = list.get("provider").and_then(ProviderType::parse);
    let chosen = named.filter(known).or(has.filter(known));
    Some(chosen.unwrap_or(ProviderType::Auth0))
}

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
    list: ListQuery,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    let present = application_setup::present(&portal, &site).await?;
    let Some(kind) = kind(&list, present.as_ref()) else {
        return Ok(elsewhere(&visitor, &site, present.as_ref()));
    };
    let about = (&site, present.as_ref(), kind);
    let entered = Entered::of(present.as_ref());
    Ok(draw((&visitor, &reader), about, &entered, &Told::default()))
}

pub(super) async fn save(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    list: ListQuery,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let site = sites::find(&portal, &id).await?;
    let present = application_setup::present(&portal, &site).await?;
    let Some(kind) = kind(&list, present.as_ref()) else {
        return Ok(elsewhere(&visitor, &site, present.as_ref()).into_response());
    };
    let text = text(&visitor);
    let wanted = wanted(text, &site, present.as_ref(), kind, &input);
    let saved = application_setup::save(&portal, &acting.ctx, &site, present.as_ref(), wanted);
    match saved.await {
        Ok(revision) => {
            portal.publisher().settle(revision).await;
            let said = match &present {
                None => text.get("setup-saved"),
                Some(earlier) => {
                    let issuer = earlier.provider.issuer.as_str();
                    text.with("setup-replaced", [("issuer", issuer.into())])
                }
            };
            let to = address(&site, TAB);
            let redirect = visitor.redirect_saying(to, Tone::Success, said);
            Ok(redirect.into_response())
        }
        Err(error) => {
            let labels = super::labels(text, FIELDS);
            let told = Told::of(text, by_field(error), &labels, "issuer")?;
            let about = (&site, present.as_ref(), kind);
            let reader = (&visitor, &acting.administrator);
            Ok(draw(reader, about, &Entered::of_form(&input), &told).into_response())
        }
    }
}

/// The error by the names of the page's fields.
fn by_field(error: Error) -> Error {
    let Error::Invalid(mut violations) = error else {
        return error;
    };
    for violation in &mut violations {
        let path = violation.field.as_str();
        let bare = ["configs.openid-connect.", "dcr_config."]
            .iter()
            .find_map(|prefix| path.strip_prefix(prefix));
        if let Some(bare) = bare {
            violation.field = bare.to_owned();
        }
    }
    Error::Invalid(violations)
}

fn type_text(text: Text, kind: ProviderType) -> String {
    text.get(&format!("setup-provider-{kind}"))
}

fn draw(
    (visitor, reader): (&Visitor, &Administrator),
    (site, present, kind): (&Site, Option<&Setup>, ProviderType),
    entered: &Entered,
    told: &Told,
) -> Page {
    let text = text(visitor);
    let errors = &told.fields;
    let here = format!("{}?provider={kind}", address(site, TAB));
    let stays = present.filter(|setup| setup.provider.provider_type == kind);
    let fields = fields(text, (stays, kind), entered, errors);
    let main = html! {
        (heading(text, site, TAB))
        (told.above(text))
        @match present {
            Some(setup) => (before(text, site, setup)),
            None => { p.lead.spaced { (text.get("setup-lead")) } }
        }
        section.section aria-labelledby="provider" {
            h2 id="provider" { (text.get("setup-provider")) }
            div.spaced {
                @if present.is_none_or(Setup::may_move) { (types(text, site, kind)) }
                @else { p { strong { (type_text(text, kind)) } } p.fine { (text.get("setup-provider-stays")) } }
            }
            div.spaced {
                (sheet((visitor, reader), (&here, false), errors, fields, html! {
                    (button(&text.get("save")))
                    @if let Some(setup) = stays {
                        (link_button(&auth::provider_address(&setup.provider, "/verify"), &text.get("setup-verify")))
                    }
                }))
            }
        }
    };
    let page = visitor.page(name(site)).width(Width::Reading);
    outcome(page, errors, told.notice.as_deref()).main(main)
}

/// The page of a portal whose provider is of a type that the classic page never had.
fn elsewhere(visitor: &Visitor, site: &Site, present: Option<&Setup>) -> Page {
    let text = text(visitor);
    let main = html! {
        (heading(text, site, TAB))
        p.lead.spaced { (text.get("setup-elsewhere")) }
        @if let Some(setup) = present {
            div.form-actions.spaced {
                (link_button(&auth::provider_address(&setup.provider, ""), &setup.provider.name))
            }
        }
    };
    visitor.page(name(site)).width(Width::Reading).main(main)
}

/// What there is already, and what saving replaces with it.
fn before(text: Text, site: &Site, setup: &Setup) -> Markup {
    let uses = &setup.uses;
    let elsewhere = uses.places.iter().filter(|place| place.portal.0 != site.id);
    let mut others: Vec<&str> = elsewhere.map(|place| place.portal.1.as_str()).collect();
    let defaults = uses.defaults.iter().filter(|(id, _)| *id != site.id);
    others.extend(defaults.map(|(_, name)| name.as_str()));
    others.sort_unstable();
    others.dedup();
    let applications = uses.applications();
    html! {
        (notice(text, Tone::Warning, html! {
            p { (text.with("setup-replaces", [("issuer", setup.provider.issuer.as_str().into())])) }
            @if applications > 0 {
                p { (text.with("setup-replaces-applications", [("count", applications.into())])) }
            }
            @if !others.is_empty() {
                p { (text.with("setup-replaces-portals", [("names", others.join(", ").into())])) }
            }
            @if !setup.siblings.is_empty() {
                p { (text.get("setup-replaces-strategies")) " "
                    @for (at, sibling) in setup.siblings.iter().enumerate() { @if at > 0 { ", " } (auth::named(sibling)) }
                }
            }
            p {
                (text.get("setup-kept-as")) " "
                a href=(auth::provider_address(&setup.provider, "")) { (setup.provider.name) } ", "
                (auth::named(&setup.strategy))
            }
        }))
    }
}

fn types(text: Text, site: &Site, chosen: ProviderType) -> Markup {
    let labels = TYPES.map(|kind| type_text(text, kind));
    let all: Vec<Tab<'_>> = TYPES
        .iter()
        .zip(&labels)
        .map(|(kind, label)| Tab {
            label,
            href: format!("{}?provider={kind}", address(site, TAB)),
            current: *kind == chosen,
        })
        .collect();
    tabs(&text.get("setup-provider"), &all)
}
