//! `gatehouse config show` and `gatehouse config schema`.

use std::fmt::Write as _;

use serde_json::Value;

use super::{Loaded, Settings};

/// Keys whose value is a secret as a whole.
const SECRET: &[&str] = &[
    "keys.secrets",
    "gateway.session_key",
    "identity.bridge.api_keys",
    "gateway.control_plane_token",
];
/// Keys whose value is an address that may hold a password.
const ADDRESS: &[&str] = &["database.url", "identity.actions.registry", "mail.smtp_url"];

/// The JSON Schema of the configuration file.
pub(crate) fn schema() -> Value {
    schemars::schema_for!(Settings).to_value()
}

/// Effective settings as TOML lines, each with where it came from. Secrets are not shown.
pub(crate) fn show(loaded: &Loaded) -> String {
    let Ok(Value::Object(root)) = serde_json::to_value(&loaded.settings) else {
        return String::new();
    };
    let mut out = String::new();
    let (sections, top): (Vec<_>, Vec<_>) = root.iter().partition(|(_, value)| value.is_object());
    for (key, value) in top {
        line(&mut out, loaded, key, key, value);
    }
    for (section, value) in sections {
        show_section(&mut out, loaded, section, value);
    }
    out
}

/// A section, then those within it.
fn show_section(out: &mut String, loaded: &Loaded, section: &str, value: &Value) {
    let _ = writeln!(out, "\n[{section}]");
    let mut inner = Vec::new();
    for (key, value) in value.as_object().into_iter().flatten() {
        let path = format!("{section}.{key}");
        match is_section(&path) {
            true => inner.push((path, value)),
            false => line(out, loaded, &path, key, value),
        }
    }
    for (path, value) in inner {
        show_section(out, loaded, &path, value);
    }
}

fn is_section(path: &str) -> bool {
    matches!(
        path,
        "identity.registration" | "identity.actions" | "identity.bridge"
    )
}

fn line(out: &mut String, loaded: &Loaded, path: &str, key: &str, value: &Value) {
    let origin = loaded
        .origins
        .get(path)
        .map_or_else(|| "default".to_owned(), ToString::to_string);
    let text = match value {
        Value::Null => {
            let _ = writeln!(out, "# {key} is not set");
            return;
        }
        Value::Array(items) if items.is_empty() => "[]".to_owned(),
        _ if SECRET.contains(&path) => "\"(secret, not shown)\"".to_owned(),
        Value::String(address) if ADDRESS.contains(&path) => {
            format!("{:?}", without_password(address))
        }
        Value::Object(table) => {
            let items: Vec<String> = table.iter().map(|(k, v)| format!("{k} = {v}")).collect();
            format!("{{ {} }}", items.join(", "))
        }
        other => other.to_string(),
    };
    let _ = writeln!(out, "{key} = {text:<40} # {origin}");
}

fn without_password(address: &str) -> String {
    match url::Url::parse(address) {
        Ok(mut url) if url.password().is_some() => {
            let _ = url.set_password(Some("***"));
            url.into()
        }
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{schema, show};
    use crate::config::{Source, load};

    #[test]
    fn show_tells_the_origin_and_hides_secrets() {
        let variables = vec![
            (
                "GATEHOUSE__DATABASE__URL".to_owned(),
                "postgres://user:hunter2@db/gatehouse".to_owned(),
            ),
            ("GATEHOUSE__KEYS__SECRETS".to_owned(), "c2VjcmV0".to_owned()),
        ];
        let loaded = load(&Source {
            variables,
            ..Source::default()
        })
        .unwrap();
        let text = show(&loaded);
        assert!(
            !text.contains("hunter2") && !text.contains("c2VjcmV0"),
            "{text}"
        );
        assert!(text.contains("postgres://user:***@db/gatehouse"), "{text}");
        assert!(
            text.contains("# environment GATEHOUSE__DATABASE__URL"),
            "{text}"
        );
        assert!(text.contains("listen = \"127.0.0.1:8000\""), "{text}");
    }

    #[test]
    fn every_key_of_the_schema_is_described() {
        let text = schema().to_string();
        assert!(text.contains("settle_timeout_ms"));
        assert!(!text.contains("\"description\":\"\""));
    }

    #[test]
    fn the_documentation_lists_every_key() {
        let page = include_str!("../../../../docs/CONFIGURATION.md");
        let Ok(serde_json::Value::Object(root)) =
            serde_json::to_value(crate::config::Settings::default())
        else {
            panic!("settings are a table")
        };
        for (key, value) in &root {
            match value {
                serde_json::Value::Object(section) => {
                    for (inner, value) in section {
                        let path = format!("{key}.{inner}");
                        let names = match value.as_object().filter(|_| super::is_section(&path)) {
                            Some(keys) => {
                                keys.keys().map(|inner| format!("{path}.{inner}")).collect()
                            }
                            None => vec![path],
                        };
                        for name in names {
                            assert!(
                                page.contains(&format!("`{name}`")),
                                "docs/CONFIGURATION.md lacks `{name}`"
                            );
                        }
                    }
                }
                _ => assert!(
                    page.contains(&format!("`{key}`")),
                    "docs/CONFIGURATION.md lacks `{key}`"
                ),
            }
        }
    }
}
