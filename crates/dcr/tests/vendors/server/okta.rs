//! An Okta org, as far as its Applications API is documented.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Answer, Call, Vendor, answer, granted, oauth_error};

pub(crate) const ORG: &str = "https://org.okta.test";
pub(crate) const TOKEN: &str = "00token-never-in-an-error";
pub(crate) const AUDIENCE: &str = "api://weather";

/// The org's clock, in its log.
const NOW: &str = "2023-11-14T22:13:20.000Z";

/// Apps on a page, whatever is asked for: a test walks over several.
const PAGE: usize = 2;

#[derive(Default)]
pub(crate) struct Org {
    /// Apps on a page, where it is another number.
    pub(crate) page: Option<usize>,
    /// The apps of the entries of the System Log, the oldest first.
    pub(crate) log: Vec<String>,
    pub(crate) apps: BTreeMap<String, Value>,
    pub(crate) groups: BTreeSet<(String, String)>,
    /// What the token's administrator may not do: `apps`, `groups`, `authorizationServers`.
    pub(crate) forbidden: BTreeSet<&'static str>,
    /// How many reads of a new app find nothing yet.
    pub(crate) delay: u32,
    hidden: BTreeMap<String, u32>,
    /// Client secrets by app: id, secret, whether it is active.
    secrets: BTreeMap<String, Vec<(String, String, bool)>>,
    made: u64,
}

pub(crate) fn refuse(status: u16, code: &str, summary: &str) -> Answer {
    let body = json!({
        "errorCode": code,
        "errorSummary": summary,
        "errorLink": code,
        "errorId": "oae-1",
        "errorCauses": [],
    });
    answer(status, body)
}

fn absent(id: &str) -> Answer {
    let said = format!("Not found: Resource not found: {id} (AppInstance)");
    refuse(404, "E0000007", &said)
}

impl Org {
    fn create(&mut self, body: &Value) -> Answer {
        let client = &body["settings"]["oauthClient"];
        let texts = |name: &str| -> Vec<String> {
            let list = client[name].as_array().into_iter().flatten();
            list.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let (grants, responses) = (texts("grant_types"), texts("response_types"));
        let has = |list: &[String], text: &str| list.iter().any(|known| known == text);
        let agree = has(&grants, "authorization_code") == has(&responses, "code")
            && has(&grants, "client_credentials") == has(&responses, "token");
        let label = body["label"].as_str().unwrap_or_default();
        let wrong = if body["name"] != "oidc_client" || body["signOnMode"] != "OPENID_CONNECT" {
            Some("name")
        } else if label.is_empty() || label.chars().count() > 100 {
            Some("label")
        } else if !agree {
            Some("response_types")
        } else {
            None
        };
        if let Some(wrong) = wrong {
            let said = format!("Api validation failed: {wrong}");
            return refuse(400, "E0000001", &said);
        }
        self.made += 1;
        let id = format!("0oa{}", self.made);
        let mut app = body.clone();
        app["id"] = id.as_str().into();
        app["status"] = "ACTIVE".into();
        app["created"] = "2026-01-01T00:00:00.000Z".into();
        app["_links"] = json!({});
        app["credentials"]["oauthClient"]["client_id"] = id.as_str().into();
        let secret = format!("secret-{}", self.made);
        app["credentials"]["oauthClient"]["client_secret"] = secret.as_str().into();
        let first = (format!("ocs{}", self.made), secret, true);
        self.secrets.insert(id.clone(), vec![first]);
        self.hidden.insert(id.clone(), self.delay);
        self.log.push(id.clone());
        self.apps.insert(id, app.clone());
        answer(200, app)
    }

    /// By hand, past every permission.
    pub(crate) fn edit(&mut self, id: &str, edit: impl FnOnce(&mut Value)) {
        if let Some(app) = self.apps.get_mut(id) {
            edit(app);
            self.log.push(id.to_owned());
        }
    }

    pub(crate) fn remove(&mut self, id: &str) {
        self.apps.remove(id);
        self.log.push(id.to_owned());
    }

    /// Other parts of the org learn of an app later.
    fn is_hidden(&mut self, id: &str) -> bool {
        match self.hidden.get_mut(id) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        }
    }

