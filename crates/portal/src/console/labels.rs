//! Labels in a form: a line each.

use serde_json::{Map, Value};
use web::Input;

use crate::model::Labels;

/// Labels as lines, `key: value`.
pub(super) fn as_lines(labels: &Labels) -> String {
    let lines: Vec<String> = labels
        .iter()
        .map(|(key, value)| format!("{key}: {value}"))
        .collect();
    lines.join("\n")
}

/// The lines of a field as labels. With `earlier` they replace those: what is gone is null.
pub(super) fn as_labels(input: &Input, field: &str, earlier: Option<&Labels>) -> Value {
    let gone = earlier.into_iter().flat_map(Labels::keys);
    let mut labels: Map<String, Value> = gone.map(|key| (key.clone(), Value::Null)).collect();
    let lines = input.text(field).lines().map(str::trim);
    for line in lines.filter(|line| !line.is_empty()) {
        let (key, value) = line.split_once([':', '=']).unwrap_or((line, ""));
        labels.insert(key.trim().to_owned(), value.trim().into());
    }
    labels.into()
}
