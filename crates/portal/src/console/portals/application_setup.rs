//! Settings > Application Setup: a portal's one identity provider, on the classic page.
//!
//! Source: Konnect, "Configure Auth0 for Dynamic Client Registration" (classic).

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use web::components::{
    Field, FieldErrors, ListQuery, Tab, button, link_button, notice, outcome, switch, tabs,
};
use web::{Administrator, Form, Input, Markup, Page, Text, Tone, Visitor, Width, html};

use super::{Acting, Refused, Told, address, heading, name, sheet, text};
use crate::console::auth::{self, advanced, words};
use crate::model::{ProviderType, Site, StrategyConfig};
use crate::service::application_setup::{self, Setup, Wanted};
use crate::service::sites;
use crate::{Error, Portal};

const TAB: &str = "/settings/application-setup";

/// What the classic page can be set up with.
const TYPES: [ProviderType; 4] = [
    ProviderType::Auth0,
    ProviderType::Okta,
    ProviderType::Curity,
    ProviderType::AzureAd,
];

/// Each field with its text.
const FIELDS: [(&str, &str); 9] = [
    ("provider_type", "setup-provider"),
    ("issuer", "setup-issuer"),
    ("audience", "setup-audience"),
    ("scopes", "setup-scopes"),
    ("use_developer_managed_scopes", "setup-managed"),
    ("credential_claim", "setup-claims"),
    ("initial_client_id", "setup-client-id"),
    ("initial_client_secret", "setup-client-secret"),
    ("dcr_token", "setup-token"),
];

/// What stands in the fields.
#[derive(Debug, Default)]
struct Entered {
    issuer: String,
    audience: String,
    scopes: String,
    managed: bool,
    claims: String,
    client: String,
}

impl Entered {
    /// What the portal has, or what the vendor's page has one enter.
    fn of(present: Option<&Setup>) -> Self {
        let Some(setup) = present else {
            return Self {
                scopes: "openid".to_owned(),
                claims: "azp".to_owned(),
                ..Self::default()
            };
        };
        let config = &setup.provider.config;
        let mut entered = Self {
            issuer: setup.provider.issuer.clone(),
            managed: config.use_developer_managed_scopes == Some(true),
            client: config.initial_client_id.clone().unwrap_or_default(),
            ..Self::default()
        };
        if let StrategyConfig::OpenidConnect(config) = &setup.strategy.config {
            entered.audience = advanced::audiences(config).join(", ");
            entered.scopes = config.scopes.join(" ");
            entered.claims = config.credential_claim.join(", ");
        }
        entered
    }

    fn of_form(input: &Input) -> Self {
        let text = |field: &str| input.text(field).to_owned();
        Self {
            issuer: text("issuer"),
            audience: text("audience"),
            scopes: text("scopes"),
            managed: input.is_on("use_developer_managed_scopes"),
            claims: text("credential_claim"),
            client: text("initial_client_id"),
        }
    }
}

