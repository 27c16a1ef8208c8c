//! The error of OAuth endpoints, as a type.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The body of an error answer: `{"error": …, "error_description": …}`.
///
/// The description is for the developer who reads it: ASCII without quotes and backslashes, no secret.
///
/// Source: RFC 6749 §5.2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{error}: {}", error_description.as_deref().unwrap_or("no description"))]
pub struct OAuthError {
    /// The code.
    pub error: ErrorCode,
    /// What was wrong and what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_description: Option<String>,
    /// A page about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_uri: Option<String>,
}

impl OAuthError {
    /// An error with its description. Characters that RFC 6749 §5.2 does not allow are replaced.
    #[must_use]
    pub fn new(error: ErrorCode, description: impl AsRef<str>) -> Self {
        Self {
            error,
            error_description: Some(describable(description.as_ref()).into_owned()),
            error_uri: None,
        }
    }
}

impl From<ErrorCode> for OAuthError {
    fn from(error: ErrorCode) -> Self {
        Self {
            error,
            error_description: None,
            error_uri: None,
        }
    }
}

/// Replaces what `error_description` may not hold: anything but %x20-21 / %x23-5B / %x5D-7E.
pub(crate) fn describable(text: &str) -> Cow<'_, str> {
    let allowed = |c: char| matches!(c, ' '..='!' | '#'..='[' | ']'..='~');
    if text.chars().all(allowed) {
        return Cow::Borrowed(text);
    }
    let replaced = text.chars().map(|c| match c {
        '"' => '\'',
        '\\' => '/',
        c if allowed(c) => c,
        c if c.is_whitespace() => ' ',
        _ => '?',
    });
    Cow::Owned(replaced.collect())
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)*) => {
        /// An error code of OAuth or one of its extensions.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $($(#[$doc])* $variant,)*
            /// A code that is not named here, as another server wrote it.
            Other(String),
        }

        impl ErrorCode {
            /// The code on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other(code) => code,
                }
            }
        }

        impl From<&str> for ErrorCode {
            fn from(code: &str) -> Self {
                match code {
                    $($text => Self::$variant,)*
                    other => Self::Other(other.into()),
                }
            }
        }

        #[cfg(test)]
        const NAMED: &[&str] = &[$($text,)*];
    };
}

codes! {
    /// RFC 6749 §4.1.2.1, §5.2: a parameter is missing, repeated or malformed.
    InvalidRequest = "invalid_request",
    /// RFC 6749 §5.2: client authentication failed.
    InvalidClient = "invalid_client",
    /// RFC 6749 §5.2: code, refresh token or credentials are wrong, spent or for another client.
    InvalidGrant = "invalid_grant",
    /// RFC 6749 §5.2: the client may not use this grant.
    UnauthorizedClient = "unauthorized_client",
    /// RFC 6749 §5.2: the server has no such grant.
    UnsupportedGrantType = "unsupported_grant_type",
    /// RFC 6749 §5.2: the scope is unknown, malformed or beyond what was granted.
    InvalidScope = "invalid_scope",
    /// RFC 6749 §4.1.2.1: the owner or the server said no.
    AccessDenied = "access_denied",
    /// RFC 6749 §4.1.2.1: the server has no such response type.
    UnsupportedResponseType = "unsupported_response_type",
    /// RFC 6749 §4.1.2.1: the server failed.
    ServerError = "server_error",
    /// RFC 6749 §4.1.2.1: the server is overloaded or under maintenance.
    TemporarilyUnavailable = "temporarily_unavailable",
    /// RFC 6750 §3.1: the access token is expired, revoked or malformed.
    InvalidToken = "invalid_token",
    /// RFC 6750 §3.1: the access token's scope does not suffice.
    InsufficientScope = "insufficient_scope",
    /// RFC 7591 §3.2.2.
    InvalidRedirectUri = "invalid_redirect_uri",
    /// RFC 7591 §3.2.2.
    InvalidClientMetadata = "invalid_client_metadata",
    /// RFC 7591 §3.2.2.
    InvalidSoftwareStatement = "invalid_software_statement",
    /// RFC 7591 §3.2.2.
    UnapprovedSoftwareStatement = "unapproved_software_statement",
    /// RFC 7009 §2.2.1.
    UnsupportedTokenType = "unsupported_token_type",
    /// RFC 8628 §3.5: the user has not finished yet.
    AuthorizationPending = "authorization_pending",
    /// RFC 8628 §3.5: as above, and ask less often.
    SlowDown = "slow_down",
    /// RFC 8628 §3.5: the device code is too old.
    ExpiredToken = "expired_token",
    /// RFC 8707 §2: the resource or audience is unknown.
    InvalidTarget = "invalid_target",
    /// RFC 9126, RFC 9101 §6.2.
    InvalidRequestUri = "invalid_request_uri",
    /// RFC 9101 §6.2.
    InvalidRequestObject = "invalid_request_object",
    /// RFC 9101 §6.2.
    RequestNotSupported = "request_not_supported",
    /// RFC 9101 §6.2.
    RequestUriNotSupported = "request_uri_not_supported",
    /// RFC 9449 §5.
    InvalidDpopProof = "invalid_dpop_proof",
    /// RFC 9449 §8.
    UseDpopNonce = "use_dpop_nonce",
    /// OpenID Connect Core §3.1.2.6.
    LoginRequired = "login_required",
    /// OpenID Connect Core §3.1.2.6.
    InteractionRequired = "interaction_required",
    /// OpenID Connect Core §3.1.2.6.
    ConsentRequired = "consent_required",
    /// OpenID Connect Core §3.1.2.6.
    AccountSelectionRequired = "account_selection_required",
    /// Auth0: a second factor is asked for.
    MfaRequired = "mfa_required",
    /// Auth0: too many failed sign-ins.
    TooManyAttempts = "too_many_attempts",
    /// Auth0: the caller is over its rate limit.
    TooManyRequests = "too_many_requests",
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for ErrorCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ErrorCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::from(
            Cow::<'de, str>::deserialize(deserializer)?.as_ref(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::{ErrorCode, NAMED, OAuthError};

    #[test]
    fn every_code_survives_the_round_trip() {
        for code in NAMED {
            let read = ErrorCode::from(*code);
            assert!(!matches!(read, ErrorCode::Other(_)), "{code}");
            assert_eq!(read.as_str(), *code);
        }
        assert_eq!(
            ErrorCode::from("invalid_user_password").as_str(),
            "invalid_user_password"
        );
    }

    #[test]
    fn the_body_of_rfc_6749_section_5_2() {
        let error = OAuthError::new(ErrorCode::InvalidScope, "scope \"a\\b\" is not granted\n");
        assert_eq!(
            serde_json::to_string(&error).unwrap(),
            r#"{"error":"invalid_scope","error_description":"scope 'a/b' is not granted "}"#
        );
        let bare: OAuthError = serde_json::from_str(r#"{"error":"invalid_request"}"#).unwrap();
        assert_eq!(bare, ErrorCode::InvalidRequest.into());
    }
}
