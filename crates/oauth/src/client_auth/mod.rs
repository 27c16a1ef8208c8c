//! How a client proves who it is at an endpoint (RFC 6749 §2.3, RFC 7523, OpenID Connect Core §9).

pub mod assertion;
pub mod basic;
mod presented;

use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use presented::{Parameters, Presented, PresentedError, present};

use crate::ClientSecret;

/// `client_assertion_type` of RFC 7523 §2.2.
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A client's id and secret, as they were presented. Nothing in it is verified.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The id.
    pub client_id: String,
    /// The secret.
    pub client_secret: ClientSecret,
}

/// `token_endpoint_auth_method` (RFC 7591 §2, OpenID Connect Core §9, RFC 8705 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuthMethod {
    /// A public client: it names itself and proves nothing.
    None,
    /// The secret in the `Authorization` header.
    ClientSecretBasic,
    /// The secret in the body.
    ClientSecretPost,
    /// An assertion signed with the secret.
    ClientSecretJwt,
    /// An assertion signed with a private key.
    PrivateKeyJwt,
    /// A certificate from an authority.
    TlsClientAuth,
    /// A certificate of its own.
    SelfSignedTlsClientAuth,
}

impl ClientAuthMethod {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::ClientSecretJwt => "client_secret_jwt",
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::TlsClientAuth => "tls_client_auth",
            Self::SelfSignedTlsClientAuth => "self_signed_tls_client_auth",
        }
    }
}

/// The text names no method of client authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "is not a client authentication method: use none, client_secret_basic, client_secret_post or private_key_jwt"
)]
pub struct UnknownMethod;

impl FromStr for ClientAuthMethod {
    type Err = UnknownMethod;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        [
            Self::None,
            Self::ClientSecretBasic,
            Self::ClientSecretPost,
            Self::ClientSecretJwt,
            Self::PrivateKeyJwt,
            Self::TlsClientAuth,
            Self::SelfSignedTlsClientAuth,
        ]
        .into_iter()
        .find(|method| method.as_str() == name)
        .ok_or(UnknownMethod)
    }
}
