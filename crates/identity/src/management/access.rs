//! Who calls, and what they may do.

use std::collections::HashSet;
use std::time::Duration;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use oauth::jose::Algorithm;
use oauth::jose::jwt::{self, Accept, Expectations};

use crate::management::problem::Problem;
use crate::{Error, Tenant};

/// The scopes of a caller whose token held.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    scopes: HashSet<String>,
}

impl Caller {
    pub(crate) fn has(&self, scope: &str) -> bool {
        self.scopes.contains(scope)
    }

    /// Lets pass who has any of the scopes.
    pub(crate) fn require(&self, any_of: &[&'static str]) -> Result<(), Error> {
        if any_of.iter().any(|scope| self.has(scope)) {
            return Ok(());
        }
        Err(Error::InsufficientScope(any_of.to_vec()))
    }
}

/// Stands in front of every operation: 401 without a valid token, 403 without a scope.
pub(super) async fn require(
    State((tenant, any_of)): State<(Tenant, &'static [&'static str])>,
    mut request: Request,
    next: Next,
) -> Response {
    let allowed = match authenticate(&tenant, request.headers()).await {
        Ok(caller) => caller.require(any_of).map(|()| caller),
        Err(error) => Err(error),
    };
    match allowed {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(error) => Problem(error).into_response(),
    }
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
    tenant
        .directory()
        .client(tenant, client_id)
        .await?
        .ok_or(INVALID)?;
    let scopes = claim("scope").unwrap_or_default();
    Ok(Caller {
        scopes: scopes.split_ascii_whitespace().map(str::to_owned).collect(),
    })
}
