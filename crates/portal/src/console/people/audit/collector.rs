//! The fields of a log collector: where entries are posted, with what header, in which format.

use serde_json::{Map, Value, json};
use web::components::{Choice, Field, FieldErrors, choice, switch};
use web::{Input, Markup, Text, html};

use crate::model::{AuditDestination, LogFormat};

const FIELDS: [(&str, &str); 3] = [
    ("endpoint", "webhook-endpoint"),
    ("authorization", "webhook-authorization"),
    ("log_format", "webhook-format"),
];

/// The fields' names as the reader sees them.
pub(super) fn labels(text: Text) -> [(&'static str, String); 3] {
    FIELDS.map(|(field, id)| (field, text.get(id)))
}

/// The fields as members of a request. An empty header keeps the one that is kept.
pub(super) fn body(input: &Input) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("endpoint".into(), json!(input.text("endpoint").trim()));
    body.insert("log_format".into(), json!(input.text("log_format")));
    let skips = input.is_on("skip_ssl_verification");
    body.insert("skip_ssl_verification".into(), json!(skips));
    let header = input.text("authorization").trim();
    if !header.is_empty() {
        body.insert("authorization".into(), json!(header));
    }
    body
}

/// The fields with what was entered, or else with what is kept.
pub(super) fn fields(
    text: Text,
    kept: Option<&AuditDestination>,
    entered: Option<&Input>,
    errors: &FieldErrors,
) -> Markup {
    let endpoint = match entered {
        Some(input) => input.text("endpoint").to_owned(),
        None => kept.map(|one| one.endpoint.clone()).unwrap_or_default(),
    };
    let format = match entered {
        Some(input) => LogFormat::parse(input.text("log_format")).unwrap_or_default(),
        None => kept.map(|one| one.log_format).unwrap_or_default(),
    };
    let skips = kept.is_some_and(|one| one.skip_ssl_verification);
    let skips = entered.map_or(skips, |input| input.is_on("skip_ssl_verification"));
    let [endpoint_label, header_label, format_label] = FIELDS.map(|(_, id)| text.get(id));
    let endpoint_hint = text.get("webhook-endpoint-hint");
    let has_header = kept.is_some_and(|one| one.authorization.is_some());
    let header_hint = text.get(if has_header {
        "webhook-authorization-kept"
    } else {
        "webhook-authorization-hint"
    });
    let formats: Vec<Choice> = LogFormat::WORDS
        .iter()
        .map(|word| choice(text, "webhook-format", word, *word == format.as_str()))
        .collect();
    let trusts = text.get("webhook-skip");
    let skips = switch(text, "webhook-skip", skips);
    html! {
        (Field::url(text, "endpoint", &endpoint_label).value(&endpoint).hint(&endpoint_hint).error(errors.of("endpoint")).max_length(2048))
        (Field::password(text, "authorization", &header_label).hint(&header_hint).error(errors.of("authorization")).autocomplete("off").optional())
        (Field::select(text, "log_format", &format_label, &formats).error(errors.of("log_format")))
        (Field::checkboxes(text, "skip_ssl_verification", &trusts, &skips))
    }
}