    fn list(&self, call: &Call) -> Answer {
        let after = call.query.get("after").cloned().unwrap_or_default();
        let rest: Vec<(&String, &Value)> =
            self.apps.iter().filter(|(id, _)| **id > after).collect();
        let most = self.page.unwrap_or(PAGE);
        let page: Vec<&Value> = rest.iter().take(most).map(|(_, app)| *app).collect();
        let mut listed = answer(200, json!(page));
        if rest.len() > most {
            let next = format!(
                "<{ORG}/api/v1/apps?after={}&limit=200>; rel=\"next\"",
                rest[most - 1].0
            );
            let this = format!("<{ORG}/api/v1/apps?limit=200>; rel=\"self\"");
            listed.headers.push(("link", format!("{this}, {next}")));
        }
        listed
    }

    /// The System Log without an end: a page, and always where to go on from.
    fn entries(&self, call: &Call) -> Answer {
        let from = match call.query.get("after") {
            Some(after) => after.parse().unwrap_or(usize::MAX),
            None => match call.query.get("since").map(String::as_str) {
                // Nothing that is older is kept here.
                Some(since) if since < NOW => 0,
                _ => self.log.len(),
            },
        };
        let Some(rest) = self.log.get(from..) else {
            return refuse(400, "E0000031", "Invalid search criteria.");
        };
        let limit = call.query.get("limit").and_then(|text| text.parse().ok());
        let page: Vec<&String> = rest.iter().take(limit.unwrap_or(100)).collect();
        let entry = |id: &&String| {
            json!({
                "eventType": "application.lifecycle.update",
                "published": NOW,
                "target": [
                    { "id": "00u1", "type": "User" },
                    { "id": id, "type": "AppInstance", "displayName": "an app" },
                ],
            })
        };
        let entries: Vec<Value> = page.iter().map(entry).collect();
        let next = format!(
            "<{ORG}/api/v1/logs?after={}&limit={}>; rel=\"next\"",
            from + page.len(),
            limit.unwrap_or(100),
        );
        let mut listed = answer(200, json!(entries));
        listed.headers.push(("link", next));
        listed
    }

    fn app(&mut self, call: &Call, id: &str, rest: &[&str]) -> Answer {
        if !self.apps.contains_key(id) || self.is_hidden(id) {
            return absent(id);
        }
        if call.method != "GET" {
            self.log.push(id.to_owned());
        }
        let app = self.apps.get_mut(id).expect("an app");
        match (call.method.as_str(), rest) {
            ("GET", []) => answer(200, app.clone()),
            ("PUT", []) => {
                let secret = app["credentials"]["oauthClient"]["client_secret"].clone();
                let mut new = call.body.clone();
                new["id"] = id.into();
                new["status"] = app["status"].clone();
                new["credentials"]["oauthClient"]["client_secret"] = secret;
                *app = new.clone();
                answer(200, new)
            }
            ("DELETE", []) if app["status"] == "ACTIVE" => {
                let said = "Delete application forbidden. The application must be deactivated \
                            before deletion.";
                refuse(403, "E0000056", said)
            }
            ("DELETE", []) => {
                self.apps.remove(id);
                answer(204, Value::Null)
            }
            ("POST", ["lifecycle", "deactivate"]) => {
                app["status"] = "INACTIVE".into();
                answer(200, json!({}))
            }
            ("PUT", ["groups", group]) => {
                self.groups.insert((id.to_owned(), (*group).to_owned()));
                answer(200, json!({ "id": group }))
            }
            _ => answer(405, Value::Null),
        }
    }

    fn new_secret(&mut self, id: &str) -> Answer {
        self.made += 1;
        let Some(app) = self.apps.get_mut(id) else {
            return absent(id);
        };
        let secret = format!("secret-{}", self.made);
        app["credentials"]["oauthClient"]["client_secret"] = secret.as_str().into();
        let only = (format!("ocs{}", self.made), secret.clone(), true);
        self.secrets.insert(id.to_owned(), vec![only]);
        answer(200, json!({ "client_id": id, "client_secret": secret }))
    }

