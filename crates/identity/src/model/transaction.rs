//! An authorization request on its way through the pages.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::authorization_request::AuthorizationRequest;
use crate::model::post_login::Acts;
use crate::token::KnownClient;

/// A pending authorization request of this browser. Made by `authentication::transaction` alone.
#[derive(Clone)]
pub(crate) struct Transaction {
    /// What leads to it: the `state` of the tenant's own pages, not the client's.
    pub(crate) state: String,
    pub(crate) request: AuthorizationRequest,
    /// Who asks.
    pub(crate) client: Arc<KnownClient>,
    pub(crate) progress: Progress,
}

/// What the user did for this request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Progress {
    /// The session in which the user signed in for this very request: `prompt=login` and `max_age`
    /// are satisfied by it.
    pub(crate) session_id: Option<String>,
    /// The user who consented for this very request: `prompt=consent` is satisfied by it.
    pub(crate) consented_by: Option<String>,
    /// What Actions made of the sign-in, as far as they have come.
    pub(crate) acts: Option<Box<Acts>>,
}
