//! Layers: defaults, then what npm is told, then the file, then the environment, then flags.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

use super::Settings;
use super::npm;
use super::show::schema;

/// Prefix of the variables that override keys: `GATEHOUSE__SECTION__KEY`.
const PREFIX: &str = "GATEHOUSE__";

/// The key that npm's own configuration may set.
const REGISTRY: &str = "identity.actions.registry";

/// Effective settings, and where each key that is not a default came from.
pub(crate) struct Loaded {
    /// The settings.
    pub settings: Settings,
    /// Dotted key to origin.
    pub origins: BTreeMap<String, Origin>,
}

/// Where a key was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The configuration file.
    File(PathBuf),
    /// An environment variable.
    Variable(String),
    /// A flag of the command.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Variable(name) => write!(f, "environment {name}"),
            Self::Flag(name) => write!(f, "flag {name}"),
        }
    }
}

/// What is layered over the defaults.
#[derive(Clone, Default)]
pub(crate) struct Source {
    /// The configuration file; `gatehouse.toml` in the working directory is read if it is there.
    pub file: Option<PathBuf>,
    /// Variables of the environment.
    pub variables: Vec<(String, String)>,
    /// `--data-dir`.
    pub data_dir: Option<PathBuf>,
}

impl Source {
    /// What this process was started with.
    pub(crate) fn of_process(file: Option<PathBuf>, data_dir: Option<PathBuf>) -> Self {
        Self {
            file,
            variables: std::env::vars().collect(),
            data_dir,
        }
    }
}

/// Reads and checks every layer.
///
/// # Errors
/// A file that cannot be read or is not TOML, an unknown key (with the nearest known one), a value of the wrong form.
pub(crate) fn load(source: &Source) -> Result<Loaded> {
    let known = KnownKeys::new();
    let Value::Object(mut merged) = serde_json::to_value(Settings::default())? else {
        bail!("settings are a table")
    };
    let mut origins = BTreeMap::new();
    if let Some((registry, origin)) = npm::registry(&source.variables) {
        put(&mut merged, REGISTRY, Value::String(registry));
        origins.insert(REGISTRY.into(), origin);
    }
    let default_file = Path::new("gatehouse.toml");
    let file = source
        .file
        .as_deref()
        .or_else(|| default_file.exists().then_some(default_file));
    if let Some(path) = file {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read the configuration file {}", path.display()))?;
        let table: toml::Table = toml::from_str(&text)
            .with_context(|| format!("{} is not valid TOML", path.display()))?;
        let Value::Object(table) = serde_json::to_value(table)? else {
            bail!("{} holds no table", path.display())
        };
        for (key, value) in leaves(&table, &known) {
            known.check(&key, &path.display().to_string())?;
            put(&mut merged, &key, value);
            origins.insert(key, Origin::File(path.to_path_buf()));
        }
    }
    for (name, text) in &source.variables {
        let Some(rest) = name.strip_prefix(PREFIX) else {
            continue;
        };
        let key = rest.to_ascii_lowercase().replace("__", ".");
        known.check(&key, name)?;
        put(&mut merged, &key, known.parse(&key, text));
        origins.insert(key, Origin::Variable(name.clone()));
    }
    if let Some(dir) = &source.data_dir {
        put(
            &mut merged,
            "data_dir",
            Value::String(dir.display().to_string()),
        );
        origins.insert("data_dir".into(), Origin::Flag("--data-dir"));
    }
    let settings = serde_path_to_error::deserialize(Value::Object(merged)).map_err(|error| {
        let key = error.path().to_string();
        let set_by = origins
            .get(&key)
            .map(|o| format!(" (set by {o})"))
            .unwrap_or_default();
        anyhow::anyhow!("configuration key `{key}`{set_by}: {}", error.inner())
    })?;
    check_values(&settings, &origins)?;
    Ok(Loaded { settings, origins })
}

