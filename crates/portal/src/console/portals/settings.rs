//! A portal's settings: who may read it, what is approved by itself, where it answers.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use web::components::{Choice, Field, button, choice, outcome, switch};
use web::{Administrator, Form, Input, Page, Tone, Visitor, Width, html};

use super::{Acting, Refused, Told, address, domain, heading, labels, name, sheet, text};
use crate::model::{AuthStrategy, Site};
use crate::service::domains::Standing;
use crate::service::sites;
use crate::{Error, Portal, store};

const FIELDS: [(&str, &str); 7] = [
    ("name", "name"),
    ("display_name", "portals-display-name"),
    ("description", "description"),
    ("custom_domain", "portals-custom-domain"),
    ("custom_client_domain", "portals-client-domain"),
    ("default_application_auth_strategy_id", "portals-strategy"),
    ("labels", "labels"),
];

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    let shown = Shown {
        strategies: &store::strategies::every(portal.db()).await?,
        target: sites::default_domain(&portal, &site),
        site: &site,
        standing: None,
    };
    Ok(draw((&visitor, &reader), &shown, &Told::default()))
}

/// What the page shows.
pub(super) struct Shown<'a> {
    pub(super) site: &'a Site,
    pub(super) strategies: &'a [AuthStrategy],
    /// Where a domain of the portal's own must lead.
    pub(super) target: String,
    /// What a look at that domain found.
    pub(super) standing: Option<Standing>,
}

pub(super) async fn save(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let text = text(&visitor);
    let site = sites::find(&portal, &id).await?;
    let entered = entered(&site, &input);
    match sites::update(&portal, &acting.ctx, site, body(&input)).await {
        Ok(site) => Ok(visitor
            .redirect_saying(
                address(&site, "/settings"),
                Tone::Success,
                text.get("saved"),
            )
            .into_response()),
        Err(error) => {
            let domain = matches!(&error, Error::Conflict(said) if said.contains("domain"));
            let unique = if domain { "custom_domain" } else { "name" };
            let told = Told::of(text, error, &labels(text, FIELDS), unique)?;
            let shown = Shown {
                strategies: &store::strategies::every(portal.db()).await?,
                target: sites::default_domain(&portal, &entered),
                site: &entered,
                standing: None,
            };
            let reader = (&visitor, &acting.administrator);
            Ok(draw(reader, &shown, &told).into_response())
        }
    }
}

/// The form as a PATCH.
fn body(input: &Input) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("name".into(), json!(input.text("name")));
    for field in [
        "display_name",
        "description",
        "custom_domain",
        "custom_client_domain",
        "default_application_auth_strategy_id",
    ] {
        let value = match (field, input.text(field)) {
            ("display_name", "") => json!(input.text("name")),
            (_, "") => Value::Null,
            (_, text) => json!(text),
        };
        body.insert(field.into(), value);
    }
    body.insert("is_public".into(), json!(input.text("access") == "public"));
    for field in [
        "rbac_enabled",
        "auto_approve_developers",
        "auto_approve_applications",
    ] {
        body.insert(field.into(), json!(input.is_on(field)));
    }
    body
}

/// The portal as the form has it, for showing it again.
fn entered(site: &Site, input: &Input) -> Site {
    let some = |field: &str| Some(input.text(field).to_owned()).filter(|text| !text.is_empty());
    Site {
        name: input.text("name").to_owned(),
        display_name: input.text("display_name").to_owned(),
        description: some("description"),
        is_public: input.text("access") == "public",
        rbac_enabled: input.is_on("rbac_enabled"),
        auto_approve_developers: input.is_on("auto_approve_developers"),
        auto_approve_applications: input.is_on("auto_approve_applications"),
        custom_domain: some("custom_domain"),
        custom_client_domain: some("custom_client_domain"),
        default_auth_strategy_id: input
            .text("default_application_auth_strategy_id")
            .parse()
            .ok(),
        ..site.clone()
    }
}

pub(super) fn draw(
    (visitor, reader): (&Visitor, &Administrator),
    shown: &Shown<'_>,
    told: &Told,
) -> Page {
    let text = text(visitor);
    let (site, strategies) = (shown.site, shown.strategies);
    let errors = &told.fields;
    let names = labels(text, FIELDS).map(|(_, label)| label);
    let hints = [
        "portals-name-hint",
        "portals-display-name-hint",
        "portals-custom-domain-hint",
        "portals-client-domain-hint",
        "portals-strategy-hint",
    ]
    .map(|id| text.get(id));
    let titles = [
        "portals-access",
        "portals-rbac",
        "portals-auto-developers",
        "portals-auto-applications",
    ]
    .map(|id| text.get(id));
    let access = ["private", "public"].map(|word| {
        let chosen = (word == "public") == site.is_public;
        choice(text, "portals-access", word, chosen)
    });
    let rbac = switch(text, "portals-rbac", site.rbac_enabled);
    let developers = switch(
        text,
        "portals-auto-developers",
        site.auto_approve_developers,
    );
    let applications = switch(
        text,
        "portals-auto-applications",
        site.auto_approve_applications,
    );
    let mut choices = vec![Choice {
        label: text.get("portals-no-strategy"),
        ..Choice::default()
    }];
    choices.extend(strategies.iter().map(|strategy| Choice {
        value: strategy.id.to_string(),
        label: strategy.name.clone(),
        hint: None,
        chosen: site.default_auth_strategy_id == Some(strategy.id),
    }));
    let value = |value: &'_ Option<String>| value.clone().unwrap_or_default();
    let (description, domain, client) = (
        value(&site.description),
        value(&site.custom_domain),
        value(&site.custom_client_domain),
    );
    let fields = html! {
        (Field::line(text, "name", &names[0]).hint(&hints[0]).value(&site.name).error(errors.of("name")).max_length(255))
        (Field::line(text, "display_name", &names[1]).hint(&hints[1]).value(&site.display_name).error(errors.of("display_name")).max_length(255).optional())
        (Field::area(text, "description", &names[2]).value(&description).error(errors.of("description")).max_length(512).optional())
        (Field::radios(text, "access", &titles[0], &access))
        (Field::checkboxes(text, "rbac_enabled", &titles[1], &rbac))
        (Field::checkboxes(text, "auto_approve_developers", &titles[2], &developers))
        (Field::checkboxes(text, "auto_approve_applications", &titles[3], &applications))
        (Field::select(text, "default_application_auth_strategy_id", &names[5], &choices).hint(&hints[4]).error(errors.of("default_application_auth_strategy_id")).optional())
        (Field::line(text, "custom_domain", &names[3]).hint(&hints[2]).value(&domain).error(errors.of("custom_domain")).optional())
        (Field::line(text, "custom_client_domain", &names[4]).hint(&hints[3]).value(&client).error(errors.of("custom_client_domain")).optional())
    };
    let here = address(site, "/settings");
    let main = html! {
        (heading(text, site, "/settings"))
        (told.above(text))
        section.section {
            (sheet((visitor, reader), (&here, false), errors, fields, button(&text.get("save"))))
        }
        @if errors.is_empty() {
            (domain::section((visitor, reader), site, &shown.target, shown.standing))
        }
    };
    let page = visitor.page(name(site)).width(Width::Reading);
    outcome(page, errors, told.notice.as_deref()).main(main)
}
