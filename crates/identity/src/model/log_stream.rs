//! Where entries of the log are sent.

use oauth::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::model::Members;

/// Whether entries are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Active,
    /// An administrator stopped it.
    Paused,
    /// The other side failed too often.
    Suspended,
}

impl Status {
    /// The vendor's word.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Suspended => "suspended",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Paused, Self::Suspended]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}

/// How entries are written into a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Format {
    /// One JSON object a line.
    #[default]
    #[serde(rename = "JSONLINES")]
    Lines,
    /// A JSON array.
    #[serde(rename = "JSONARRAY")]
    Array,
    /// A JSON object with the array as `logs`.
    #[serde(rename = "JSONOBJECT")]
    Object,
}

impl Format {
    /// The body of a call.
    ///
    /// Source: the vendor's "Custom Log Streams".
    pub(crate) fn write(self, entries: &[Members]) -> String {
        let entries = entries
            .iter()
            .map(|entry| json!({ "log_id": entry.get("log_id"), "data": entry }));
        match self {
            Self::Lines => entries.map(|entry| format!("{entry}\n")).collect(),
            Self::Array => entries.collect::<Value>().to_string(),
            Self::Object => json!({ "logs": entries.collect::<Value>() }).to_string(),
        }
    }
}

/// A header of every call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Header {
    pub(crate) header: String,
    pub(crate) value: String,
}

/// Where entries go.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sink {
    pub(crate) http_endpoint: String,
    #[serde(default)]
    pub(crate) http_content_format: Format,
    pub(crate) http_content_type: String,
    /// The `Authorization` of every call.
    #[serde(default)]
    pub(crate) http_authorization: Option<String>,
    #[serde(default)]
    pub(crate) http_custom_headers: Vec<Header>,
}

impl std::fmt::Debug for Sink {
    /// Without what is secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sink")
            .field("http_endpoint", &self.http_endpoint)
            .finish_non_exhaustive()
    }
}

/// A log stream of the vendor's type `http`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LogStream {
    /// `lst_` and 16 digits.
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) status: Status,
    pub(crate) is_priority: bool,
    /// The categories that are sent; all of them if there are none here.
    pub(crate) filters: Vec<String>,
    pub(crate) sink: Sink,
    /// The id of the last entry that was sent or passed over.
    pub(crate) seen: String,
    pub(crate) created_at: Timestamp,
}

impl LogStream {
    /// Whether an entry is sent.
    pub(crate) fn takes(&self, entry: &Members) -> bool {
        let code = entry
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        self.filters.is_empty() || self.filters.iter().any(|name| name == category(code))
    }

    /// The vendor's shape. What is secret is not shown again.
    pub(crate) fn wire(&self) -> Members {
        let headers = self.sink.http_custom_headers.iter();
        let headers: Vec<Value> = headers.map(|one| json!({ "header": one.header })).collect();
        let mut sink = json!({
            "httpEndpoint": self.sink.http_endpoint,
            "httpContentFormat": self.sink.http_content_format,
            "httpContentType": self.sink.http_content_type,
        });
        if !headers.is_empty() {
            sink["httpCustomHeaders"] = headers.into();
        }
        let filters = self.filters.iter();
        let filters = filters.map(|name| json!({ "type": "category", "name": name }));
        let members = [
            ("id", json!(self.id)),
            ("name", json!(self.name)),
            ("type", json!("http")),
            ("status", json!(self.status.as_str())),
            ("isPriority", json!(self.is_priority)),
            ("filters", filters.collect()),
            ("sink", sink),
        ];
        members
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }
}

/// The first id that an entry of this moment can have.
pub(crate) fn first_at(moment: Timestamp) -> String {
    format!("{:013}", moment.as_millis())
}

/// The categories that a filter may name.
pub(crate) const CATEGORIES: &[&str] = &[
    "auth.login.fail",
    "auth.login.notification",
    "auth.login.success",
    "auth.logout.fail",
    "auth.logout.success",
    "auth.signup.fail",
    "auth.signup.success",
    "auth.silent_auth.fail",
    "auth.silent_auth.success",
    "auth.token_exchange.fail",
    "auth.token_exchange.success",
    "management.fail",
    "management.success",
    "scim.event",
    "system.notification",
    "user.fail",
    "user.notification",
    "user.success",
    "actions",
    "other",
];

/// The category of an entry, by its code.
///
/// Source: the vendor's "Log Event Filters".
fn category(code: &str) -> &'static str {
    match code {
        "f" | "fp" | "fu" | "fcoa" => "auth.login.fail",
        "s" | "scoa" => "auth.login.success",
        "slo" => "auth.logout.success",
        "fs" => "auth.signup.fail",
        "ss" => "auth.signup.success",
        "fsa" => "auth.silent_auth.fail",
        "ssa" => "auth.silent_auth.success",
        "feacft" | "feccft" | "fepft" | "fertft" | "ferrt" | "fede" => "auth.token_exchange.fail",
        "seacft" | "seccft" | "sepft" | "sertft" | "sede" => "auth.token_exchange.success",
        "fapi" => "management.fail",
        "sapi" => "management.success",
        "limit_wc" | "limit_mu" => "system.notification",
        "scp" | "scpr" | "sv" | "svr" | "sdu" | "srrt" => "user.success",
        "actions_execution_failed" => "actions",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{CATEGORIES, Format, category};

    #[test]
    fn entries_are_written_in_the_form_that_was_asked_for() {
        let entry = json!({ "log_id": "1", "type": "s" });
        let entries = [entry.as_object().cloned().unwrap()];
        let one = r#"{"log_id":"1","data":{"log_id":"1","type":"s"}}"#;
        assert_eq!(Format::Lines.write(&entries), format!("{one}\n"));
        assert_eq!(Format::Array.write(&entries), format!("[{one}]"));
        assert_eq!(
            Format::Object.write(&entries),
            format!("{{\"logs\":[{one}]}}")
        );
    }

    #[test]
    fn every_entry_is_of_a_category_that_a_filter_may_name() {
        for code in [
            "s",
            "fp",
            "slo",
            "sapi",
            "limit_wc",
            "sdu",
            "actions_execution_failed",
            "new",
        ] {
            assert!(CATEGORIES.contains(&category(code)), "{code}");
        }
    }
}