/// What the types cannot say.
fn check_values(settings: &Settings, origins: &BTreeMap<String, Origin>) -> Result<()> {
    let refuse = |key: &str, why: String| -> Result<()> {
        let set_by = origins
            .get(key)
            .map(|o| format!(" (set by {o})"))
            .unwrap_or_default();
        bail!("configuration key `{key}`{set_by}: {why}")
    };
    for (key, listen) in [
        ("gateway.listen", &settings.gateway.listen),
        ("platform.listen", &settings.platform.listen),
        ("portal.listen", &settings.portal.listen),
        ("identity.listen", &settings.identity.listen),
        ("operations.listen", &settings.operations.listen),
    ] {
        let port = listen
            .rsplit_once(':')
            .filter(|(host, _)| !host.is_empty())
            .map(|(_, port)| port.parse::<u16>());
        if !matches!(port, Some(Ok(_))) {
            refuse(
                key,
                format!("`{listen}` is not host:port, such as 127.0.0.1:8000 or [::]:8000"),
            )?;
        }
    }
    for (key, public_url) in [
        ("gateway.public_url", &settings.gateway.public_url),
        ("platform.public_url", &settings.platform.public_url),
        ("portal.public_url", &settings.portal.public_url),
        ("identity.public_url", &settings.identity.public_url),
        ("gateway.control_plane", &settings.gateway.control_plane),
    ] {
        let Some(text) = public_url else { continue };
        let fits = url::Url::parse(text).is_ok_and(|u| {
            matches!(u.scheme(), "http" | "https") && u.has_host() && matches!(u.path(), "" | "/")
        });
        if !fits {
            refuse(
                key,
                format!(
                    "`{text}` is not an address such as https://portal.example.com, without a path"
                ),
            )?;
        }
    }
    if let Some(url) = &settings.database.url
        && !(url.starts_with("postgres://") || url.starts_with("postgresql://"))
    {
        refuse(
            "database.url",
            "must start with postgres://; leave it out to use SQLite in the data directory".into(),
        )?;
    }
    if let Some(at) = settings.identity.bridge.unusable_key() {
        refuse(
            "identity.bridge.api_keys",
            format!(
                "key {} must be 12 to 256 letters, digits or underscores",
                at + 1
            ),
        )?;
    }
    if settings.roles.is_empty() {
        refuse(
            "roles",
            "names no part to run; leave it out to run all".into(),
        )?;
    }
    Ok(())
}

/// Every key the settings have, read off their JSON Schema.
struct KnownKeys {
    keys: BTreeMap<String, Value>,
}

impl KnownKeys {
    fn new() -> Self {
        let root = schema();
        let mut keys = BTreeMap::new();
        Self::walk(&root, &root, "", &mut keys);
        Self { keys }
    }

    fn walk(root: &Value, node: &Value, prefix: &str, keys: &mut BTreeMap<String, Value>) {
        let node = resolve(root, node);
        let Some(properties) = node["properties"].as_object() else {
            return;
        };
        for (name, property) in properties {
            let key = if prefix.is_empty() {
                name.clone()
            } else {
                format!("{prefix}.{name}")
            };
            if resolve(root, property)["properties"].is_object() {
                Self::walk(root, property, &key, keys);
            } else {
                keys.insert(key, property.clone());
            }
        }
    }

    fn is_leaf(&self, key: &str) -> bool {
        self.keys.contains_key(key)
    }

    fn check(&self, key: &str, set_by: &str) -> Result<()> {
        if self.is_leaf(key) {
            return Ok(());
        }
        let nearest = self
            .keys
            .keys()
            .min_by_key(|known| strsim::damerau_levenshtein(known, key));
        let nearest = nearest.map(String::as_str).unwrap_or_default();
        bail!(
            "unknown configuration key `{key}` in {set_by}; did you mean `{nearest}`? `gatehouse config schema` lists all"
        )
    }

    /// Reads a variable's text as the key's type asks: lists and tables as TOML, lists also comma separated.
    fn parse(&self, key: &str, text: &str) -> Value {
        let schema = self.keys.get(key).map(Value::to_string).unwrap_or_default();
        let as_toml = || {
            let table: toml::Table = toml::from_str(&format!("value = {text}")).ok()?;
            serde_json::to_value(table.get("value")?).ok()
        };
        if schema.contains("\"array\"") {
            return as_toml().filter(Value::is_array).unwrap_or_else(|| {
                let items = text
                    .split(',')
                    .map(str::trim)
                    .filter(|item| !item.is_empty());
                Value::Array(items.map(|item| Value::String(item.into())).collect())
            });
        }
        if schema.contains("\"integer\"") || schema.contains("\"boolean\"") {
            return as_toml().unwrap_or_else(|| Value::String(text.into()));
        }
        if text.trim_start().starts_with('{') {
            return as_toml().unwrap_or_else(|| Value::String(text.into()));
        }
        Value::String(text.into())
    }
}

fn resolve<'a>(root: &'a Value, node: &'a Value) -> &'a Value {
    match node["$ref"]
        .as_str()
        .and_then(|r| r.strip_prefix('#'))
        .and_then(|pointer| root.pointer(pointer))
    {
        Some(target) => target,
        None => node,
    }
}

