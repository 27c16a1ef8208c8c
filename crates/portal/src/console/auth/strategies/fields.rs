//! The fields of a strategy's form, by its kind.

use web::components::{Choice, Field, FieldErrors, choice};
use web::{Input, Markup, Text, html};

use super::advanced;
use super::body::words;
use crate::console::labels::as_lines;
use crate::model::{AuthStrategy, CredentialType, DcrProvider, ProviderType, StrategyConfig};

pub(super) const KEY_NAMES: &str = "configs.key-auth.key_names";
pub(super) const TTL_VALUE: &str = "configs.key-auth.ttl.value";
pub(super) const TTL_UNIT: &str = "configs.key-auth.ttl.unit";
pub(super) const PROVIDER: &str = "dcr_provider_id";
pub(super) const ISSUER: &str = "configs.openid-connect.issuer";
pub(super) const SCOPES: &str = "configs.openid-connect.scopes";
pub(super) const CLAIM: &str = "configs.openid-connect.credential_claim";
pub(super) const AUDIENCE: &str = "configs.openid-connect.audience";
pub(super) const METHODS: &str = "configs.openid-connect.auth_methods";

/// The methods that the gateway knows.
const KNOWN_METHODS: [&str; 3] = ["client_credentials", "bearer", "session"];
const UNITS: [&str; 3] = ["days", "weeks", "years"];

/// The fields of a kind in their order, each with its text: what is wrong inside one of them is said there.
/// The further settings come last: what is wrong elsewhere with the plugin is theirs.
const fn named(kind: CredentialType) -> &'static [(&'static str, &'static str)] {
    match kind {
        CredentialType::KeyAuth => &[
            ("name", "name"),
            ("display_name", "display-name"),
            (KEY_NAMES, "strategies-key-names"),
            (TTL_VALUE, "strategies-ttl"),
            (TTL_UNIT, "strategies-ttl-unit"),
            ("labels", "labels"),
        ],
        CredentialType::SelfManagedClientCredentials | CredentialType::ClientCredentials => &[
            ("name", "name"),
            ("display_name", "display-name"),
            (PROVIDER, "strategies-provider"),
            (ISSUER, "issuer"),
            (SCOPES, "strategies-scopes"),
            (CLAIM, "strategies-claim"),
            (AUDIENCE, "strategies-audience"),
            (METHODS, "strategies-methods"),
            ("labels", "labels"),
            (advanced::FIELD, "strategies-advanced"),
        ],
    }
}

/// The names of the fields as the reader sees them.
pub(super) fn labels(text: Text, kind: CredentialType) -> Vec<(&'static str, String)> {
    let all = named(kind).iter();
    all.map(|(field, id)| (*field, text.get(id))).collect()
}

/// What stands in the fields.
#[derive(Debug, Default)]
pub(super) struct Entered {
    name: String,
    display_name: String,
    key_names: String,
    ttl_value: String,
    ttl_unit: String,
    provider: String,
    issuer: String,
    scopes: String,
    claim: String,
    audience: String,
    methods: Vec<String>,
    labels: String,
    advanced: String,
}

impl Entered {
    /// Before anything was entered: what most strategies of the kind have.
    pub(super) fn fresh(kind: CredentialType, provider: Option<&DcrProvider>) -> Self {
        let fresh = Self {
            ttl_unit: "days".to_owned(),
            ..Self::default()
        };
        if kind == CredentialType::KeyAuth {
            let key_names = "apikey".to_owned();
            return Self { key_names, ..fresh };
        }
        // Auth0's tokens name the client in `azp`, as the vendor's page has it.
        let auth0 = provider.is_some_and(|p| p.provider_type == ProviderType::Auth0);
        Self {
            provider: provider.map(|p| p.id.to_string()).unwrap_or_default(),
            issuer: provider.map(|p| p.issuer.clone()).unwrap_or_default(),
            scopes: "openid".to_owned(),
            claim: if auth0 { "azp" } else { "client_id" }.to_owned(),
            methods: KNOWN_METHODS.map(str::to_owned).to_vec(),
            ..fresh
        }
    }

