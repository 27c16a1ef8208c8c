//! What the editor's form sends.

use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;
use web::Text;
use web::components::FieldErrors;

use crate::model::action::{
    Action, Dependency, MAX_CODE, MAX_DEPENDENCIES, MAX_NAME, MAX_SECRET, MAX_SECRET_NAME,
    MAX_SECRETS,
};
use crate::model::action_samples;
use crate::service::actions::{Change, NewSecret};

/// The form. Rows of packages and secrets come as lists, the empty ones too.
#[derive(Default, Deserialize)]
pub(in crate::console::actions) struct Entered {
    #[serde(default)]
    name: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    dependency_name: Vec<String>,
    #[serde(default)]
    dependency_version: Vec<String>,
    /// Secrets that there are, and the values that replace theirs; empty for those that stay.
    #[serde(default)]
    secret_name: Vec<String>,
    #[serde(default)]
    secret_value: Vec<SecretString>,
    #[serde(default)]
    new_secret_name: Vec<String>,
    #[serde(default)]
    new_secret_value: Vec<SecretString>,
    /// Names of secrets that are taken away.
    #[serde(default)]
    secret_remove: Vec<String>,
    /// JSON.
    #[serde(default)]
    pub(super) event: String,
    /// Which draft was in the editor.
    seen: Option<i64>,
    /// The button.
    #[serde(default)]
    pub(super) intent: String,
}

/// What the fields show.
pub(super) struct Fields {
    pub(super) name: String,
    pub(super) code: String,
    /// Names and versions.
    pub(super) dependencies: Vec<(String, String)>,
    /// Names of secrets that are not kept yet.
    pub(super) new_secrets: Vec<String>,
    pub(super) event: String,
}

impl Fields {
    pub(super) fn of(action: &Action) -> Self {
        let packages = action.draft.dependencies.iter();
        let sample = action_samples::sample(action.trigger);
        Self {
            name: action.name.clone(),
            code: action.draft.code.clone(),
            dependencies: packages
                .map(|package| (package.name.clone(), package.version.clone()))
                .collect(),
            new_secrets: Vec::new(),
            event: serde_json::to_string_pretty(&sample).unwrap_or_default(),
        }
    }
}

impl Entered {
    /// What was typed, to be shown again. Values of secrets do not come back.
    pub(super) fn fields(&self) -> Fields {
        Fields {
            name: self.name.clone(),
            code: self.code(),
            dependencies: self.dependencies(),
            new_secrets: self.new_secret_name.clone(),
            event: self.event.clone(),
        }
    }

    /// Whether somebody changed the draft while this one was edited.
    pub(super) fn is_outdated(&self, action: &Action) -> bool {
        self.seen.is_some_and(|seen| seen != action.build)
    }

    /// What the form says: a change and an event.
    ///
    /// # Errors
    /// What is wrong with the fields.
    pub(super) fn read(&self, text: Text) -> Result<(Change, Value), FieldErrors> {
        let mut errors = FieldErrors::new();
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > MAX_NAME {
            errors.add("name", text.get("actions-invalid-name"));
        }
        let code = self.code();
        if code.len() > MAX_CODE {
            let limit = (MAX_CODE / 1000).into();
            errors.add(
                "code",
                text.with("actions-invalid-code", [("limit", limit)]),
            );
        }
        let dependencies = self.dependencies();
        check_dependencies(text, &dependencies, &mut errors);
        let secrets = self.secrets(text, &mut errors);
        let event = event(text, &self.event).unwrap_or_else(|why| {
            errors.add("event", why);
            Value::Null
        });
        if !errors.is_empty() {
            return Err(errors);
        }
        let dependencies = dependencies.into_iter().map(|(name, version)| Dependency {
            name,
            version: match version.as_str() {
                "" => "latest".to_owned(),
                _ => version,
            },
        });
        let change = Change {
            name: Some(name.to_owned()),
            code: Some(code),
            dependencies: Some(dependencies.collect()),
            secrets: Some(secrets),
            ..Change::default()
        };
        Ok((change, event))
    }

    /// The code. Browsers send line breaks as CR LF; everywhere else they are LF.
    fn code(&self) -> String {
        self.code.replace("\r\n", "\n")
    }

    fn dependencies(&self) -> Vec<(String, String)> {
        let rows = self.dependency_name.iter().zip(&self.dependency_version);
        let rows = rows.map(|(name, version)| (name.trim().to_owned(), version.trim().to_owned()));
        rows.filter(|(name, _)| !name.is_empty()).collect()
    }

    fn secrets(&self, text: Text, errors: &mut FieldErrors) -> Vec<NewSecret> {
        use secrecy::ExposeSecret as _;
        let rows = self.secret_name.iter().zip(&self.secret_value);
        let added = self.new_secret_name.iter().zip(&self.new_secret_value);
        let rows = rows.chain(added).map(|(name, value)| (name.trim(), value));
        let is_kept = |name: &str| !self.secret_remove.iter().any(|removed| removed == name);
        let mut secrets: Vec<NewSecret> = Vec::new();
        for (name, value) in rows.filter(|(name, _)| !name.is_empty() && is_kept(name)) {
            let given = value.expose_secret();
            let sentence = |id: &str| text.with(id, [("name", name.into())]);
            if name.chars().count() > MAX_SECRET_NAME || given.chars().count() > MAX_SECRET {
                errors.add("secrets", sentence("actions-invalid-secret-long"));
            }
            if secrets.iter().any(|known| known.name == name) {
                errors.add("secrets", sentence("actions-invalid-secret-twice"));
            }
            secrets.push(NewSecret {
                name: name.to_owned(),
                value: (!given.is_empty()).then(|| value.clone()),
            });
        }
        if secrets.len() > MAX_SECRETS {
            let limit = MAX_SECRETS.into();
            errors.add(
                "secrets",
                text.with("actions-invalid-secrets", [("limit", limit)]),
            );
        }
        secrets
    }
}

fn check_dependencies(text: Text, list: &[(String, String)], errors: &mut FieldErrors) {
    if list.len() > MAX_DEPENDENCIES {
        let limit = MAX_DEPENDENCIES.into();
        let sentence = text.with("actions-invalid-dependencies", [("limit", limit)]);
        errors.add("dependencies", sentence);
    }
    if let Some(name) = Dependency::named_twice(list.iter().map(|(name, _)| name.as_str())) {
        let sentence = text.with("actions-invalid-dependency-twice", [("name", name.into())]);
        errors.add("dependencies", sentence);
    }
}

/// Reads the event; an empty one stands for the trigger's sample.
fn event(text: Text, entered: &str) -> Result<Value, String> {
    if entered.trim().is_empty() {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    match serde_json::from_str(entered) {
        Ok(event @ Value::Object(_)) => Ok(event),
        Ok(_) => Err(text.get("actions-invalid-event-kind")),
        Err(error) => {
            let why = error.to_string();
            let why = why.split(" at line ").next().unwrap_or_default();
            Err(text.with(
                "actions-invalid-event",
                [
                    ("line", error.line().into()),
                    ("column", error.column().into()),
                    ("why", why.into()),
                ],
            ))
        }
    }
}
