//! The fields of a provider's form, by its type, and the form as the JSON of the platform API.

use serde_json::{Map, Value, json};
use web::components::{Field, FieldErrors, switch};
use web::{Input, Markup, Text, as_text, html};

use crate::console::labels::{as_labels, as_lines};
use crate::model::{DcrProvider, ProviderType};
use crate::service::dcr_providers::public;

/// The types that can be chosen.
pub(super) const TYPES: &[ProviderType] = &[
    ProviderType::Auth0,
    ProviderType::Okta,
    ProviderType::Curity,
    ProviderType::AzureAd,
    ProviderType::Http,
    ProviderType::Rfc7591,
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Line,
    /// Empty means none.
    Optional,
    /// Written, never read again.
    Secret,
    OptionalSecret,
    Switch,
}

type Setting = (&'static str, Kind);

const CLIENT: &[Setting] = &[
    ("dcr_config.initial_client_id", Kind::Line),
    ("dcr_config.initial_client_secret", Kind::Secret),
];
const AUTH0: &[Setting] = &[
    ("dcr_config.initial_client_id", Kind::Line),
    ("dcr_config.initial_client_secret", Kind::Secret),
    ("dcr_config.initial_client_audience", Kind::Optional),
    ("dcr_config.use_developer_managed_scopes", Kind::Switch),
];
const OKTA: &[Setting] = &[("dcr_config.dcr_token", Kind::Secret)];
const HTTP: &[Setting] = &[
    ("dcr_config.dcr_base_url", Kind::Line),
    ("dcr_config.api_key", Kind::Secret),
    ("dcr_config.disable_event_hooks", Kind::Switch),
    ("dcr_config.disable_refresh_secret", Kind::Switch),
    ("dcr_config.allow_multiple_credentials", Kind::Switch),
];
const RFC7591: &[Setting] = &[
    ("dcr_config.registration_endpoint", Kind::Optional),
    ("dcr_config.initial_access_token", Kind::OptionalSecret),
    ("dcr_config.initial_client_id", Kind::Optional),
    ("dcr_config.initial_client_secret", Kind::OptionalSecret),
    ("dcr_config.initial_client_scope", Kind::Optional),
    ("dcr_config.use_developer_managed_scopes", Kind::Switch),
];

const fn settings(kind: ProviderType) -> &'static [Setting] {
    match kind {
        ProviderType::Auth0 => AUTH0,
        ProviderType::Okta => OKTA,
        ProviderType::AzureAd | ProviderType::Curity => CLIENT,
        ProviderType::Http => HTTP,
        ProviderType::Rfc7591 => RFC7591,
        ProviderType::KongIdentity => &[],
    }
}

/// What follows `dcr_config.`.
fn bare(name: &str) -> &str {
    name.trim_start_matches("dcr_config.")
}

/// The names of the fields as the reader sees them.
pub(super) fn labels(text: Text, kind: ProviderType) -> Vec<(&'static str, String)> {
    let mut all = vec![
        ("name", text.get("name")),
        ("display_name", text.get("display-name")),
        ("issuer", text.get("issuer")),
    ];
    let own = settings(kind)
        .iter()
        .map(|(name, _)| (*name, text.get(&format!("dcr-{}", bare(name)))));
    all.extend(own);
    let ways = [AUTHORITIES, PROXY, TIMEOUT];
    all.extend(ways.map(|name| (name, text.get(&name.replace('.', "-")))));
    all.push(("labels", text.get("labels")));
    all
}

/// How the provider is reached.
const AUTHORITIES: &str = "connection.ca_certificates";
const PROXY: &str = "connection.proxy";
const TIMEOUT: &str = "connection.timeout_seconds";

/// The part of a form about how the provider is reached, as the platform API's member.
fn connection(input: &Input) -> Value {
    let line = |name: &str| match input.text(name) {
        "" => Value::Null,
        text => json!(text),
    };
    let timeout = match input.text(TIMEOUT) {
        "" => Value::Null,
        _ => input.number(TIMEOUT),
    };
    json!({
        "ca_certificates": line(AUTHORITIES), "proxy": line(PROXY), "timeout_seconds": timeout,
    })
}