    /// A strategy as it is.
    pub(super) fn of(strategy: &AuthStrategy) -> Self {
        let mut entered = Self {
            name: strategy.name.clone(),
            display_name: strategy.display_name.clone(),
            labels: as_lines(&strategy.labels),
            ttl_unit: "days".to_owned(),
            ..Self::default()
        };
        match &strategy.config {
            StrategyConfig::KeyAuth(config) => {
                entered.key_names = config.key_names.join(", ");
                if let Some(ttl) = config.ttl {
                    entered.ttl_value = ttl.value.to_string();
                    entered.ttl_unit = ttl.unit.as_str().to_owned();
                }
            }
            StrategyConfig::OpenidConnect(config) => {
                let provider = strategy.dcr_provider_id.map(|id| id.to_string());
                entered.provider = provider.unwrap_or_default();
                entered.issuer.clone_from(&config.issuer);
                entered.scopes = config.scopes.join(" ");
                entered.claim = config.credential_claim.join(", ");
                entered.audience = advanced::audiences(config).join(", ");
                entered.methods.clone_from(&config.auth_methods);
                entered.advanced = advanced::shown(config);
            }
        }
        entered
    }

    /// What a form sent.
    pub(super) fn of_form(input: &Input) -> Self {
        let text = |field: &str| input.text(field).to_owned();
        Self {
            name: text("name"),
            display_name: text("display_name"),
            key_names: words(input, KEY_NAMES).join(", "),
            ttl_value: text(TTL_VALUE),
            ttl_unit: text(TTL_UNIT),
            provider: text(PROVIDER),
            issuer: text(ISSUER),
            scopes: words(input, SCOPES).join(" "),
            claim: text(CLAIM),
            audience: text(AUDIENCE),
            methods: input.all(METHODS).map(str::to_owned).collect(),
            labels: text("labels"),
            advanced: text(advanced::FIELD),
        }
    }
}

/// What the fields show besides what stands in them.
#[derive(Debug)]
pub(super) struct Around<'a> {
    /// The providers to choose from, for a strategy with DCR.
    pub(super) providers: &'a [DcrProvider],
    /// How many applications have their clients at the one that is chosen.
    pub(super) applications: i64,
    /// Names of settings that are kept sealed.
    pub(super) sealed: &'a [String],
}

/// The fields.
pub(super) fn fields(
    text: Text,
    kind: CredentialType,
    entered: &Entered,
    around: &Around<'_>,
    errors: &FieldErrors,
) -> Markup {
    let names = ["name", "display-name", "labels"].map(|id| text.get(id));
    let hints = [
        "strategies-name-hint",
        "strategies-display-hint",
        "labels-hint",
    ]
    .map(|id| text.get(id));
    html! {
        (Field::line(text, "name", &names[0]).hint(&hints[0]).value(&entered.name).error(errors.of("name")).max_length(256))
        (Field::line(text, "display_name", &names[1]).hint(&hints[1]).value(&entered.display_name).error(errors.of("display_name")).max_length(256))
        @if kind == CredentialType::KeyAuth {
            (key_auth(text, entered, errors))
        } @else {
            @if kind == CredentialType::ClientCredentials { (provider(text, entered, around, errors)) }
            (openid_connect(text, entered, errors))
        }
        (Field::code(text, "labels", &names[2]).hint(&hints[2]).value(&entered.labels).error(errors.of("labels")).optional())
        @if kind != CredentialType::KeyAuth { (further(text, entered, around, errors)) }
    }
}

