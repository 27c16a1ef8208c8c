//! What requests about Actions may hold.

use secrecy::SecretString;
use serde_json::Value;

use crate::Error;
use crate::management::schema::{
    Body, Object, Rule, any_object, anything, array, boolean, object, optional, required, text,
};
use crate::model::action::{
    Dependency, MAX_CODE, MAX_DEPENDENCIES, MAX_NAME, MAX_SECRET, MAX_SECRET_NAME, MAX_SECRETS,
    RUNTIME, Trigger,
};
use crate::service::actions::{Change, NewBinding, NewSecret, Reference};

static TRIGGER_MEMBERS: Object = Object {
    members: &[
        required("id", text(100).min(1)),
        optional("version", text(20).nullable()),
        optional("status", text(100)),
        optional("url", text(1000)),
        optional("runtimes", anything()),
        optional("default_runtime", text(100)),
        optional("binding_policy", text(100)),
        optional("compatible_triggers", anything()),
    ],
};
static TRIGGER: Rule = object(&TRIGGER_MEMBERS);

static DEPENDENCY_MEMBERS: Object = Object {
    members: &[
        required("name", text(214).min(1)),
        optional("version", text(256).nullable()),
        optional("registry_url", text(1000).nullable()),
    ],
};
static DEPENDENCY: Rule = object(&DEPENDENCY_MEMBERS);

static SECRET_MEMBERS: Object = Object {
    members: &[
        required("name", text(MAX_SECRET_NAME).min(1)),
        optional("value", text(MAX_SECRET).nullable()),
        optional("updated_at", text(100).nullable()),
    ],
};
static SECRET: Rule = object(&SECRET_MEMBERS);

macro_rules! members {
    ($need:ident) => {
        &[
            $need("name", text(MAX_NAME).min(1)),
            $need("supported_triggers", array(&TRIGGER, 1)),
            optional("code", text(MAX_CODE)),
            optional("dependencies", array(&DEPENDENCY, MAX_DEPENDENCIES)),
            optional("runtime", text(100).nullable()),
            optional("secrets", array(&SECRET, MAX_SECRETS)),
            optional("modules", array(&NOTHING, 0)),
            optional("deploy", boolean()),
        ]
    };
}

static NOTHING: Rule = anything();
static CREATE: Object = Object {
    members: members!(required),
};
static CHANGE: Object = Object {
    members: members!(optional),
};

/// Reads a request that makes or changes an Action.
///
/// # Errors
/// 400 for what breaks a rule, and for a trigger that is not run here.
pub(super) fn read(body: Value, kind: Body) -> Result<Change, Error> {
    let mut members = match kind {
        Body::Create => CREATE.read(body, kind)?,
        Body::Change => CHANGE.read(body, kind)?,
    };
    let mut take = |name: &str| members.shift_remove(name).filter(|value| !value.is_null());
    let owned = |value: Value| value.as_str().map(str::to_owned);
    let trigger = take("supported_triggers")
        .map(|list| trigger(&list))
        .transpose()?;
    let dependencies = take("dependencies")
        .map(|list| dependencies(&list))
        .transpose()?;
    Ok(Change {
        name: take("name")
            .and_then(owned)
            .map(|name| name.trim().to_owned()),
        trigger,
        code: take("code").and_then(owned),
        dependencies,
        secrets: take("secrets").map(|list| secrets(&list)),
        runtime: take("runtime").and_then(owned).map(runtime),
        deploy: take("deploy") == Some(Value::Bool(true)),
    })
}

/// Older runtimes of the vendor are taken for the one there is; the name stays as it was sent.
fn runtime(name: String) -> String {
    match name.is_empty() {
        true => RUNTIME.to_owned(),
        false => name,
    }
}

fn trigger(list: &Value) -> Result<(Trigger, String), Error> {
    let refuse = |sentence: String| {
        Error::invalid_body(format!(
            "Payload validation error: '{sentence}' on property supported_triggers."
        ))
    };
    let first = list
        .get(0)
        .ok_or_else(|| refuse("Array is too short (0), minimum 1".to_owned()))?;
    let text = |name: &str| first.get(name).and_then(Value::as_str);
    let id = text("id").unwrap_or_default();
    let trigger = Trigger::parse(id).ok_or_else(|| {
        let known: Vec<&str> = Trigger::ALL.into_iter().map(Trigger::id).collect();
        refuse(format!(
            "This tenant has no trigger {id}; it has {}",
            known.join(", ")
        ))
    })?;
    let current = trigger.versions()[0];
    let version = text("version")
        .filter(|version| !version.is_empty())
        .unwrap_or(current);
    match trigger.versions().contains(&version) {
        true => Ok((trigger, version.to_owned())),
        false => Err(refuse(format!(
            "The trigger {id} has no version {version}; the current one is {current}"
        ))),
    }
}

