//! The classic form as the bodies of the platform API.

use serde_json::{Map, Value, json};
use web::{Input, Text};

use super::fields::secrets;
use super::type_text;
use crate::console::auth::{advanced, words};
use crate::model::{ProviderType, Site, StrategyConfig};
use crate::service::application_setup::{Setup, Wanted};

/// The form as the bodies of the platform API.
pub(super) fn wanted(
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
        provider.insert("name".to_owned(), json!(fitting(&name)));
        provider.insert("provider_type".to_owned(), json!(kind));
    }
    Wanted {
        provider,
        strategy: strategy(text, site, present, input),
    }
}

/// As much of a name as one may have.
fn fitting(name: &str) -> String {
    name.chars().take(256).collect()
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
        strategy.insert("name".to_owned(), json!(fitting(&name)));
        strategy.insert("display_name".to_owned(), json!("OpenID Connect"));
        strategy.insert("strategy_type".to_owned(), json!("openid_connect"));
    }
    strategy
}
