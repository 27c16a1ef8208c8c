//! A strategy's form as the JSON of the platform API.

use serde_json::{Map, Value, json};
use web::Input;

use super::advanced::{self, Fault};
use super::fields::{
    AUDIENCE, CLAIM, ISSUER, KEY_NAMES, METHODS, PROVIDER, SCOPES, TTL_UNIT, TTL_VALUE,
};
use crate::console::labels::as_labels;
use crate::model::{AuthStrategy, CredentialType, StrategyConfig};

/// What stands in a field, word by word: spaces, commas and lines end one.
pub(in crate::console) fn words(input: &Input, field: &str) -> Vec<String> {
    let words = input.text(field).split([' ', '\t', '\n', '\r', ',']);
    let words = words.filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

/// The form as a POST, or as a PATCH of the strategy that is there: secrets among its settings stay.
///
/// # Errors
/// [`Fault`], if the further settings are no settings.
pub(super) fn body(
    kind: CredentialType,
    input: &Input,
    present: Option<&AuthStrategy>,
) -> Result<Map<String, Value>, Fault> {
    let (strategy_type, configs) = match kind {
        CredentialType::KeyAuth => ("key_auth", json!({ "key-auth": key_auth(input) })),
        _ => {
            let config = openid_connect(input, present)?;
            ("openid_connect", json!({ "openid-connect": config }))
        }
    };
    let mut body = Map::new();
    for field in ["name", "display_name"] {
        body.insert(field.to_owned(), json!(input.text(field)));
    }
    body.insert("configs".to_owned(), configs);
    if kind == CredentialType::ClientCredentials {
        body.insert(PROVIDER.to_owned(), json!(input.text(PROVIDER)));
    }
    if present.is_none() {
        body.insert("strategy_type".to_owned(), json!(strategy_type));
    }
    let earlier = present.map(|strategy| &strategy.labels);
    body.insert("labels".to_owned(), as_labels(input, "labels", earlier));
    Ok(body)
}

fn key_auth(input: &Input) -> Value {
    let ttl = match input.text(TTL_VALUE) {
        "" => Value::Null,
        _ => json!({ "value": input.number(TTL_VALUE), "unit": input.text(TTL_UNIT) }),
    };
    json!({ "key_names": words(input, KEY_NAMES), "ttl": ttl })
}

fn openid_connect(
    input: &Input,
    present: Option<&AuthStrategy>,
) -> Result<Map<String, Value>, Fault> {
    let mut settings = advanced::read(input.text(advanced::FIELD))?;
    advanced::add_audiences(&mut settings, &words(input, AUDIENCE));
    let mut config = match present.map(|strategy| &strategy.config) {
        Some(StrategyConfig::OpenidConnect(present)) => {
            advanced::changes(&present.plugin, &settings)
        }
        _ => settings,
    };
    let methods: Vec<&str> = input.all(METHODS).collect();
    for (name, value) in [
        ("issuer", json!(input.text(ISSUER))),
        ("scopes", json!(words(input, SCOPES))),
        ("credential_claim", json!(words(input, CLAIM))),
        ("auth_methods", json!(methods)),
    ] {
        config.insert(name.to_owned(), value);
    }
    Ok(config)
}
