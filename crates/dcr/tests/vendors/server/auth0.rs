//! A stand-in for an Auth0 tenant, for what the real one cannot be made to do: rate limits, faults,
//! and answers that never arrive. It keeps to the Management API's order of refusals: token, then
//! permission, then body, then existence.

use std::collections::{BTreeMap, BTreeSet};
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use dcr::contract::TokenEndpoint;
use oauth::ClientSecret;
use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};

use super::{body, jwt};

pub(crate) const ISSUER: &str = "http://tenant.auth0.test";
pub(crate) const ADMIN: (&str, &str) = ("admin-client", "admin-secret-never-in-an-error");
pub(crate) const AUDIENCE: &str = "https://api.weather.example/";

pub(crate) const PERMISSIONS: [&str; 10] = [
    "read:client_grants",
    "create:client_grants",
    "update:client_grants",
    "delete:client_grants",
    "read:clients",
    "create:clients",
    "update:clients",
    "delete:clients",
    "update:client_keys",
    "read:resource_servers",
];

/// What goes wrong with the next call of a method and path.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// Answers this status with these headers; nothing was done.
    Answers(u16, Vec<(&'static str, String)>),
    /// Does what was asked and never answers.
    AnswerLost,
}

#[derive(Clone, Default)]
pub(crate) struct StandIn(Arc<Mutex<Tenant>>);

#[derive(Default)]
pub(crate) struct Tenant {
    pub(crate) permissions: BTreeSet<String>,
    pub(crate) clients: BTreeMap<String, Map<String, Value>>,
    pub(crate) grants: BTreeMap<String, Map<String, Value>>,
    /// Management tokens with the permissions that they were issued with.
    pub(crate) tokens: BTreeMap<String, BTreeSet<String>>,
    /// Every call: method and path without the query.
    pub(crate) log: Vec<String>,
    /// The tenant's own log of changes: entries of the kind `sapi`.
    pub(crate) entries: Vec<Value>,
    /// Clients and grants on a page at most; a few, so that a test walks over several.
    pub(crate) page: usize,
    pub(crate) expires_in: u64,
    /// What its clock says, as a `Date` header.
    pub(crate) date: Option<String>,
    faults: Vec<(String, Fault)>,
    made: u64,
}

impl StandIn {
    pub(crate) fn new() -> Self {
        let stand_in = Self::default();
        {
            let mut tenant = stand_in.tenant();
            tenant.permissions = PERMISSIONS.iter().map(ToString::to_string).collect();
            tenant.expires_in = 86_400;
            // Beyond what the vendor's page asks for.
            tenant.permissions.insert("read:logs".to_owned());
            tenant.page = 2;
        }
        stand_in
    }

    pub(crate) fn tenant(&self) -> MutexGuard<'_, Tenant> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next call of this method and path (a prefix, like `POST /api/v2/clients`) goes wrong.
    pub(crate) fn fail(&self, call: &str, fault: Fault) {
        self.tenant().faults.push((call.to_owned(), fault));
    }

    pub(crate) fn revoke(&self, permission: &str) {
        self.tenant().permissions.remove(permission);
    }

    /// How often a call was made.
    pub(crate) fn count(&self, call: &str) -> usize {
        let tenant = self.tenant();
        tenant
            .log
            .iter()
            .filter(|logged| logged.as_str() == call)
            .count()
    }

    pub(crate) fn router(&self) -> Router {
        Router::new().fallback(answer).with_state(self.clone())
    }
}

async fn answer(State(stand_in): State<StandIn>, request: Request<Body>) -> Response {
    let (parts, sent) = request.into_parts();
    let call = format!("{} {}", parts.method, parts.uri.path());
    let fault = {
        let mut tenant = stand_in.tenant();
        tenant.log.push(call.clone());
        let at = tenant
            .faults
            .iter()
            .position(|(prefix, _)| call.starts_with(prefix));
        at.map(|at| tenant.faults.remove(at).1)
    };
    if let Some(Fault::Answers(status, headers)) = fault {
        let mut response = StatusCode::from_u16(status)
            .expect("a status")
            .into_response();
        for (name, value) in headers {
            response
                .headers_mut()
                .insert(name, value.parse().expect("a header"));
        }
        return response;
    }
    let body = body(
        &parts.headers,
        &to_bytes(sent, 1 << 20).await.expect("a body"),
    );
    let query: BTreeMap<String, String> =
        url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
    let token = parts
        .headers
        .get("authorization")
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "))
        .unwrap_or_default()
        .to_owned();
    let segments: Vec<String> = parts
        .uri
        .path()
        .split('/')
        .skip(1)
        .map(|s| {
            percent_encoding::percent_decode_str(s)
                .decode_utf8_lossy()
                .into_owned()
        })
        .collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let response = {
        let mut tenant = stand_in.tenant();
        let response = tenant.handle(&parts.method, &segments, &query, &token, &body);
        if let Ok((status, answer)) = &response {
            tenant.write_down(&parts.method, parts.uri.path(), *status, answer);
        }
        response
    };
    if matches!(fault, Some(Fault::AnswerLost)) {
        return pending().await;
    }
    let date = stand_in.tenant().date.clone();
    let mut response = match response {
        Ok((status, body)) if status == StatusCode::NO_CONTENT => {
            debug_assert!(body.is_null());
            status.into_response()
        }
        Ok((status, body)) | Err((status, body)) => (status, Json(body)).into_response(),
    };
    if let Some(date) = date {
        let date = date.parse().expect("a header");
        response.headers_mut().insert("date", date);
    }
    response
}

type Answer = Result<(StatusCode, Value), (StatusCode, Value)>;

fn refuse(status: StatusCode, code: &str, message: &str) -> (StatusCode, Value) {
    let reason = status.canonical_reason().unwrap_or_default();
    let body = json!({ "statusCode": status.as_u16(), "error": reason, "message": message, "errorCode": code });
    (status, body)
}

fn absent_client() -> (StatusCode, Value) {
    refuse(
        StatusCode::NOT_FOUND,
        "inexistent_client",
        "The client does not exist",
    )
}

impl Tenant {
    fn handle(
        &mut self,
        method: &Method,
        path: &[&str],
        query: &BTreeMap<String, String>,
        token: &str,
        body: &Value,
    ) -> Answer {
        match (method.as_str(), path) {
            ("GET", [".well-known", "openid-configuration"]) => Ok((
                StatusCode::OK,
                json!({ "issuer": format!("{ISSUER}/"), "token_endpoint": format!("{ISSUER}/oauth/token") }),
            )),
            ("POST", ["oauth", "token"]) => self.management_token(body),
            ("GET", ["api", "v2", "clients"]) => {
                self.authorise(token, "read:clients")?;
                Ok((StatusCode::OK, self.page_of_clients(query)))
            }
            ("POST", ["api", "v2", "clients"]) => {
                self.authorise(token, "create:clients")?;
                let Some(given) = body.as_object().filter(|body| body.contains_key("name")) else {
                    return Err(refuse(
                        StatusCode::BAD_REQUEST,
                        "invalid_body",
                        "Payload validation error: 'Missing required property: name'.",
                    ));
                };
                self.made += 1;
                let id = format!("client{:026}", self.made);
                let mut client = given.clone();
                client.insert("client_id".to_owned(), json!(id));
                client.insert(
                    "client_secret".to_owned(),
                    json!(format!("secret-{}", self.made)),
                );
                self.clients.insert(id, client.clone());
                Ok((StatusCode::CREATED, Value::Object(client)))
            }
            ("GET", ["api", "v2", "clients", id]) => {
                self.authorise(token, "read:clients")?;
                let client = self.clients.get(*id).ok_or_else(absent_client)?;
                Ok((StatusCode::OK, Value::Object(client.clone())))
            }
            ("PATCH", ["api", "v2", "clients", id]) => {
                self.authorise(token, "update:clients")?;
                let client = self.clients.get_mut(*id).ok_or_else(absent_client)?;
                client.extend(body.as_object().cloned().unwrap_or_default());
                Ok((StatusCode::OK, Value::Object(client.clone())))
            }
            ("DELETE", ["api", "v2", "clients", id]) => {
                self.authorise(token, "delete:clients")?;
                self.clients.remove(*id);
                self.grants
                    .retain(|_, grant| grant["client_id"] != json!(id));
                Ok((StatusCode::NO_CONTENT, Value::Null))
            }
            ("POST", ["api", "v2", "clients", id, "rotate-secret"]) => {
                self.authorise(token, "update:client_keys")?;
                self.made += 1;
                let secret = json!(format!("secret-{}", self.made));
                let client = self.clients.get_mut(*id).ok_or_else(absent_client)?;
                client.insert("client_secret".to_owned(), secret);
                Ok((StatusCode::OK, Value::Object(client.clone())))
            }
            ("GET", ["api", "v2", "client-grants"]) => {
                self.authorise(token, "read:client_grants")?;
                let fits = |grant: &Map<String, Value>| {
                    ["client_id", "audience"].iter().all(|name| {
                        query
                            .get(*name)
                            .is_none_or(|wanted| grant[*name] == json!(wanted))
                    })
                };
                let after = query.get("from").cloned().unwrap_or_default();
                let rest = self.grants.iter().filter(|(id, _)| **id > after);
                let mut rest = rest.filter(|(_, grant)| fits(grant)).peekable();
                let page: Vec<_> = rest.by_ref().take(self.page).collect();
                let next = rest.peek().and(page.last()).map(|(id, _)| id.to_string());
                let grants: Vec<_> = page.into_iter().map(|(_, grant)| grant).collect();
                // Whoever does not ask for a page gets them all.
                Ok((
                    StatusCode::OK,
                    match query.contains_key("take") {
                        true => json!({ "client_grants": grants, "next": next }),
                        false => {
                            json!(
                                self.grants
                                    .values()
                                    .filter(|grant| fits(grant))
                                    .collect::<Vec<_>>()
                            )
                        }
                    },
                ))
            }
            ("POST", ["api", "v2", "client-grants"]) => {
                self.authorise(token, "create:client_grants")?;
                self.create_grant(body)
            }
            ("PATCH", ["api", "v2", "client-grants", id]) => {
                self.authorise(token, "update:client_grants")?;
                let absent = || {
                    refuse(
                        StatusCode::NOT_FOUND,
                        "inexistent_client_grant",
                        "The grant does not exist",
                    )
                };
                let grant = self.grants.get_mut(*id).ok_or_else(absent)?;
                grant.insert("scope".to_owned(), body["scope"].clone());
                Ok((StatusCode::OK, Value::Object(grant.clone())))
            }
            ("DELETE", ["api", "v2", "client-grants", id]) => {
                self.authorise(token, "delete:client_grants")?;
                self.grants.remove(*id);
                Ok((StatusCode::NO_CONTENT, Value::Null))
            }
            ("GET", ["api", "v2", "logs"]) => {
                self.authorise(token, "read:logs")?;
                Ok((StatusCode::OK, self.page_of_entries(query)?))
            }
            ("GET", ["api", "v2", "resource-servers", identifier]) => {
                self.authorise(token, "read:resource_servers")?;
                if *identifier != AUDIENCE {
                    return Err(refuse(
                        StatusCode::NOT_FOUND,
                        "inexistent_resource_server",
                        "The resource server does not exist",
                    ));
                }
                let scopes = json!([{ "value": "read:weather", "description": "Read it" }, { "value": "write:weather" }]);
                Ok((
                    StatusCode::OK,
                    json!({ "identifier": AUDIENCE, "scopes": scopes }),
                ))
            }
            _ => Err(refuse(StatusCode::NOT_FOUND, "not_found", "Not Found")),
        }
    }

    fn management_token(&mut self, body: &Value) -> Answer {
        let refuse = |status, description: &str| {
            Err((
                status,
                json!({ "error": "access_denied", "error_description": description }),
            ))
        };
        let client_id = body["client_id"].as_str().unwrap_or_default();
        if let Some(client) = self.clients.get(client_id) {
            return self.client_token(client, body);
        }
        if body["client_id"] != ADMIN.0 || body["client_secret"] != ADMIN.1 {
            // A tenant that echoes what it got must not put it into our errors.
            return refuse(
                StatusCode::UNAUTHORIZED,
                &format!("Unauthorized {}", body["client_secret"]),
            );
        }
        let audience = body["audience"].as_str().unwrap_or_default();
        if audience != format!("{ISSUER}/api/v2/") {
            return refuse(
                StatusCode::FORBIDDEN,
                &format!("Service not enabled within domain: {audience}"),
            );
        }
        self.made += 1;
        let token = format!("token-{}", self.made);
        self.tokens.insert(token.clone(), self.permissions.clone());
        Ok((
            StatusCode::OK,
            json!({ "access_token": token, "expires_in": self.expires_in, "token_type": "Bearer" }),
        ))
    }

    /// A token for an application, with the claims of Auth0's dialect.
    fn client_token(&self, client: &Map<String, Value>, body: &Value) -> Answer {
        if client["client_secret"] != body["client_secret"] {
            let refusal = json!({ "error": "access_denied", "error_description": "Unauthorized" });
            return Err((StatusCode::UNAUTHORIZED, refusal));
        }
        let claims = json!({ "azp": client["client_id"], "aud": body["audience"] });
        let token = jwt(&claims);
        let answer = json!({ "access_token": token, "scope": body["scope"], "expires_in": 60 });
        Ok((StatusCode::OK, answer))
    }

    fn authorise(&self, token: &str, permission: &str) -> Result<(), (StatusCode, Value)> {
        let Some(permissions) = self.tokens.get(token) else {
            return Err(refuse(
                StatusCode::UNAUTHORIZED,
                "invalid_token",
                "Invalid token",
            ));
        };
        if permissions.contains(permission) {
            return Ok(());
        }
        let message = format!("Insufficient scope, expected any of: {permission}");
        Err(refuse(
            StatusCode::FORBIDDEN,
            "insufficient_scope",
            &message,
        ))
    }

    /// What changes clients is written down, as the vendor does it: the path as it was sent, and of an
    /// answer what names the client.
    fn write_down(&mut self, method: &Method, path: &str, status: StatusCode, answer: &Value) {
        if *method == Method::GET || !path.starts_with("/api/v2/") {
            return;
        }
        let request = json!({ "method": method.as_str().to_lowercase(), "path": path });
        let mut response = json!({ "statusCode": status.as_u16() });
        if answer["client_id"].is_string() {
            response["body"] = json!({ "client_id": answer["client_id"] });
        }
        let entry = json!({
            "log_id": format!("{:030}", self.entries.len() + 1),
            "type": "sapi",
            "client_id": ADMIN.0,
            "description": format!("{method} {path}"),
            "details": { "request": request, "response": response },
        });
        self.entries.push(entry);
    }

    /// By hand, past every permission.
    pub(crate) fn edit(&mut self, id: &str, edit: impl FnOnce(&mut Map<String, Value>)) {
        if let Some(client) = self.clients.get_mut(id) {
            edit(client);
            self.by_hand("patch", &format!("/api/v2/clients/{id}"));
        }
    }

    pub(crate) fn remove(&mut self, id: &str) {
        self.clients.remove(id);
        self.grants
            .retain(|_, grant| grant["client_id"] != json!(id));
        self.by_hand("delete", &format!("/api/v2/clients/{id}"));
    }

    pub(crate) fn by_hand(&mut self, method: &str, path: &str) {
        let entry = json!({
            "log_id": format!("{:030}", self.entries.len() + 1),
            "type": "sapi",
            "client_id": "dashboard",
            "details": { "request": { "method": method, "path": path } },
        });
        self.entries.push(entry);
    }

    fn page_of_entries(
        &self,
        query: &BTreeMap<String, String>,
    ) -> Result<Value, (StatusCode, Value)> {
        let number = |name: &str| query.get(name).and_then(|text| text.parse().ok());
        let Some(from) = query.get("from") else {
            let newest = self.entries.iter().rev();
            let newest: Vec<_> = newest.take(number("per_page").unwrap_or(50)).collect();
            return Ok(json!(newest));
        };
        let at = self
            .entries
            .iter()
            .position(|entry| entry["log_id"] == json!(from));
        let at = at.ok_or_else(|| {
            refuse(
                StatusCode::NOT_FOUND,
                "inexistent_log",
                "The log entry does not exist",
            )
        })?;
        let rest = self.entries.iter().skip(at + 1);
        let page: Vec<_> = rest.take(number("take").unwrap_or(50)).collect();
        Ok(json!(page))
    }

    fn page_of_clients(&self, query: &BTreeMap<String, String>) -> Value {
        let take = query
            .get("take")
            .and_then(|take| take.parse().ok())
            .unwrap_or(50_usize);
        let take = take.min(self.page);
        let after = query.get("from").cloned().unwrap_or_default();
        let rest: Vec<_> = self.clients.iter().filter(|(id, _)| **id > after).collect();
        let page: Vec<_> = rest.iter().take(take).map(|(_, client)| client).collect();
        let mut answer = json!({ "clients": page });
        if rest.len() > take {
            answer["next"] = json!(rest[take - 1].0);
        }
        answer
    }

    fn create_grant(&mut self, body: &Value) -> Answer {
        let client_id = body["client_id"].as_str().unwrap_or_default();
        if !self.clients.contains_key(client_id) {
            return Err(absent_client());
        }
        if body["audience"] != AUDIENCE {
            return Err(refuse(
                StatusCode::NOT_FOUND,
                "inexistent_resource_server",
                "The resource server does not exist",
            ));
        }
        if self
            .grants
            .values()
            .any(|g| g["client_id"] == body["client_id"] && g["audience"] == body["audience"])
        {
            return Err(refuse(
                StatusCode::CONFLICT,
                "resource_conflict",
                "A client grant for this API already exists",
            ));
        }
        let defined = |scope: &Value| {
            ["openid", "read:weather", "write:weather"]
                .iter()
                .any(|s| scope == s)
        };
        if !body["scope"]
            .as_array()
            .is_some_and(|scopes| scopes.iter().all(defined))
        {
            return Err(refuse(
                StatusCode::BAD_REQUEST,
                "invalid_body",
                "One or more scopes are not defined",
            ));
        }
        self.made += 1;
        let id = format!("cgr_{:016}", self.made);
        let mut grant = body.as_object().cloned().unwrap_or_default();
        grant.insert("id".to_owned(), json!(id));
        self.grants.insert(id, grant.clone());
        Ok((StatusCode::CREATED, Value::Object(grant)))
    }
}

#[async_trait]
impl TokenEndpoint for StandIn {
    async fn client_credentials(
        &self,
        client_id: &str,
        secret: &ClientSecret,
        audience: &str,
        scope: Option<&str>,
    ) -> Result<Vec<String>, u16> {
        let tenant = self.tenant();
        let client = tenant.clients.get(client_id).ok_or(401_u16)?;
        if client["client_secret"] != secret.expose_secret() {
            return Err(401);
        }
        let grant = tenant
            .grants
            .values()
            .find(|grant| grant["client_id"] == client_id && grant["audience"] == audience)
            .ok_or(403_u16)?;
        let granted = grant["scope"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        let scopes: Vec<String> = granted
            .filter(|granted| scope.is_none_or(|scope| scope == *granted))
            .map(str::to_owned)
            .collect();
        if scopes.is_empty() {
            Err(403)
        } else {
            Ok(scopes)
        }
    }
}
