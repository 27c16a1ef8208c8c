//! What a request presents, before anything is looked up.

use super::{Credentials, JWT_BEARER, basic};
use crate::ClientSecret;

/// The parts of a request that may hold client authentication. Empty values count as absent
/// (RFC 6749 §3.2).
#[derive(Clone, Copy, Default)]
pub struct Parameters<'a> {
    /// The `Authorization` header.
    pub authorization: Option<&'a str>,
    /// Body parameter.
    pub client_id: Option<&'a str>,
    /// Body parameter.
    pub client_secret: Option<&'a str>,
    /// Body parameter.
    pub client_assertion_type: Option<&'a str>,
    /// Body parameter.
    pub client_assertion: Option<&'a str>,
}

/// How the client authenticates in this request. Nothing in it is verified.
#[derive(Clone, Debug)]
pub enum Presented {
    /// `none`: the id alone.
    Public {
        /// The id.
        client_id: String,
    },
    /// `client_secret_basic`.
    Basic(Credentials),
    /// `client_secret_post`.
    Post(Credentials),
    /// `private_key_jwt` or `client_secret_jwt`.
    Assertion {
        /// The id, if it was sent beside the assertion; the assertion's `sub` is what counts.
        client_id: Option<String>,
        /// The assertion.
        assertion: String,
    },
}

/// Why a request does not say who its client is. All but [`PresentedError::Missing`] are
/// `invalid_request`; that one is `invalid_client`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PresentedError {
    /// No client at all.
    #[error(
        "client authentication is missing: send client_id and client_secret, or an Authorization header"
    )]
    Missing,
    /// The header is Basic and broken.
    #[error("the Authorization header must be: Basic base64(client_id:client_secret)")]
    Malformed,
    /// RFC 6749 §2.3: a client must not use more than one method in a request.
    #[error("use one method of client authentication, not several")]
    Several,
    /// The two places name different clients.
    #[error("client_id differs from the client of the Authorization header")]
    Differs,
    /// The assertion is of an unknown type, or without one.
    #[error("client_assertion_type must be urn:ietf:params:oauth:client-assertion-type:jwt-bearer")]
    AssertionType,
}

/// Finds out which method a request uses.
///
/// An `Authorization` header of another scheme is not looked at. `client_id` beside Basic or an
/// assertion is allowed if it is the same client.
///
/// # Errors
/// [`PresentedError`] if no or more than one method is used, or one is malformed.
///
/// Source: RFC 6749 §2.3.1, §3.2.1; RFC 7521 §4.2.
pub fn present(request: &Parameters<'_>) -> Result<Presented, PresentedError> {
    let given = |value: Option<&str>| value.filter(|v| !v.is_empty()).map(ToOwned::to_owned);
    let client_id = given(request.client_id);
    let secret = given(request.client_secret);
    let assertion = given(request.client_assertion);
    let from_header = match request.authorization.map(basic::for_issuer) {
        None | Some(Err(basic::BasicError::OtherScheme)) => None,
        Some(Err(basic::BasicError::Malformed)) => return Err(PresentedError::Malformed),
        Some(Ok(credentials)) => Some(credentials),
    };
    match (from_header, assertion, secret) {
        (Some(_), Some(_), _) | (_, Some(_), Some(_)) => Err(PresentedError::Several),
        (Some(header), None, body_secret) => {
            if client_id.is_some_and(|id| id != header.client_id) {
                return Err(PresentedError::Differs);
            }
            match body_secret {
                Some(_) => Err(PresentedError::Several),
                None => Ok(Presented::Basic(header)),
            }
        }
        (None, Some(assertion), None) => match request.client_assertion_type {
            Some(JWT_BEARER) => Ok(Presented::Assertion {
                client_id,
                assertion,
            }),
            _ => Err(PresentedError::AssertionType),
        },
        (None, None, Some(secret)) => Ok(Presented::Post(Credentials {
            client_id: client_id.ok_or(PresentedError::Missing)?,
            client_secret: ClientSecret::from(secret),
        })),
        (None, None, None) => match client_id {
            Some(client_id) => Ok(Presented::Public { client_id }),
            None => Err(PresentedError::Missing),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{Parameters, Presented, PresentedError, present};
    use crate::client_auth::JWT_BEARER;

    const BASIC: &str = "Basic YTpz"; // a:s

    #[test]
    fn each_method_is_told_apart() {
        let basic = Parameters {
            authorization: Some(BASIC),
            client_id: Some("a"),
            client_secret: Some(""),
            ..Parameters::default()
        };
        assert!(matches!(present(&basic), Ok(Presented::Basic(c)) if c.client_id == "a"));
        let post = Parameters {
            authorization: Some("Bearer x"),
            client_id: Some("a"),
            client_secret: Some("s"),
            ..Parameters::default()
        };
        assert!(matches!(present(&post), Ok(Presented::Post(_))));
        let public = Parameters {
            client_id: Some("a"),
            ..Parameters::default()
        };
        assert!(matches!(present(&public), Ok(Presented::Public { .. })));
        let assertion = Parameters {
            client_assertion: Some("x.y.z"),
            client_assertion_type: Some(JWT_BEARER),
            ..Parameters::default()
        };
        assert!(matches!(
            present(&assertion),
            Ok(Presented::Assertion { .. })
        ));
    }

    #[test]
    fn doubtful_requests_are_refused() {
        let two = Parameters {
            authorization: Some(BASIC),
            client_secret: Some("s"),
            ..Parameters::default()
        };
        assert_eq!(present(&two).unwrap_err(), PresentedError::Several);
        let other = Parameters {
            authorization: Some(BASIC),
            client_id: Some("b"),
            ..Parameters::default()
        };
        assert_eq!(present(&other).unwrap_err(), PresentedError::Differs);
        let nothing = Parameters::default();
        assert_eq!(present(&nothing).unwrap_err(), PresentedError::Missing);
        let broken = Parameters {
            authorization: Some("Basic !"),
            ..Parameters::default()
        };
        assert_eq!(present(&broken).unwrap_err(), PresentedError::Malformed);
        let untyped = Parameters {
            client_assertion: Some("x.y.z"),
            ..Parameters::default()
        };
        assert_eq!(
            present(&untyped).unwrap_err(),
            PresentedError::AssertionType
        );
    }
}
