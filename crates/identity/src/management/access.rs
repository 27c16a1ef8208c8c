//! Who calls, what they may do, and what of it is written down.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use oauth::jose::Algorithm;
use oauth::jose::jwt::{self, Accept, Expectations};
use serde_json::json;

use crate::management::problem::Problem;
use crate::model::log::Event;
use crate::model::user::User;
use crate::visit::Visit;
use crate::{Error, Tenant};

/// A caller whose token held.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// Whose token it is.
    pub(crate) client_id: String,
    client_name: String,
    /// The user who gave the token to the client, if one did.
    user_id: Option<String>,
    scopes: HashSet<String>,
    /// What an operation says of itself for the log.
    said: Arc<OnceLock<(&'static str, User)>>,
    /// The client that an operation was about.
    client: Arc<OnceLock<String>>,
}

/// What stands in front of an operation.
#[derive(Clone)]
pub(super) struct Guard {
    pub(super) tenant: Tenant,
    /// A caller needs one of these.
    pub(super) any_of: &'static [&'static str],
    /// The operation's path beneath `/api/v2`.
    pub(super) path: &'static str,
}

impl Caller {
    pub(crate) fn has(&self, scope: &str) -> bool {
        self.scopes.contains(scope)
    }

    /// The user whose token it is, if it is a user's.
    pub(crate) fn user_id(&self) -> Option<&str> {
        self.user_id.as_deref()
    }

    /// Lets pass who has any of the scopes.
    pub(crate) fn require(&self, any_of: &[&'static str]) -> Result<(), Error> {
        if any_of.iter().any(|scope| self.has(scope)) {
            return Ok(());
        }
        Err(Error::InsufficientScope(any_of.to_vec()))
    }

    /// Which user the operation was about, and what it did: the log names both.
    pub(crate) fn did(&self, what: &'static str, user: &User) {
        let _ = self.said.set((what, user.clone()));
    }

    /// Which client the operation changed: who follows the log learns what to look at.
    pub(crate) fn changed(&self, client_id: &str) {
        let _ = self.client.set(client_id.to_owned());
    }
}

/// Stands in front of every operation: 401 without a valid token, 403 without a scope. What a caller
/// changed or tried to is written down.
pub(super) async fn require(
    State(guard): State<Guard>,
    mut request: Request,
    next: Next,
) -> Response {
    let caller = match authenticate(&guard.tenant, request.headers()).await {
        Ok(caller) => caller,
        Err(error) => return Problem(error).into_response(),
    };
    let method = request.method().clone();
    let (parts, body) = request.into_parts();
    let mut parts = parts;
    let Ok(visit) = Visit::from_request_parts(&mut parts, &guard.tenant).await;
    request = Request::from_parts(parts, body);
    let response = match caller.require(guard.any_of) {
        Ok(()) => {
            request.extensions_mut().insert(caller.clone());
            next.run(request).await
        }
        Err(error) => Problem(error).into_response(),
    };
    if method != Method::GET {
        write_down(&guard, &caller, &visit, &method, response.status());
    }
    response
}

/// An entry for an operation: who did what, by which of their scopes, with which outcome. Bodies, queries and the ids in paths stay
/// out: any of them may hold what is nobody's to read.
///
/// Source: the vendor's "Log Event Type Codes", `sapi` and `fapi`.
fn write_down(guard: &Guard, caller: &Caller, visit: &Visit, method: &Method, status: StatusCode) {
    let tenant = &guard.tenant;
    let path = format!("/api/v2{}", guard.path);
    let event = match status.is_success() {
        true => Event::SuccessApi,
        false => Event::FailedApi,
    };
    let needed = guard.any_of.iter().copied();
    let scopes: Vec<&str> = needed
        .filter(|scope| caller.scopes.contains(*scope))
        .collect();
    let request = json!({
        "method": method.as_str().to_ascii_lowercase(),
        "path": path,
        "channel": "api",
        "auth": { "strategy": "jwt", "credentials": { "scopes": scopes } },
    });
    let mut response = json!({ "statusCode": status.as_u16() });
    if let Some(client_id) = caller.client.get() {
        response["body"] = json!({ "client_id": client_id });
    }
    let details = json!({ "request": request, "response": response });
    let entry = tenant
        .entry(event, visit)
        .saying(format!("{method} {path}"))
        .client(&caller.client_id)
        .with("client_name", caller.client_name.as_str())
        .with("details", details);
    tenant.log(match caller.said.get() {
        Some((what, user)) => entry.saying(*what).user(user),
        None => entry,
    });
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // `require` put it there; without it nobody is let in.
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or(Problem(Error::Unauthenticated("Missing authentication")))
    }
}

async fn authenticate(tenant: &Tenant, headers: &HeaderMap) -> Result<Caller, Error> {
    const MISSING: Error = Error::Unauthenticated("Missing authentication");
    const INVALID: Error = Error::Unauthenticated("Invalid token");
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().ok_or(MISSING)?;
    if values.next().is_some() {
        return Err(INVALID);
    }
    let value = value.to_str().map_err(|_| INVALID)?;
    let (scheme, token) = value.split_once(' ').ok_or(MISSING)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(MISSING);
    }
    let ring = tenant.ring();
    let audience = tenant.settings().management_audience();
    let issuers: Vec<String> = tenant
        .settings()
        .origins()
        .map(|origin| origin.issuer().as_str().to_owned())
        .collect();
    let verified = jwt::verify(
        token.trim(),
        &ring.verifying,
        &Expectations {
            issuers: Accept::OneOf(&issuers),
            audiences: Accept::Only(&audience),
            now: tenant.clock().now(),
            leeway: Duration::ZERO,
            algorithms: &[Algorithm::Rs256],
            require_exp: true,
            max_age: None,
            typ: None,
        },
    )
    .map_err(|error| {
        tracing::debug!(error.cause = %error, "a management token was refused");
        match error {
            jwt::Error::Expired => {
                Error::Unauthenticated("Expired token received for JSON Web Token validation")
            }
            jwt::Error::WrongAudience => Error::Unauthenticated("Bad audience"),
            _ => INVALID,
        }
    })?;
    let claim = |name: &str| verified.claims.get(name).and_then(|value| value.as_str());
    let client_id = claim("azp").or_else(|| claim("client_id")).ok_or(INVALID)?;
    // A token outlives its client unless somebody looks.
    let client = tenant.directory().client(tenant, client_id).await?;
    let client = client.ok_or(INVALID)?;
    let scopes = claim("scope").unwrap_or_default();
    // RFC 9700 §4.15: no user is called like a client.
    let subject = claim("sub").filter(|subject| *subject != format!("{client_id}@clients"));
    Ok(Caller {
        client_id: client_id.to_owned(),
        client_name: client.client.name.clone(),
        user_id: subject.map(str::to_owned),
        said: Arc::default(),
        client: Arc::default(),
        scopes: scopes.split_ascii_whitespace().map(str::to_owned).collect(),
    })
}