/// Dotted keys and their values; a table stops being walked where a known key ends.
fn leaves(table: &Map<String, Value>, known: &KnownKeys) -> Vec<(String, Value)> {
    fn walk(
        prefix: &str,
        table: &Map<String, Value>,
        known: &KnownKeys,
        out: &mut Vec<(String, Value)>,
    ) {
        for (name, value) in table {
            let key = if prefix.is_empty() {
                name.clone()
            } else {
                format!("{prefix}.{name}")
            };
            match value {
                Value::Object(inner) if !known.is_leaf(&key) && !inner.is_empty() => {
                    walk(&key, inner, known, out)
                }
                Value::Object(inner) if inner.is_empty() && !known.is_leaf(&key) => {}
                _ => out.push((key, value.clone())),
            }
        }
    }
    let mut out = Vec::new();
    walk("", table, known, &mut out);
    out
}

fn put(root: &mut Map<String, Value>, key: &str, value: Value) {
    match key.split_once('.') {
        None => {
            root.insert(key.into(), value);
        }
        Some((section, rest)) => {
            let inner = root
                .entry(section)
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{Origin, Source, load};
    use crate::config::{Role, Tls};

    fn with_file(text: &str) -> (tempfile::TempDir, Source) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("gatehouse.toml");
        std::fs::write(&path, text).unwrap();
        (
            dir,
            Source {
                file: Some(path),
                ..Source::default()
            },
        )
    }

    fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect()
    }

    #[test]
    fn no_key_is_required() {
        let loaded = load(&Source::default()).unwrap();
        assert_eq!(loaded.settings.gateway.listen, "127.0.0.1:8000");
        assert_eq!(loaded.settings.operations.listen, "127.0.0.1:8007");
        assert!(loaded.origins.is_empty());
    }

    #[test]
    fn the_environment_overrides_the_file_and_flags_override_both() {
        let (_dir, mut source) = with_file(
            "data_dir = \"a\"\n[gateway]\nlisten = \"0.0.0.0:1\"\n[egress]\nallow = [\"10.0.0.0/8\"]\n",
        );
        source.variables = variables(&[
            ("GATEHOUSE__GATEWAY__LISTEN", "127.0.0.1:0"),
            ("GATEHOUSE__ROLES", "gateway, identity"),
            ("GATEHOUSE__PORTAL__SETTLE_TIMEOUT_MS", "5"),
            ("GATEHOUSE__IDENTITY__TLS", "local"),
            (
                "GATEHOUSE__PLATFORM__TLS",
                "{ certificate = \"c.pem\", key = \"k.pem\" }",
            ),
        ]);
        source.data_dir = Some(PathBuf::from("b"));
        let loaded = load(&source).unwrap();
        assert_eq!(loaded.settings.gateway.listen, "127.0.0.1:0");
        assert_eq!(loaded.settings.roles, [Role::Gateway, Role::Identity]);
        assert_eq!(loaded.settings.portal.settle_timeout_ms, 5);
        assert_eq!(loaded.settings.identity.tls, Tls::Local);
        assert!(matches!(loaded.settings.platform.tls, Tls::Files { .. }));
        assert_eq!(loaded.settings.egress.allow.len(), 1);
        assert_eq!(loaded.settings.data_dir, PathBuf::from("b"));
        assert_eq!(loaded.origins["data_dir"], Origin::Flag("--data-dir"));
    }

    #[test]
    fn an_unknown_key_names_the_nearest_one() {
        let (_dir, source) = with_file("[gateway]\nlissen = \"x\"\n");
        let error = load(&source).err().unwrap().to_string();
        assert!(
            error.contains("`gateway.lissen`") && error.contains("did you mean `gateway.listen`"),
            "{error}"
        );
        let source = Source {
            variables: variables(&[("GATEHOUSE__MAIL__FORM", "x")]),
            ..Source::default()
        };
        let error = load(&source).err().unwrap().to_string();
        assert!(error.contains("did you mean `mail.from`"), "{error}");
    }

    #[test]
    fn a_wrong_value_names_its_key_and_where_it_was_set() {
        for (name, value, expected) in [
            ("GATEHOUSE__GATEWAY__LISTEN", "8000", "is not host:port"),
            (
                "GATEHOUSE__DATABASE__URL",
                "mysql://x",
                "must start with postgres://",
            ),
            ("GATEHOUSE__EGRESS__TIMEOUT_S", "soon", "egress.timeout_s"),
            ("GATEHOUSE__ROLES", "gatway", "roles"),
            (
                "GATEHOUSE__PORTAL__PUBLIC_URL",
                "portal.example.com/x",
                "is not an address",
            ),
        ] {
            let source = Source {
                variables: variables(&[(name, value)]),
                ..Source::default()
            };
            let error = load(&source).err().unwrap().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
