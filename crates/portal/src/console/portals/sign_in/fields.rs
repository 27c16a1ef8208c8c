//! The form: its fields, and what it says as the JSON of the platform API.

use serde_json::{Map, Value, json};
use web::components::{Field, FieldErrors, switch};
use web::{Input, Markup, Text, html};

use crate::model::{AuthenticationSettings, IdentityProvider};

/// The fields as violations name them, each with its text.
const LABELS: [(&str, &str); 10] = [
    ("basic_auth_enabled", "passwords"),
    ("oidc_auth_enabled", "provider"),
    ("oidc_issuer", "issuer"),
    ("oidc_client_id", "client-id"),
    ("oidc_client_secret", "client-secret"),
    ("oidc_scopes", "scopes"),
    ("oidc_claim_mappings.name", "claim-name"),
    ("oidc_claim_mappings.email", "claim-email"),
    ("oidc_claim_mappings.groups", "claim-groups"),
    ("idp_mapping_enabled", "mapping"),
];

/// The names of the fields as the reader sees them.
pub(super) fn labels(text: Text) -> [(&'static str, String); 10] {
    LABELS.map(|(field, id)| (field, text.get(id)))
}

/// The form as a PATCH of the settings. A secret that is left empty stays; a provider of which nothing is
/// entered is none.
pub(super) fn body(input: &Input, present: bool) -> Map<String, Value> {
    let mut body = Map::new();
    for name in [
        "basic_auth_enabled",
        "oidc_auth_enabled",
        "idp_mapping_enabled",
    ] {
        body.insert(name.to_owned(), json!(input.is_on(name)));
    }
    let named = ["oidc_issuer", "oidc_client_id"];
    if !present && named.iter().all(|name| input.text(name).is_empty()) {
        return body;
    }
    for name in named {
        let entered = input.text(name);
        if present || !entered.is_empty() {
            body.insert(name.to_owned(), json!(entered));
        }
    }
    if !input.text("oidc_client_secret").is_empty() {
        let secret = json!(input.text("oidc_client_secret"));
        body.insert("oidc_client_secret".to_owned(), secret);
    }
    let scopes: Vec<&str> = input.text("oidc_scopes").split_whitespace().collect();
    body.insert("oidc_scopes".to_owned(), json!(scopes));
    let mut claims = Map::new();
    for claim in ["name", "email", "groups"] {
        let entered = input.text(&format!("oidc_claim_mappings.{claim}"));
        if !entered.is_empty() {
            claims.insert(claim.to_owned(), json!(entered));
        }
    }
    body.insert("oidc_claim_mappings".to_owned(), Value::Object(claims));
    body
}

/// What the form shows: what was entered, or else what is kept.
pub(super) struct Shown<'a> {
    pub(super) settings: &'a AuthenticationSettings,
    pub(super) provider: Option<&'a IdentityProvider>,
    pub(super) entered: Option<&'a Input>,
}

impl Shown<'_> {
    fn is_on(&self, name: &str) -> bool {
        if let Some(input) = self.entered {
            return input.is_on(name);
        }
        match name {
            "basic_auth_enabled" => self.settings.basic_auth_enabled,
            "oidc_auth_enabled" => self.settings.oidc_auth_enabled,
            _ => self.settings.idp_mapping_enabled,
        }
    }

    fn value(&self, name: &str) -> String {
        if let Some(input) = self.entered {
            return input.text(name).to_owned();
        }
        let usual = crate::model::ClaimMappings::default();
        let claims = self.provider.map_or(&usual, |known| &known.claim_mappings);
        match (name, self.provider) {
            ("oidc_issuer", Some(known)) => known.issuer.clone(),
            ("oidc_client_id", Some(known)) => known.client_id.clone(),
            ("oidc_scopes", Some(known)) => known.scopes.join(" "),
            ("oidc_scopes", None) => IdentityProvider::usual_scopes().join(" "),
            ("oidc_claim_mappings.name", _) => claims.name.clone(),
            ("oidc_claim_mappings.email", _) => claims.email.clone(),
            ("oidc_claim_mappings.groups", _) => claims.groups.clone(),
            _ => String::new(),
        }
    }
}

/// The fields.
pub(super) fn fields(text: Text, shown: &Shown<'_>, errors: &FieldErrors) -> Markup {
    let box_of = |name: &str, id: &str| {
        let choices = switch(text, id, shown.is_on(name));
        let label = text.get(id);
        html! { (Field::checkboxes(text, name, &label, &choices).error(errors.of(name))) }
    };
    let keeps = shown.provider.is_some_and(|known| known.secret.is_some());
    let secret_hint = text.get(if keeps {
        "secret-kept"
    } else {
        "client-secret-hint"
    });
    let (secret, issuer_hint) = (text.get("client-secret"), text.get("issuer-hint"));
    let (issuer, value) = (text.get("issuer"), shown.value("oidc_issuer"));
    html! {
        (box_of("basic_auth_enabled", "passwords"))
        (box_of("oidc_auth_enabled", "provider"))
        (Field::url(text, "oidc_issuer", &issuer).value(&value).hint(&issuer_hint).error(errors.of("oidc_issuer")).optional())
        (line(text, shown, errors, "oidc_client_id", "client-id"))
        (Field::password(text, "oidc_client_secret", &secret).hint(&secret_hint).error(errors.of("oidc_client_secret")).autocomplete("off").optional())
        (line(text, shown, errors, "oidc_scopes", "scopes"))
        @for claim in ["name", "email", "groups"] {
            (line(text, shown, errors, &format!("oidc_claim_mappings.{claim}"), &format!("claim-{claim}")))
        }
        (box_of("idp_mapping_enabled", "mapping"))
    }
}

fn line(text: Text, shown: &Shown<'_>, errors: &FieldErrors, name: &str, id: &str) -> Markup {
    let (label, value) = (text.get(id), shown.value(name));
    let hint = text.lookup(&format!("{id}-hint"));
    let field = Field::line(text, name, &label)
        .value(&value)
        .error(errors.of(name))
        .optional();
    match &hint {
        Some(hint) => html! { (field.hint(hint)) },
        None => html! { (field) },
    }
}
