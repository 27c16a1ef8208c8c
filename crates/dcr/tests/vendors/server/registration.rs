//! A server of RFC 7591 and RFC 7592, with the liberties that these leave to servers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Answer, Call, Members, Vendor, answer, granted, oauth_error};

pub(crate) const ISSUER: &str = "https://as.example/tenant";
pub(crate) const ADMIN: (&str, &str) = ("initial-client", "initial-secret-never-in-an-error");
pub(crate) const SCOPES: [&str; 3] = ["openid", "read:weather", "write:weather"];

/// How the server lets clients register, and what it does with its freedom.
pub(crate) struct Rules {
    /// The scope of tokens that may register; `None`: anybody may.
    pub(crate) needs: Option<&'static str>,
    /// A token that somebody made by hand.
    pub(crate) initial_token: Option<&'static str>,
    /// Such a token is good for one registration (Curity).
    pub(crate) once: bool,
    /// The metadata name no endpoint: registration is switched off.
    pub(crate) off: bool,
    /// RFC 7592 is served.
    pub(crate) manages: bool,
    /// DELETE is served.
    pub(crate) deletes: bool,
    /// Reading ends the registration access token and the secret as well (Curity).
    pub(crate) read_rotates: bool,
    /// Replacing ends the secret.
    pub(crate) replace_rotates: bool,
    /// A name that is known gets the client that has it (as some gateways' key managers do).
    pub(crate) hands_out_by_name: bool,
    /// Registered clients get these scopes at the most.
    pub(crate) allows: Vec<&'static str>,
    /// Tokens of clients with the scope `dcrm` manage all clients (Curity).
    pub(crate) managers: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            needs: None,
            initial_token: None,
            once: false,
            off: false,
            manages: true,
            deletes: true,
            read_rotates: false,
            replace_rotates: false,
            hands_out_by_name: false,
            allows: SCOPES.to_vec(),
            managers: false,
        }
    }
}

#[derive(Default)]
pub(crate) struct Registration {
    pub(crate) rules: Rules,
    pub(crate) clients: BTreeMap<String, Members>,
    /// Registration access tokens by client.
    pub(crate) tokens: BTreeMap<String, String>,
    /// Tokens that were issued to the initial client, with their scope.
    issued: BTreeMap<String, String>,
    spent: BTreeSet<String>,
    made: u64,
}

impl Registration {
    pub(crate) fn with(rules: Rules) -> Self {
        Self {
            rules,
            ..Self::default()
        }
    }

    /// By hand, past every token.
    pub(crate) fn edit(&mut self, id: &str, member: &str, value: Value) {
        if let Some(client) = self.clients.get_mut(id) {
            client.insert(member.to_owned(), value);
        }
    }

    pub(crate) fn remove(&mut self, id: &str) {
        self.clients.remove(id);
        self.tokens.remove(id);
    }

    fn next(&mut self, what: &str) -> String {
        self.made += 1;
        format!("{what}-{}", self.made)
    }

    fn token(&mut self, call: &Call) -> Answer {
        let (id, secret) = call.client();
        let scope = call.text("scope").to_owned();
        if (id.as_str(), secret.as_str()) == ADMIN {
            let allowed = [self.rules.needs, self.rules.managers.then_some("dcrm")];
            if !scope.is_empty() && !allowed.contains(&Some(scope.as_str())) {
                return oauth_error(400, "invalid_scope", "The scope is not allowed");
            }
            let token = self.next("access-token");
            self.issued.insert(token.clone(), scope.clone());
            let body = json!({ "access_token": token, "scope": scope, "expires_in": 300 });
            return answer(200, body);
        }
        let Some(client) = self.clients.get(&id) else {
            let said = format!("unknown client, secret {secret}");
            return oauth_error(401, "invalid_client", &said);
        };
        if client["client_secret"] != secret {
            return oauth_error(401, "invalid_client", "wrong secret");
        }
        let own = client.get("scope").and_then(Value::as_str);
        let own = own.unwrap_or_default();
        let asked: Vec<&str> = scope.split(' ').filter(|s| !s.is_empty()).collect();
        if let Some(refused) = asked.iter().find(|s| !own.split(' ').any(|o| o == **s)) {
            return oauth_error(400, "invalid_scope", &format!("{refused} is not granted"));
        }
        let scope = if asked.is_empty() { own } else { &scope };
        granted(&json!({ "sub": id, "client_id": id }), Some(scope))
    }

    fn may_register(&mut self, call: &Call) -> bool {
        let bearer = call.bearer().to_owned();
        if let Some(token) = self.rules.initial_token {
            return bearer == token;
        }
        let Some(needed) = self.rules.needs else {
            return true;
        };
        let good = self
            .issued
            .get(&bearer)
            .is_some_and(|scope| scope == needed);
        good && (!self.rules.once || self.spent.insert(bearer))
    }