/// The type that the page is about: the address names it, else it is what the portal has.
fn kind(list: &ListQuery, present: Option<&Setup>) -> ProviderType {
    let has = present.map(|setup| setup.provider.provider_type);
    let named = list.get("provider").and_then(ProviderType::parse);
    let named = named.filter(|kind| TYPES.contains(kind));
    match (has, named) {
        (Some(has), _) if present.is_some_and(|setup| !setup.may_move()) => has,
        (_, Some(named)) => named,
        (Some(has), None) => has,
        (None, None) => ProviderType::Auth0,
    }
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
    let about = (&site, present.as_ref(), kind(&list, present.as_ref()));
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
    let kind = kind(&list, present.as_ref());
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

/// The form as the bodies of the platform API.
fn wanted(
    text: Text,
    site: &Site,
    present: Option<&Setup>,
    kind: ProviderType,
    input: &Input,
) -> Wanted {
    let stays = present.is_some_and(|setup| setup.provider.provider_type == kind);
    let mut provider = Map::new();
    let mut config = Map::new();
    for field in secrets(kind) {
        // A secret that is left empty stays with its provider.
        let keeps = stays && *field != "initial_client_id";
        if !(keeps && input.text(field).is_empty()) {
            config.insert((*field).to_owned(), json!(input.text(field)));
        }
    }
    if kind == ProviderType::Auth0 {
        let managed = input.is_on("use_developer_managed_scopes");
        config.insert("use_developer_managed_scopes".to_owned(), json!(managed));
    }
    provider.insert("issuer".to_owned(), json!(input.text("issuer")));
    provider.insert("dcr_config".to_owned(), Value::Object(config));
    if !stays {
        let name = format!("{} {}", site.name, type_text(text, kind));
        let name: String = name.chars().take(256).collect();
        provider.insert("name".to_owned(), json!(name));
        provider.insert("provider_type".to_owned(), json!(kind));
    }
    Wanted {
        provider,
        strategy: strategy(text, site, present, input),
    }
}

fn strategy(text: Text, site: &Site, present: Option<&Setup>, input: &Input) -> Map<String, Value> {
    let audiences = words(input, "audience");
    let mut config = match present.map(|setup| &setup.strategy.config) {
        Some(StrategyConfig::OpenidConnect(present)) => {
            let mut settings = advanced::settings(present);
            advanced::add_audiences(&mut settings, &audiences);
            advanced::changes(&present.plugin, &settings)
        }
        _ => {
            let mut settings = Map::new();
            advanced::add_audiences(&mut settings, &audiences);
            let methods = ["client_credentials", "bearer", "session"];
            settings.insert("auth_methods".to_owned(), json!(methods));
            settings
        }
    };
    config.insert("issuer".to_owned(), json!(input.text("issuer")));
    for field in ["scopes", "credential_claim"] {
        config.insert(field.to_owned(), json!(words(input, field)));
    }
    let mut strategy = Map::new();
    strategy.insert("configs".to_owned(), json!({ "openid-connect": config }));
    if present.is_none() {
        let name = text.with(
            "setup-strategy-name",
            [("portal", site.name.as_str().into())],
        );
        strategy.insert("name".to_owned(), json!(name));
        strategy.insert("display_name".to_owned(), json!("OpenID Connect"));
        strategy.insert("strategy_type".to_owned(), json!("openid_connect"));
    }
    strategy
}

/// What a type of provider asks for to register clients.
const fn secrets(kind: ProviderType) -> &'static [&'static str] {
    match kind {
        ProviderType::Okta => &["dcr_token"],
        _ => &["initial_client_id", "initial_client_secret"],
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
            (sheet((visitor, reader), (&here, false), errors, fields, html! {
                (button(&text.get("save")))
                @if let Some(setup) = stays {
                    (link_button(&auth::provider_address(&setup.provider, "/verify"), &text.get("setup-verify")))
                }
            }))
        }
    };
    let page = visitor.page(name(site)).width(Width::Reading);
    outcome(page, errors, told.notice.as_deref()).main(main)
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

fn fields(
    text: Text,
    (stays, kind): (Option<&Setup>, ProviderType),
    entered: &Entered,
    errors: &FieldErrors,
) -> Markup {
    let label = |field: &str| {
        let id = FIELDS.iter().find(|(name, _)| *name == field);
        text.get(id.map_or("id", |(_, id)| *id))
    };
    let names = [
        "issuer",
        "audience",
        "scopes",
        "use_developer_managed_scopes",
        "credential_claim",
    ]
    .map(label);
    let hints = [
        "setup-issuer-hint",
        "setup-audience-hint",
        "setup-scopes-hint",
        "setup-claims-hint",
    ]
    .map(|id| text.get(id));
    let managed = switch(text, "setup-managed", entered.managed);
    html! {
        (Field::url(text, "issuer", &names[0]).hint(&hints[0]).value(&entered.issuer).error(errors.of("issuer")).max_length(256))
        (Field::line(text, "audience", &names[1]).hint(&hints[1]).value(&entered.audience).error(errors.of("audience")).optional())
        (Field::line(text, "scopes", &names[2]).hint(&hints[2]).value(&entered.scopes).error(errors.of("scopes")))
        @if kind == ProviderType::Auth0 {
            (Field::checkboxes(text, "use_developer_managed_scopes", &names[3], &managed))
        }
        (Field::line(text, "credential_claim", &names[4]).hint(&hints[3]).value(&entered.claims).error(errors.of("credential_claim")))
        @for field in secrets(kind) { (secret(text, field, &label(field), stays, entered, errors)) }
    }
}

/// What lets the portal register clients: the secret of it is never shown again.
fn secret(
    text: Text,
    field: &str,
    label: &str,
    stays: Option<&Setup>,
    entered: &Entered,
    errors: &FieldErrors,
) -> Markup {
    if field == "initial_client_id" {
        return html! {
            (Field::line(text, field, label).value(&entered.client).error(errors.of(field)).max_length(256))
        };
    }
    let keeps = stays.is_some_and(|setup| setup.provider.secret.is_some());
    let hint = text.get(if keeps {
        "setup-secret-kept"
    } else {
        "setup-secret-hint"
    });
    let input = Field::password(text, field, label).autocomplete("off");
    let input = input.hint(&hint).error(errors.of(field));
    match keeps {
        true => html! { (input.optional()) },
        false => html! { (input) },
    }
}