fn dependencies(list: &Value) -> Result<Vec<Dependency>, Error> {
    let entries = list.as_array().into_iter().flatten();
    let dependencies = entries.map(|entry| {
        let text = |name: &str| {
            entry
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .trim()
        };
        let version = match text("version") {
            "" => "latest",
            version => version,
        };
        Dependency {
            name: text("name").to_owned(),
            version: version.to_owned(),
        }
    });
    let dependencies: Vec<Dependency> = dependencies.collect();
    let names = dependencies.iter().map(|own| own.name.as_str());
    match Dependency::named_twice(names) {
        None => Ok(dependencies),
        Some(name) => Err(Error::invalid_body(format!(
            "Payload validation error: 'Two dependencies have the same name: {name}' on property dependencies."
        ))),
    }
}

fn secrets(list: &Value) -> Vec<NewSecret> {
    let entries = list.as_array().into_iter().flatten();
    let text =
        |entry: &Value, name: &str| entry.get(name).and_then(Value::as_str).map(str::to_owned);
    let read = |entry: &Value| NewSecret {
        name: text(entry, "name").unwrap_or_default(),
        value: text(entry, "value").map(SecretString::from),
    };
    entries.map(read).collect()
}

static TEST: Object = Object {
    members: &[required("payload", any_object())],
};

/// The event of a trial: `payload` itself, or its member `event`.
pub(super) fn payload(body: Value) -> Result<Value, Error> {
    let mut members = TEST.read(body, Body::Create)?;
    let mut payload = members.shift_remove("payload").unwrap_or_default();
    Ok(match payload.get_mut("event").map(Value::take) {
        Some(event) if event.is_object() => event,
        _ => payload,
    })
}

static ROLL_BACK: Object = Object {
    members: &[optional("update_draft", boolean())],
};

/// Whether going back changes the draft too.
pub(super) fn updates_draft(body: &[u8]) -> Result<bool, Error> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(false);
    }
    let body: Value = serde_json::from_slice(body).map_err(|error| {
        Error::invalid_body(format!(
            "Payload validation error: 'The body is not JSON: {error}'."
        ))
    })?;
    if body.is_null() {
        return Ok(false);
    }
    let members = ROLL_BACK.read(body, Body::Change)?;
    Ok(members.get("update_draft") == Some(&Value::Bool(true)))
}

static REFERENCE: Object = Object {
    members: &[
        required(
            "type",
            crate::management::schema::one_of(&["binding_id", "action_id", "action_name"]),
        ),
        required("value", text(300).min(1)),
    ],
};
static BINDING_MEMBERS: Object = Object {
    members: &[
        required("ref", object(&REFERENCE)),
        optional("display_name", text(300).nullable()),
        optional("secrets", array(&SECRET, MAX_SECRETS)),
    ],
};
static BINDING: Rule = object(&BINDING_MEMBERS);
static BINDINGS: Object = Object {
    members: &[required("bindings", array(&BINDING, 1000))],
};

/// Reads what is to run at a trigger.
pub(super) fn bindings(body: Value) -> Result<Vec<NewBinding>, Error> {
    let members = BINDINGS.read(body, Body::Create)?;
    let list = members.get("bindings").and_then(Value::as_array);
    let read = |entry: &Value| {
        let value = entry.pointer("/ref/value")?.as_str()?.to_owned();
        let action = match entry.pointer("/ref/type")?.as_str()? {
            "binding_id" => Reference::Binding(value),
            "action_id" => Reference::Action(value),
            _ => Reference::Name(value),
        };
        let name = entry.get("display_name").and_then(Value::as_str);
        Some(NewBinding {
            action,
            display_name: name.filter(|name| !name.is_empty()).map(str::to_owned),
        })
    };
    Ok(list.into_iter().flatten().filter_map(read).collect())
}
