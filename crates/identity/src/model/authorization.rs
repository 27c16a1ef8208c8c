//! What a user allowed a client.

use oauth::{Scopes, Timestamp};
use serde::{Deserialize, Serialize};

use crate::model::Members;
use crate::model::post_login::Custom;

/// An authorization: who allowed which client what, and how the user was authenticated for it.
///
/// It travels from the authorization endpoint (or another grant) through codes and refresh tokens to
/// the tokens themselves, and is kept as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Authorization {
    pub(crate) client_id: String,
    /// The user, `auth0|…`.
    pub(crate) user_id: String,
    /// The session that it was made in (`sid`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) session_id: Option<String>,
    /// When the user last proved who they are.
    pub(crate) auth_time: Timestamp,
    /// The API's identifier. Without one, the access token is opaque and good for `/userinfo` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) audience: Option<String>,
    /// What was granted, not what was asked for.
    pub(crate) scope: Scopes,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) nonce: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) acr: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) amr: Vec<String>,
    /// The `claims` parameter (OpenID Connect Core §5.5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) claims: Option<Members>,
    /// Thumbprint of the key that the code, and later the tokens, are bound to (RFC 9449 §6, §10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) dpop_jkt: Option<String>,
    /// What Actions put into its tokens. Refresh tokens do not keep it: they run the Actions anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) custom: Option<Box<Custom>>,
}

impl Authorization {
    /// Whether the scope was granted.
    pub(crate) fn has(&self, scope: &str) -> bool {
        self.scope.contains(scope)
    }
}
