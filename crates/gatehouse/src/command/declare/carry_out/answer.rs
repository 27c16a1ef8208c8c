//! What the platform API says when it refuses, for people.

use egress::Response;
use http::{Method, StatusCode};
use serde_json::Value;

use crate::command::api::said;

/// Why a request was refused, and what helps.
pub(super) fn refusal(method: &Method, path: &str, response: &Response) -> String {
    let what = format!("{method} {path} answered {}", response.status.as_u16());
    let body: Value = response.json().unwrap_or_default();
    let list = |name: &str| body[name].as_array().into_iter().flatten();
    let parameters = list("invalid_parameters").map(|parameter| &parameter["reason"]);
    // The entities' API has errors of its own.
    let details =
        list("details").flat_map(|detail| detail["messages"].as_array().into_iter().flatten());
    let reasons: Vec<&str> = parameters
        .chain(details)
        .filter_map(Value::as_str)
        .collect();
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    let why = match reasons.is_empty() {
        false => reasons.join("; "),
        true => text("detail")
            .or_else(|| text("message"))
            .unwrap_or_else(|| said(response)),
    };
    let hint = match response.status {
        StatusCode::FORBIDDEN => " (the token does not let its bearer do that)",
        _ => "",
    };
    format!("{what}: {why}{hint}")
}
