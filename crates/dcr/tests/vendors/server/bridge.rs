//! An HTTP bridge that holds callers to the published document, with an identity provider behind it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Answer, Call, Members, Vendor, answer, granted, oauth_error};

pub(crate) const BRIDGE: &str = "https://bridge.example";
pub(crate) const ISSUER: &str = "https://idp.example";
pub(crate) const KEY: &str = "the_key_that_is_never_shown";

/// Members of every event (`EventHookBase`).
const EVENT: [&str; 10] = [
    "event_type",
    "client_id",
    "application_id",
    "application_name",
    "application_description",
    "portal_id",
    "organization_id",
    "developer_id",
    "auth_strategy_id",
    "dcr_provider_id",
];

/// Members of a registration (`ApplicationPayload`).
const APPLICATION: [&str; 11] = [
    "redirect_uris",
    "client_name",
    "grant_types",
    "scopes",
    "token_endpoint_auth_method",
    "application_description",
    "portal_id",
    "organization_id",
    "developer_id",
    "auth_strategy_id",
    "dcr_provider_id",
];

#[derive(Default)]
pub(crate) struct Bridge {
    pub(crate) clients: BTreeMap<String, Members>,
    pub(crate) events: Vec<Value>,
    /// It can be asked which client an idempotency key made, which the document does not know.
    pub(crate) answers_lookups: bool,
    /// A name that is known gets the client that has it.
    pub(crate) hands_out_by_name: bool,
    requests: BTreeMap<String, String>,
    made: u64,
}

fn bad(error: &str, description: &str) -> Answer {
    oauth_error(400, error, description)
}

impl Bridge {
    fn secret(&mut self) -> String {
        self.made += 1;
        format!("secret-{}", self.made)
    }

    fn create(&mut self, call: &Call) -> Answer {
        let given = call.body.as_object().cloned().unwrap_or_default();
        if let Some(wrong) = unlike(&given, &APPLICATION, &[]) {
            return bad("invalid_payload", &wrong);
        }
        let name = &given["client_name"];
        let known = self.clients.iter().find(|(_, c)| c["client_name"] == *name);
        if let Some((id, client)) = known.filter(|_| self.hands_out_by_name) {
            let secret = &client["client_secret"];
            return answer(200, json!({ "client_id": id, "client_secret": secret }));
        }
        let secret = self.secret();
        let id = format!("client-{}", self.made);
        let mut client = given;
        client.insert("client_secret".to_owned(), secret.as_str().into());
        self.clients.insert(id.clone(), client);
        let key = call.header("idempotency-key").to_owned();
        self.requests.insert(key, id.clone());
        let body = json!({
            "client_id": id,
            "client_secret": secret,
            "client_id_issued_at": "2026-01-01T00:00:00Z",
            // The reference handler passes numbers on.
            "client_secret_expires_at": 0,
        });
        answer(201, body)
    }

    fn event(&mut self, id: &str, body: &Value) -> Answer {
        let given = body.as_object().cloned().unwrap_or_default();
        let (more, optional): (&[&str], &[&str]) = match body["event_type"].as_str() {
            Some("update_application") => (&["redirect_uris"], &[]),
            Some("add_registration" | "remove_registration") => {
                (&["api_product_version_id"], &["audience"])
            }
            _ => return bad("invalid_event", "event_type is not known"),
        };
        let required: Vec<&str> = EVENT.iter().chain(more).copied().collect();
        if let Some(wrong) = unlike(&given, &required, optional) {
            return bad("invalid_event", &wrong);
        }
        if body["client_id"] != id || !self.clients.contains_key(id) {
            return oauth_error(404, "not_found", "no such client");
        }
        self.events.push(body.clone());
        answer(200, Value::Null)
    }

    fn token(&self, call: &Call) -> Answer {
        let (id, secret) = call.client();
        let client = self.clients.get(&id);
        if client.is_none_or(|client| client["client_secret"] != secret) {
            return oauth_error(401, "invalid_client", "wrong");
        }
        let scope = call.body["scope"].as_str();
        granted(&json!({ "client_id": id }), scope)
    }
}

/// What is missing or too much.
fn unlike(given: &Members, required: &[&str], optional: &[&str]) -> Option<String> {
    if let Some(missing) = required.iter().find(|name| !given.contains_key(**name)) {
        return Some(format!("{missing} is missing"));
    }
    let known = |name: &String| required.iter().chain(optional).any(|known| known == name);
    let unknown = given.keys().find(|name| !known(name))?;
    Some(format!("{unknown} is not known"))
}

impl Vendor for Bridge {
    fn handle(&mut self, call: &Call) -> Answer {
        let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
        match path.as_slice() {
            [".well-known", "openid-configuration"] => {
                return answer(
                    200,
                    json!({ "issuer": ISSUER, "token_endpoint": format!("{ISSUER}/token") }),
                );
            }
            ["token"] => return self.token(call),
            _ => {}
        }
        if call.header("x-api-key") != KEY {
            let said = format!("the key {} is not known", call.header("x-api-key"));
            return oauth_error(401, "unauthorized", &said);
        }
        match (call.method.as_str(), path.as_slice()) {
            ("POST", ["dcr", ""]) => self.create(call),
            ("GET", ["dcr", ""]) if self.answers_lookups => {
                let key = &call.query["idempotency_key"];
                let made = self.requests.get(key);
                let made = made.filter(|id| self.clients.contains_key(*id));
                answer(200, json!({ "idempotency_key": key, "client_id": made }))
            }
            ("DELETE", ["dcr", id]) => match self.clients.remove(*id) {
                Some(_) => answer(204, Value::Null),
                None => oauth_error(404, "not_found", "no such client"),
            },
            ("POST", ["dcr", id, "new-secret"]) => {
                let secret = self.secret();
                let Some(client) = self.clients.get_mut(*id) else {
                    return oauth_error(404, "not_found", "no such client");
                };
                client.insert("client_secret".to_owned(), secret.as_str().into());
                answer(200, json!({ "client_id": id, "client_secret": secret }))
            }
            ("POST", ["dcr", id, "event-hook"]) => self.event(id, &call.body),
            _ => answer(404, Value::Null),
        }
    }
}
