//! The fields of the classic page.

use web::components::{Field, FieldErrors, switch};
use web::{Input, Markup, Text, html};

use crate::console::auth::advanced;
use crate::model::{ProviderType, StrategyConfig};
use crate::service::application_setup::Setup;

/// Each field with its text.
pub(super) const FIELDS: [(&str, &str); 9] = [
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

/// What a type of provider asks for to register clients.
pub(super) const fn secrets(kind: ProviderType) -> &'static [&'static str] {
    match kind {
        ProviderType::Okta => &["dcr_token"],
        _ => &["initial_client_id", "initial_client_secret"],
    }
}

/// What stands in the fields.
#[derive(Debug, Default)]
pub(super) struct Entered {
    issuer: String,
    audience: String,
    scopes: String,
    managed: bool,
    claims: String,
    client: String,
}

impl Entered {
    /// What the portal has, or what the vendor's page has one enter.
    pub(super) fn of(present: Option<&Setup>) -> Self {
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

    pub(super) fn of_form(input: &Input) -> Self {
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

/// The fields.
pub(super) fn fields(
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