/// The settings of a form, as the platform API's `dcr_config`, with switches or without.
fn config(
    kind: ProviderType,
    input: &Input,
    (is_new, switches): (bool, bool),
) -> Map<String, Value> {
    let mut config = Map::new();
    for (name, setting) in settings(kind) {
        let value = match (setting, input.text(name)) {
            (Kind::Switch, _) if !switches => continue,
            (Kind::Switch, _) => json!(input.is_on(name)),
            (Kind::Secret | Kind::OptionalSecret, "") => continue,
            (Kind::Line, "") if is_new => continue,
            (Kind::Optional, "") => Value::Null,
            (_, text) => json!(text),
        };
        config.insert(bare(name).to_owned(), value);
    }
    config
}

/// A form of [`credentials`] as the platform API's body.
pub(super) fn credentials_body(kind: ProviderType, input: &Input) -> Map<String, Value> {
    let config = config(kind, input, (false, false));
    let body = [("dcr_config".to_owned(), Value::Object(config))];
    body.into_iter().collect()
}

/// The form as the platform API's body. `present` is the provider that it changes: what is left empty of
/// its secrets is left as it is.
pub(super) fn body(
    kind: ProviderType,
    input: &Input,
    present: Option<&DcrProvider>,
) -> Map<String, Value> {
    let config = config(kind, input, (present.is_none(), true));
    let mut body = Map::new();
    for name in ["name", "issuer"] {
        body.insert(name.to_owned(), json!(input.text(name)));
    }
    match (input.text("display_name"), present) {
        ("", None) => {}
        ("", Some(_)) => {
            body.insert("display_name".to_owned(), json!(input.text("name")));
        }
        (text, _) => {
            body.insert("display_name".to_owned(), json!(text));
        }
    }
    if present.is_none() {
        body.insert("provider_type".to_owned(), json!(kind));
    }
    body.insert("dcr_config".to_owned(), Value::Object(config));
    let way = [AUTHORITIES, PROXY, TIMEOUT];
    if present.is_some() || way.iter().any(|name| !input.text(name).is_empty()) {
        body.insert("connection".to_owned(), connection(input));
    }
    let earlier = present.map(|provider| &provider.labels);
    body.insert("labels".to_owned(), as_labels(input, "labels", earlier));
    body
}

/// What the form shows: what was entered, or else what is kept.
#[derive(Debug)]
pub(super) struct Shown<'a> {
    /// The provider, unless it is new.
    pub(super) present: Option<&'a DcrProvider>,
    /// What was entered, if something was.
    pub(super) entered: Option<&'a Input>,
}

impl Shown<'_> {
    fn value(&self, config: &Map<String, Value>, name: &str) -> String {
        if let Some(input) = self.entered {
            return input.text(name).to_owned();
        }
        let Some(provider) = self.present else {
            return String::new();
        };
        let way = provider.connection.as_ref();
        match name {
            AUTHORITIES => way
                .and_then(|way| way.ca_certificates.clone())
                .unwrap_or_default(),
            PROXY => {
                let proxy = way.and_then(|way| way.proxy.as_ref());
                proxy.map(ToString::to_string).unwrap_or_default()
            }
            TIMEOUT => {
                let seconds = way.and_then(|way| way.timeout_seconds);
                seconds
                    .map(|seconds| seconds.to_string())
                    .unwrap_or_default()
            }
            "name" => provider.name.clone(),
            "display_name" => provider.display_name.clone().unwrap_or_default(),
            "issuer" => provider.issuer.clone(),
            "labels" => as_lines(&provider.labels),
            name => as_text(config.get(bare(name))),
        }
    }

    fn is_on(&self, config: &Map<String, Value>, name: &str) -> bool {
        match self.entered {
            Some(input) => input.is_on(name),
            None => config.get(bare(name)) == Some(&Value::Bool(true)),
        }
    }
}

