//! A tenant of Microsoft Entra ID and its Microsoft Graph, as documented: parts that learn of a new
//! application one after another, and a permission that sees no lists.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Answer, Call, Vendor, answer, granted, oauth_error};

pub(crate) const LOGIN: &str = "https://login.microsoftonline.com";
pub(crate) const STS: &str = "https://sts.windows.net";
pub(crate) const GRAPH: &str = "https://graph.microsoft.com";
pub(crate) const TENANT: &str = "11111111-2222-3333-4444-555555555555";
pub(crate) const ADMIN: (&str, &str) = ("initial-app", "initial-secret-never-in-an-error");

#[derive(Default)]
pub(crate) struct Entra {
    /// App registrations by their `appId`.
    pub(crate) apps: BTreeMap<String, Value>,
    pub(crate) principals: BTreeSet<String>,
    /// The secrets themselves, by `keyId`.
    pub(crate) secrets: BTreeMap<String, String>,
    /// The recycle bin.
    pub(crate) deleted: usize,
    /// Whether the initial app lacks its permission.
    pub(crate) unpermitted: bool,
    /// Whether it may read every app registration, and not only its own.
    pub(crate) reads_all: bool,
    /// App registrations on a page; none: all of them.
    pub(crate) page: Option<usize>,
    /// Changes: an `appId`, and the object's id if it was removed.
    pub(crate) changes: Vec<(String, Option<String>)>,
    /// The oldest change that is still known.
    pub(crate) oldest: usize,
    /// The recycle bin, by the ids of objects.
    bin: BTreeMap<String, Value>,
    /// How many calls find nothing of a new application yet.
    pub(crate) delay: u32,
    hidden: BTreeMap<String, u32>,
    made: u64,
}

pub(crate) fn refuse(status: u16, code: &str, message: &str) -> Answer {
    let inner =
        json!({ "date": "2026-01-01T00:00:00", "request-id": "r", "client-request-id": "c" });
    let error = json!({ "code": code, "message": message, "innerError": inner });
    answer(status, json!({ "error": error }))
}

fn absent(id: &str) -> Answer {
    let said = format!(
        "Resource '{id}' does not exist or one of its queried reference-property objects are not present."
    );
    refuse(404, "Request_ResourceNotFound", &said)
}

/// The value of a key in `applications(appId='…')`.
fn key<'a>(segment: &'a str, name: &str) -> Option<&'a str> {
    let rest = segment.strip_prefix("applications(")?.strip_prefix(name)?;
    rest.strip_prefix("='")?.strip_suffix("')")
}

impl Entra {
    fn next(&mut self) -> u64 {
        self.made += 1;
        self.made
    }

