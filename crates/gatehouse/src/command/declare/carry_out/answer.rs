//! What the platform API says when it refuses, for people.

use egress::Response;
use http::Method;
use serde_json::Value;

use crate::command::api::said;

/// Why a request was refused, and what helps.
pub(super) fn refusal(method: &Method, path: &str, response: &Response) -> String {
    let what = format!("{method} {path} answered {}", response.status.as_u16());
    let body: Value = response.json().unwrap_or_default();
    let parameters = body["invalid_parameters"].as_array();
    let reasons: Vec<&str> = parameters
        .into_iter()
        .flatten()
        .filter_map(|parameter| parameter["reason"].as_str())
        .collect();
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    let why = match reasons.is_empty() {
        false => reasons.join("; "),
        true => text("detail")
            .or_else(|| text("message"))
            .unwrap_or_else(|| said(response)),
    };
    format!("{what}: {why}")
}