    fn register(&mut self, call: &Call) -> Answer {
        if !self.may_register(call) {
            return oauth_error(401, "invalid_token", "The token may not register clients");
        }
        if let Some(refusal) = self.refuses(&call.body) {
            return refusal;
        }
        let name = &call.body["client_name"];
        let known = self.clients.iter().find(|(_, c)| c["client_name"] == *name);
        let known = known.map(|(id, _)| id.clone());
        if let Some(id) = known.filter(|_| self.rules.hands_out_by_name) {
            return answer(200, self.clients[&id].clone().into());
        }
        let (id, secret) = (self.next("client"), self.next("secret"));
        let mut client = call.body.as_object().cloned().unwrap_or_default();
        client.insert("client_id".to_owned(), id.as_str().into());
        client.insert("client_secret".to_owned(), secret.into());
        client.insert("client_secret_expires_at".to_owned(), 0.into());
        self.clients.insert(id.clone(), client);
        answer(201, self.information(&id))
    }

    fn refuses(&self, body: &Value) -> Option<Answer> {
        let scopes = body["scope"].as_str().unwrap_or_default();
        let mut scopes = scopes.split(' ').filter(|s| !s.is_empty());
        if let Some(scope) = scopes.find(|scope| !self.rules.allows.contains(scope)) {
            let said = format!("the scope {scope} is not supported");
            return Some(oauth_error(400, "invalid_client_metadata", &said));
        }
        let uris = body["redirect_uris"].as_array().into_iter().flatten();
        let plain = |uri: &&Value| uri.as_str().is_some_and(|uri| uri.starts_with("http://"));
        let plain = uris.into_iter().find(plain)?;
        let said = format!("{plain} must be https");
        Some(oauth_error(400, "invalid_redirect_uri", &said))
    }

    /// The client with a fresh registration access token.
    fn information(&mut self, id: &str) -> Value {
        let mut client = self.clients[id].clone();
        if self.rules.manages {
            let token = self.next("registration-token");
            self.tokens.insert(id.to_owned(), token.clone());
            let uri = format!("{ISSUER}/register/{id}");
            client.insert("registration_access_token".to_owned(), token.into());
            client.insert("registration_client_uri".to_owned(), uri.into());
        }
        client.into()
    }

    fn manage(&mut self, call: &Call, id: &str) -> Answer {
        let manager =
            self.rules.managers && self.issued.get(call.bearer()).is_some_and(|s| s == "dcrm");
        if !manager && self.tokens.get(id).map(String::as_str) != Some(call.bearer()) {
            return oauth_error(401, "invalid_token", "no such registration");
        }
        match call.method.as_str() {
            "GET" => {
                self.rotate(id, self.rules.read_rotates);
                answer(200, self.information(id))
            }
            "PUT" => self.replace(call, id),
            "DELETE" if self.rules.deletes => {
                self.clients.remove(id);
                self.tokens.remove(id);
                answer(204, Value::Null)
            }
            _ => answer(405, Value::Null),
        }
    }

    fn rotate(&mut self, id: &str, rotates: bool) {
        if rotates {
            let secret = self.next("secret");
            let client = self.clients.get_mut(id).expect("a client");
            client.insert("client_secret".to_owned(), secret.into());
        }
    }

    fn replace(&mut self, call: &Call, id: &str) -> Answer {
        let body = call.body.as_object().cloned().unwrap_or_default();
        let forbidden = [
            "registration_access_token",
            "registration_client_uri",
            "client_secret_expires_at",
            "client_id_issued_at",
        ];
        if body["client_id"] != id || forbidden.iter().any(|name| body.contains_key(*name)) {
            return oauth_error(400, "invalid_client_metadata", "not the client's to send");
        }
        let secret = self.clients[id]["client_secret"].clone();
        if body
            .get("client_secret")
            .is_some_and(|sent| *sent != secret)
        {
            return oauth_error(400, "invalid_client_metadata", "not the client's secret");
        }
        if let Some(refusal) = self.refuses(&call.body) {
            return refusal;
        }
        let omitted = !body.contains_key("client_secret");
        let mut client = body;
        client.insert("client_secret".to_owned(), secret);
        self.clients.insert(id.to_owned(), client);
        self.rotate(
            id,
            self.rules.read_rotates || (self.rules.replace_rotates && omitted),
        );
        answer(200, self.information(id))
    }
}

impl Vendor for Registration {
    fn handle(&mut self, call: &Call) -> Answer {
        let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
        match (call.method.as_str(), path.as_slice()) {
            ("GET", ["tenant", ".well-known", "openid-configuration"]) => {
                let endpoint = (!self.rules.off).then(|| format!("{ISSUER}/register"));
                let metadata = json!({
                    "issuer": ISSUER,
                    "jwks_uri": format!("{ISSUER}/jwks"),
                    "token_endpoint": format!("{ISSUER}/token"),
                    "registration_endpoint": endpoint,
                });
                answer(200, metadata)
            }
            ("POST", ["tenant", "token"]) => self.token(call),
            ("POST", ["tenant", "register"]) => self.register(call),
            (_, ["tenant", "register", id]) => self.manage(call, id),
            _ => answer(404, Value::Null),
        }
    }
}
