//! How an operation is put on a path: never without the scopes that it needs.

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, on};
use http::{HeaderName, Method, header};
use tower_http::cors::{Any, CorsLayer};

use crate::management::access::{self, Guard};
use crate::management::problem::Problem;
use crate::{Error, Tenant};

pub(super) const METHODS: [(MethodFilter, &str); 5] = [
    (MethodFilter::GET, "GET"),
    (MethodFilter::POST, "POST"),
    (MethodFilter::PATCH, "PATCH"),
    (MethodFilter::PUT, "PUT"),
    (MethodFilter::DELETE, "DELETE"),
];

/// The largest body, as the vendor has it.
const MAX_BODY: usize = 1024 * 1024;

/// One operation: what it is asked by, and what it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The method.
    pub method: &'static str,
    /// The path beneath `/api/v2`, with `{…}` for variable segments.
    pub path: &'static str,
    /// A caller's token must hold one of these scopes.
    pub scopes: &'static [&'static str],
}

/// The operations that are served.
pub(crate) struct Operations {
    tenant: Tenant,
    router: Router<Tenant>,
    list: Vec<Operation>,
}

impl Operations {
    pub(super) fn new(tenant: &Tenant) -> Self {
        Self {
            tenant: tenant.clone(),
            router: Router::new(),
            list: Vec::new(),
        }
    }

    /// Serves an operation to callers whose token has any of the scopes. The check runs before the
    /// body is read, so that a stranger's bad body is still a stranger's request: 401, 403, 400.
    pub(super) fn serve<H, T>(
        &mut self,
        method: MethodFilter,
        path: &'static str,
        scopes: &'static [&'static str],
        handler: H,
    ) where
        H: Handler<T, Tenant>,
        T: 'static,
    {
        let method_name = METHODS.iter().find(|(filter, _)| *filter == method);
        self.list.push(Operation {
            method: method_name.map_or("", |(_, name)| name),
            path,
            scopes,
        });
        let state = Guard {
            tenant: self.tenant.clone(),
            any_of: scopes,
            path,
        };
        let guarded = on(method, handler).layer(from_fn_with_state(state, access::require));
        let router = std::mem::take(&mut self.router);
        self.router = router.route(path, guarded);
    }

    pub(super) fn list(&self) -> &[Operation] {
        &self.list
    }

    pub(super) fn into_router(self) -> Router<Tenant> {
        self.router
            .method_not_allowed_fallback(unknown)
            .fallback(unknown)
            .layer(DefaultBodyLimit::max(MAX_BODY))
            .layer(cors())
    }
}

/// Pages of any origin may call with a token, as the vendor's samples for browsers do. No cookie counts
/// here, so a page can do no more than the token that it holds.
fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([
            Method::GET,
            Method::POST,
            Method::PATCH,
            Method::PUT,
            Method::DELETE,
        ])
        .allow_headers([
            header::ACCEPT,
            header::AUTHORIZATION,
            header::CACHE_CONTROL,
            header::CONTENT_TYPE,
            HeaderName::from_static("auth0-client"),
        ])
        .expose_headers([header::RETRY_AFTER, header::WWW_AUTHENTICATE])
        .max_age(Duration::from_secs(86_400))
}

/// A path that the Management API does not have, in its own shape.
pub(crate) async fn unknown() -> Problem {
    Problem(Error::NotFound {
        code: None,
        message: "Not Found".into(),
    })
}