/// The fields.
pub(super) fn fields(
    text: Text,
    kind: ProviderType,
    shown: &Shown<'_>,
    errors: &FieldErrors,
) -> Markup {
    let config = shown.present.map(|provider| public(&provider.config));
    let config = config.and_then(Result::ok).unwrap_or_default();
    let name_hint = text.get("providers-name-hint");
    let issuer_hint = text
        .lookup(&format!("issuer-hint-{kind}"))
        .unwrap_or_else(|| text.get("issuer-hint"));
    let labels = labels(text, kind);
    let value = |name: &str| shown.value(&config, name);
    let line = |at: usize| {
        let (name, label) = &labels[at];
        (*name, label.as_str(), value(name))
    };
    let (name, display, issuer) = (line(0), line(1), line(2));
    let (kept, marks, marks_hint) = (value("labels"), text.get("labels"), text.get("labels-hint"));
    html! {
        (Field::line(text, name.0, name.1).value(&name.2).hint(&name_hint).error(errors.of(name.0)).max_length(256))
        (Field::line(text, display.0, display.1).value(&display.2).error(errors.of(display.0)).max_length(256).optional())
        (Field::url(text, issuer.0, issuer.1).value(&issuer.2).hint(&issuer_hint).error(errors.of(issuer.0)).max_length(256))
        @for ((name, setting), (_, label)) in settings(kind).iter().zip(labels.iter().skip(3)) {
            (one(text, (name, *setting), label, shown, &config, errors))
        }
        (Field::code(text, "labels", &marks).hint(&marks_hint).value(&kept).error(errors.of("labels")).optional())
        (way_there(text, shown, errors))
    }
}

/// The fields of the credentials that a provider lets us in with, without its switches.
pub(super) fn credentials(
    text: Text,
    kind: ProviderType,
    shown: &Shown<'_>,
    errors: &FieldErrors,
) -> Markup {
    let config = shown.present.map(|provider| public(&provider.config));
    let config = config.and_then(Result::ok).unwrap_or_default();
    let labels = labels(text, kind);
    html! {
        @for ((name, setting), (_, label)) in settings(kind).iter().zip(labels.iter().skip(3)) {
            @if *setting != Kind::Switch {
                (one(text, (name, *setting), label, shown, &config, errors))
            }
        }
    }
}

/// How the provider is reached, closed unless something is set or wrong.
fn way_there(text: Text, shown: &Shown<'_>, errors: &FieldErrors) -> Markup {
    let nothing = Map::new();
    let names = [AUTHORITIES, PROXY, TIMEOUT];
    let values = names.map(|name| shown.value(&nothing, name));
    let id = |name: &str| name.replace('.', "-");
    let labels = names.map(|name| text.get(&id(name)));
    let hints = names.map(|name| text.get(&format!("{}-hint", id(name))));
    let open = values.iter().any(|value| !value.is_empty())
        || names.iter().any(|name| errors.of(name).is_some());
    let field = |at: usize, field: Field<'_>| {
        let field = field.value(&values[at]).hint(&hints[at]);
        html! { (field.error(errors.of(names[at])).optional()) }
    };
    html! {
        details open[open] {
            summary { (text.get("connection")) }
            div.form.spaced {
                (field(0, Field::code(text, AUTHORITIES, &labels[0])))
                (field(1, Field::url(text, PROXY, &labels[1])))
                (field(2, Field::line(text, TIMEOUT, &labels[2])))
            }
        }
    }
}

fn one(
    text: Text,
    (name, kind): (&str, Kind),
    label: &str,
    shown: &Shown<'_>,
    config: &Map<String, Value>,
    errors: &FieldErrors,
) -> Markup {
    let id = format!("dcr-{}", bare(name));
    let hint = text.lookup(&format!("{id}-hint"));
    let kept = text.get("secret-kept");
    let secret = matches!(kind, Kind::Secret | Kind::OptionalSecret);
    let keeps = secret
        && shown
            .present
            .is_some_and(|provider| provider.secret.is_some());
    let hint = if keeps { Some(kept) } else { hint };
    if kind == Kind::Switch {
        let choices = switch(text, &id, shown.is_on(config, name));
        return html! { (Field::checkboxes(text, name, label, &choices).error(errors.of(name))) };
    }
    let value = shown.value(config, name);
    let mut field = if secret {
        Field::password(text, name, label).autocomplete("off")
    } else {
        Field::line(text, name, label).value(&value)
    };
    if let Some(hint) = &hint {
        field = field.hint(hint);
    }
    if keeps || matches!(kind, Kind::Optional | Kind::OptionalSecret) {
        field = field.optional();
    }
    html! { (field.error(errors.of(name))) }
}