    /// `/api/v1/apps/{id}/credentials/secrets`.
    fn client_secrets(&mut self, method: &str, id: &str, rest: &[&str]) -> Answer {
        if !self.apps.contains_key(id) {
            return absent(id);
        }
        self.made += 1;
        let made = self.made;
        let held = self.secrets.entry(id.to_owned()).or_default();
        let shown = |(id, secret, active): &(String, String, bool)| {
            let status = if *active { "ACTIVE" } else { "INACTIVE" };
            json!({ "id": id, "client_secret": secret, "secret_hash": "x", "status": status })
        };
        let at = |held: &[(String, String, bool)], id: &str| held.iter().position(|s| s.0 == id);
        match (method, rest) {
            ("GET", []) => answer(200, held.iter().map(shown).collect()),
            ("POST", []) if held.len() >= 2 => {
                let said = "Api validation failed: You have reached the maximum number of secrets";
                refuse(400, "E0000001", said)
            }
            ("POST", []) => {
                let new = (format!("ocs{made}"), format!("secret-{made}"), true);
                held.push(new.clone());
                answer(201, shown(&new))
            }
            ("POST", [secret, "lifecycle", "deactivate"]) => match at(held, secret) {
                Some(at) => {
                    held[at].2 = false;
                    answer(200, shown(&held[at]))
                }
                None => absent(secret),
            },
            ("DELETE", [secret]) => match at(held, secret) {
                Some(at) if held[at].2 => refuse(403, "E0000006", "The secret is active"),
                Some(at) => {
                    held.remove(at);
                    answer(204, Value::Null)
                }
                None => absent(secret),
            },
            _ => answer(405, Value::Null),
        }
    }

    fn token(&self, call: &Call) -> Answer {
        let (id, secret) = call.client();
        let held = self
            .secrets
            .get(&id)
            .filter(|_| self.apps.contains_key(&id));
        let held = held.into_iter().flatten();
        if !held
            .into_iter()
            .any(|(_, known, active)| *active && *known == secret)
        {
            return oauth_error(
                401,
                "invalid_client",
                "The client secret supplied is invalid.",
            );
        }
        let scope = call.body["scope"].as_str().unwrap_or("read:weather");
        if scope
            .split(' ')
            .any(|scope| !matches!(scope, "read:weather" | "write:weather"))
        {
            return oauth_error(400, "invalid_scope", "scopes are not configured");
        }
        granted(&json!({ "cid": id, "sub": id }), Some(scope))
    }

    fn management(&mut self, call: &Call, path: &[&str]) -> Answer {
        if call.header("authorization") != format!("SSWS {TOKEN}") {
            return refuse(401, "E0000011", "Invalid token provided");
        }
        let kind = path.get(2).copied().unwrap_or_default();
        if self.forbidden.contains(kind) {
            let said = "You do not have permission to perform the requested action";
            return refuse(403, "E0000006", said);
        }
        match (call.method.as_str(), path) {
            ("GET", ["api", "v1", "apps"]) => self.list(call),
            ("POST", ["api", "v1", "apps"]) => self.create(&call.body),
            (method, ["api", "v1", "apps", id, "credentials", "secrets", rest @ ..]) => {
                self.client_secrets(method, id, rest)
            }
            (_, ["api", "v1", "apps", id, rest @ ..]) => self.app(call, id, rest),
            ("GET", ["api", "v1", "logs"]) => self.entries(call),
            ("GET", ["api", "v1", "groups"]) => answer(
                200,
                json!([
                    { "id": "00g1", "type": "OKTA_GROUP", "profile": { "name": "Everyone" } },
                    { "id": "00g2", "type": "BUILT_IN", "profile": { "name": "Everyone" } },
                ]),
            ),
            ("GET", ["api", "v1", "authorizationServers", "default"]) => {
                answer(200, json!({ "id": "default", "audiences": [AUDIENCE] }))
            }
            ("GET", ["api", "v1", "authorizationServers", "default", "scopes"]) => answer(
                200,
                json!([
                    { "name": "read:weather", "description": "Read it" },
                    { "name": "write:weather" },
                ]),
            ),
            ("POST", ["oauth2", "v1", "clients", id, "lifecycle", "newSecret"]) => {
                self.new_secret(id)
            }
            _ => refuse(404, "E0000007", "Not found"),
        }
    }
}

impl Vendor for Org {
    fn handle(&mut self, call: &Call) -> Answer {
        let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
        match (call.method.as_str(), path.as_slice()) {
            ("GET", ["oauth2", "default", ".well-known", "openid-configuration"]) => {
                let issuer = format!("{ORG}/oauth2/default");
                let endpoint = format!("{issuer}/v1/token");
                answer(200, json!({ "issuer": issuer, "token_endpoint": endpoint }))
            }
            ("POST", ["oauth2", "default", "v1", "token"]) => self.token(call),
            (_, path) => self.management(call, path),
        }
    }
}