fn key_auth(text: Text, entered: &Entered, errors: &FieldErrors) -> Markup {
    let names = [
        "strategies-key-names",
        "strategies-ttl",
        "strategies-ttl-unit",
    ]
    .map(|id| text.get(id));
    let hints = ["strategies-key-names-hint", "strategies-ttl-hint"].map(|id| text.get(id));
    let units = UNITS.map(|unit| choice(text, "ttl-unit", unit, entered.ttl_unit == unit));
    html! {
        (Field::line(text, KEY_NAMES, &names[0]).hint(&hints[0]).value(&entered.key_names).error(errors.of(KEY_NAMES)))
        (Field::line(text, TTL_VALUE, &names[1]).hint(&hints[1]).value(&entered.ttl_value).error(errors.of(TTL_VALUE)).max_length(7).optional())
        (Field::select(text, TTL_UNIT, &names[2], &units).error(errors.of(TTL_UNIT)))
    }
}

fn provider(text: Text, entered: &Entered, around: &Around<'_>, errors: &FieldErrors) -> Markup {
    let label = text.get("strategies-provider");
    let hint = match around.applications {
        0 => text.get("strategies-provider-hint"),
        count => text.with("strategies-provider-used", [("count", count.into())]),
    };
    let choices: Vec<Choice> = around
        .providers
        .iter()
        .map(|provider| Choice {
            value: provider.id.to_string(),
            label: format!("{} ({})", provider.name, provider.issuer),
            hint: None,
            chosen: provider.id.to_string() == entered.provider,
        })
        .collect();
    html! {
        (Field::select(text, PROVIDER, &label, &choices).hint(&hint).error(errors.of(PROVIDER)))
    }
}

fn openid_connect(text: Text, entered: &Entered, errors: &FieldErrors) -> Markup {
    let names = [
        "issuer",
        "strategies-scopes",
        "strategies-claim",
        "strategies-audience",
        "strategies-methods",
    ]
    .map(|id| text.get(id));
    let hints = [
        "issuer-hint",
        "strategies-scopes-hint",
        "strategies-claim-hint",
        "strategies-audience-hint",
    ]
    .map(|id| text.get(id));
    // What the gateway does not know, the API may have set: saving the form must not lose it.
    let others = entered.methods.iter().map(String::as_str);
    let others = others.filter(|method| !KNOWN_METHODS.contains(method));
    let methods: Vec<Choice> = KNOWN_METHODS
        .into_iter()
        .chain(others)
        .map(|method| Choice {
            value: method.to_owned(),
            label: method.to_owned(),
            hint: text.lookup(&format!("method-{method}-hint")),
            chosen: entered.methods.iter().any(|chosen| chosen == method),
        })
        .collect();
    html! {
        (Field::url(text, ISSUER, &names[0]).hint(&hints[0]).value(&entered.issuer).error(errors.of(ISSUER)).max_length(256))
        (Field::line(text, SCOPES, &names[1]).hint(&hints[1]).value(&entered.scopes).error(errors.of(SCOPES)).optional())
        (Field::line(text, CLAIM, &names[2]).hint(&hints[2]).value(&entered.claim).error(errors.of(CLAIM)))
        (Field::line(text, AUDIENCE, &names[3]).hint(&hints[3]).value(&entered.audience).error(errors.of(AUDIENCE)).optional())
        (Field::checkboxes(text, METHODS, &names[4], &methods).error(errors.of(METHODS)))
    }
}

fn further(text: Text, entered: &Entered, around: &Around<'_>, errors: &FieldErrors) -> Markup {
    let label = text.get("strategies-advanced");
    let mut hint = text.get("strategies-advanced-hint");
    if !around.sealed.is_empty() {
        let names = around.sealed.join(", ");
        let kept = text.with("strategies-sealed", [("names", names.into())]);
        hint = format!("{hint} {kept}");
    }
    let rows = entered.advanced.lines().count().clamp(5, 20);
    let rows = u8::try_from(rows).unwrap_or(5);
    html! {
        (Field::code(text, advanced::FIELD, &label).hint(&hint).value(&entered.advanced).error(errors.of(advanced::FIELD)).rows(rows).optional())
    }
}