    fn is_hidden(&mut self, id: &str) -> bool {
        match self.hidden.get_mut(id) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        }
    }

    fn token(&mut self, call: &Call) -> Answer {
        let (id, secret) = call.client();
        if id == ADMIN.0 {
            if secret != ADMIN.1 {
                let said = format!("AADSTS7000215: Invalid client secret provided: {secret}");
                return oauth_error(401, "invalid_client", &said);
            }
            return answer(
                200,
                json!({ "access_token": "graph-token", "expires_in": 3599 }),
            );
        }
        if !self.apps.contains_key(&id) || !self.principals.contains(&id) {
            let said = format!("AADSTS700016: Application '{id}' was not found in the directory");
            return oauth_error(400, "unauthorized_client", &said);
        }
        let held = self.apps[&id]["passwordCredentials"]
            .as_array()
            .into_iter()
            .flatten();
        let keys: Vec<&str> = held.filter_map(|p| p["keyId"].as_str()).collect();
        let right = keys
            .iter()
            .any(|key| self.secrets.get(*key) == Some(&secret));
        if !right || self.is_hidden(&format!("secret of {id}")) {
            let said = "AADSTS7000215: Invalid client secret provided.";
            return oauth_error(401, "invalid_client", said);
        }
        if !call.text("scope").ends_with("/.default") {
            let said = "AADSTS1002012: The provided value for scope is not valid.";
            return oauth_error(400, "invalid_scope", said);
        }
        granted(&json!({ "appid": id, "azp": "other" }), None)
    }

    fn graph(&mut self, call: &Call, path: &[&str]) -> Answer {
        if call.bearer() != "graph-token" {
            return refuse(401, "InvalidAuthenticationToken", "Access token is empty.");
        }
        let denied = "Insufficient privileges to complete the operation.";
        if self.unpermitted {
            return refuse(403, "Authorization_RequestDenied", denied);
        }
        match (call.method.as_str(), path) {
            // `Application.ReadWrite.OwnedBy` does not see the list, but what it owns.
            ("GET", ["applications"]) if self.reads_all => self.list(call, "applications"),
            ("GET", ["applications"]) => refuse(403, "Authorization_RequestDenied", denied),
            ("GET", ["applications", "delta"]) => self.delta(call),
            ("GET", [principal, "ownedObjects", "microsoft.graph.application"])
                if *principal == format!("servicePrincipals(appId='{}')", ADMIN.0) =>
            {
                let path = format!("{principal}/ownedObjects/microsoft.graph.application");
                self.list(call, &path)
            }
            ("GET", ["directory", "deletedItems", id]) => match self.bin.get(*id) {
                Some(app) => answer(200, app.clone()),
                None => absent(id),
            },
            ("POST", ["servicePrincipals"]) => self.principal(call.text("appId")),
            (_, [segment, rest @ ..]) => {
                if let Some(unique) = key(segment, "uniqueName") {
                    return self.by_unique_name(call, unique);
                }
                match key(segment, "appId") {
                    Some(id) => self.application(call, id, rest),
                    None => absent(segment),
                }
            }
            _ => refuse(400, "BadRequest", "Resource not found for the segment."),
        }
    }

    fn list(&self, call: &Call, path: &str) -> Answer {
        let after = call.query.get("$skiptoken").cloned().unwrap_or_default();
        let most = self.page.unwrap_or(usize::MAX);
        let rest = self.apps.iter().filter(|(id, _)| **id > after);
        let mut rest = rest.peekable();
        let page: Vec<_> = rest.by_ref().take(most).collect();
        let next = rest.peek().and(page.last());
        let next = next.map(|(id, _)| format!("{GRAPH}/v1.0/{path}?$skiptoken={id}"));
        let mut body = json!({ "value": page.iter().map(|(_, app)| app).collect::<Vec<_>>() });
        if let Some(next) = next {
            body["@odata.nextLink"] = next.into();
        }
        answer(200, body)
    }

    /// Each app registration once, as it is by now.
    fn delta(&self, call: &Call) -> Answer {
        let token = call.query.get("$deltatoken").map(String::as_str);
        let from = match token {
            Some("latest") => self.changes.len(),
            Some(token) => token.parse().unwrap_or(0),
            None => 0,
        };
        if from < self.oldest {
            let said = "Replacing $skiptoken or $deltatoken: resync required";
            return refuse(410, "syncStateNotFound", said);
        }
        let changed: BTreeSet<_> = self.changes.iter().skip(from).collect();
        let value = changed.into_iter().map(|(app_id, removed)| match removed {
            Some(id) => json!({ "id": id, "@removed": { "reason": "changed" } }),
            None => json!({ "id": format!("object of {app_id}"), "appId": app_id }),
        });
        let delta = format!(
            "{GRAPH}/v1.0/applications/delta?$deltatoken={}",
            self.changes.len()
        );
        let value: Vec<Value> = value.collect();
        answer(200, json!({ "value": value, "@odata.deltaLink": delta }))
    }

    /// By hand, past every permission.
    pub(crate) fn edit(&mut self, id: &str, edit: impl FnOnce(&mut Value)) {
        if let Some(app) = self.apps.get_mut(id) {
            edit(app);
            self.changes.push((id.to_owned(), None));
        }
    }

    pub(crate) fn remove(&mut self, id: &str) {
        if let Some(app) = self.apps.remove(id) {
            self.principals.remove(id);
            self.deleted += 1;
            let object = app["id"].as_str().unwrap_or_default().to_owned();
            self.bin.insert(object.clone(), app);
            self.changes.push((id.to_owned(), Some(object)));
        }
    }

    fn by_unique_name(&mut self, call: &Call, unique: &str) -> Answer {
        let known = self.apps.values().find(|app| app["uniqueName"] == unique);
        let known = known
            .and_then(|app| app["appId"].as_str())
            .map(str::to_owned);
        match (call.method.as_str(), known) {
            ("GET", Some(id)) => answer(200, self.apps[&id].clone()),
            ("PATCH", Some(id)) => {
                self.patch(&id, &call.body);
                answer(204, Value::Null)
            }
            ("PATCH", None) if call.header("prefer") == "create-if-missing" => {
                if call.text("displayName").is_empty() {
                    let said = "displayName is required";
                    return refuse(400, "Request_BadRequest", said);
                }
                let id = format!("app-{}", self.next());
                let mut app = call.body.clone();
                app["appId"] = id.as_str().into();
                app["id"] = format!("object-{}", self.made).into();
                app["uniqueName"] = unique.into();
                app["passwordCredentials"] = json!([]);
                self.hidden.insert(id.clone(), self.delay);
                self.changes.push((id.clone(), None));
                self.apps.insert(id, app.clone());
                answer(201, app)
            }
            _ => absent(unique),
        }
    }

    fn patch(&mut self, id: &str, body: &Value) {
        let app = self.apps.get_mut(id).expect("an app");
        for (name, value) in body.as_object().into_iter().flatten() {
            app[name] = value.clone();
        }
        self.changes.push((id.to_owned(), None));
    }

    fn principal(&mut self, id: &str) -> Answer {
        if !self.apps.contains_key(id) || self.is_hidden(id) {
            let said = format!(
                "The appId '{id}' of the service principal does not reference a valid application object."
            );
            return refuse(400, "Request_BadRequest", &said);
        }
        if !self.principals.insert(id.to_owned()) {
            let said = "The service principal cannot be created, because one exists already.";
            return refuse(409, "Request_MultipleObjectsWithSameKeyValue", said);
        }
        self.hidden.insert(format!("password of {id}"), self.delay);
        answer(201, json!({ "id": "principal", "appId": id }))
    }

    fn application(&mut self, call: &Call, id: &str, rest: &[&str]) -> Answer {
        let adds = rest == ["addPassword"] && self.is_hidden(&format!("password of {id}"));
        if !self.apps.contains_key(id) || adds || self.is_hidden(id) {
            return absent(id);
        }
        match (call.method.as_str(), rest) {
            ("GET", []) => answer(200, self.apps[id].clone()),
            ("PATCH", []) => {
                self.patch(id, &call.body);
                answer(204, Value::Null)
            }
            ("DELETE", []) => {
                self.remove(id);
                answer(204, Value::Null)
            }
            ("POST", ["addPassword"]) => {
                let key = format!("key-{}", self.next());
                let secret = format!("secret-{}", self.made);
                self.secrets.insert(key.clone(), secret.clone());
                self.hidden.insert(format!("secret of {id}"), self.delay);
                let app = self.apps.get_mut(id).expect("an app");
                let list = app["passwordCredentials"].as_array_mut().expect("a list");
                list.push(json!({ "keyId": key, "secretText": null, "hint": "sec" }));
                answer(200, json!({ "keyId": key, "secretText": secret }))
            }
            ("POST", ["removePassword"]) => {
                let key = call.text("keyId").to_owned();
                let app = self.apps.get_mut(id).expect("an app");
                let list = app["passwordCredentials"].as_array_mut().expect("a list");
                if list.iter().all(|password| password["keyId"] != key) {
                    let said = "No password credential found with keyId.";
                    return refuse(400, "Request_BadRequest", said);
                }
                list.retain(|password| password["keyId"] != key);
                answer(204, Value::Null)
            }
            _ => answer(405, Value::Null),
        }
    }
}

impl Vendor for Entra {
    fn handle(&mut self, call: &Call) -> Answer {
        let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
        match (call.method.as_str(), path.as_slice()) {
            ("GET", [TENANT, ".well-known", "openid-configuration"]) => {
                answer(200, json!({ "issuer": format!("{STS}/{TENANT}/") }))
            }
            ("POST", [TENANT, "oauth2", "v2.0", "token"]) => self.token(call),
            ("POST", [tenant, "oauth2", "v2.0", "token"]) => {
                let said = format!("AADSTS90002: Tenant '{tenant}' not found.");
                oauth_error(400, "invalid_request", &said)
            }
            (_, ["v1.0", rest @ ..]) => self.graph(call, rest),
            _ => answer(404, Value::Null),
        }
    }
}
