//! JSON Web Tokens: signing, and verifying what is expected of them.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Algorithm, Header, KeyError, KeySet, SigningKey, jws};
use crate::Timestamp;

/// Signs claims as a compact JWT.
///
/// # Errors
/// [`KeyError::WrongAlgorithm`] if the key does not serve the header's algorithm.
///
/// Source: RFC 7519 §7.1.
pub fn sign(
    key: &SigningKey,
    header: &Header,
    claims: &impl Serialize,
) -> Result<String, KeyError> {
    let payload = serde_json::to_vec(claims).map_err(|_| KeyError::Malformed("claims"))?;
    key.sign(header, &payload)
}

/// Claims as an unsecured JWT: `alg` is `none`, the signature is empty. Only a client that registered
/// for it, and got it from the token endpoint over TLS, may take such a token.
///
/// Source: RFC 7519 §6, OpenID Connect Core §2.
#[must_use]
pub fn unsecured(claims: &Map<String, Value>) -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
    let payload = URL_SAFE_NO_PAD.encode(Value::Object(claims.clone()).to_string());
    format!("{header}.{payload}.")
}

/// The claims of an unsecured JWT (`alg` is `none`, RFC 7519 §6). They are worth what the way is worth
/// that they came by.
///
/// # Errors
/// [`Error::AlgorithmNotAllowed`] if it is signed, or says that it is; [`Error::Malformed`].
pub fn unsecured_claims(token: &str) -> Result<Map<String, Value>, Error> {
    let body = token
        .strip_suffix('.')
        .filter(|body| body.len() <= jws::MAX_TOKEN)
        .ok_or(Error::AlgorithmNotAllowed)?;
    let (header, payload) = body.split_once('.').ok_or(Error::Malformed("token"))?;
    let read = |part: &str, name| {
        let bytes = URL_SAFE_NO_PAD
            .decode(part)
            .map_err(|_| Error::Malformed(name))?;
        serde_json::from_slice::<Map<String, Value>>(&bytes).map_err(|_| Error::Malformed(name))
    };
    match read(header, "header")?.get("alg").and_then(Value::as_str) {
        Some("none") => read(payload, "claims"),
        _ => Err(Error::AlgorithmNotAllowed),
    }
}

/// The values of a claim that are accepted.
#[derive(Clone, Copy, Debug)]
pub enum Accept<'a> {
    /// The claim is not looked at; the caller checks it, or it does not matter.
    Anything,
    /// Exactly this value.
    Only(&'a str),
    /// Any of these values. An empty list accepts nothing.
    OneOf(&'a [String]),
}

impl Accept<'_> {
    fn takes(&self, value: &str) -> bool {
        match self {
            Self::Anything => true,
            Self::Only(only) => *only == value,
            Self::OneOf(list) => list.iter().any(|one| one == value),
        }
    }
}

/// What a token must be to be accepted. There is no default: each question needs an answer.
#[derive(Clone, Copy, Debug)]
pub struct Expectations<'a> {
    /// Accepted `iss`, compared byte by byte.
    pub issuers: Accept<'a>,
    /// Accepted `aud`; one of the token's audiences must be among them.
    pub audiences: Accept<'a>,
    /// This moment.
    pub now: Timestamp,
    /// Clock difference that is forgiven.
    pub leeway: Duration,
    /// Accepted algorithms, beside the key's own say. An empty list accepts nothing.
    pub algorithms: &'a [Algorithm],
    /// Whether a token without `exp` is refused.
    pub require_exp: bool,
    /// The oldest `iat` that is accepted; with it, `iat` must be there and not in the future.
    pub max_age: Option<Duration>,
    /// The `typ` that the header must have, such as `at+jwt`; without regard to case and to a
    /// leading `application/` (RFC 7515 §4.1.9).
    pub typ: Option<&'a str>,
}

/// A token whose signature and expectations hold.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The header.
    pub header: Header,
    /// All claims.
    pub claims: Map<String, Value>,
}

/// A token that was read and not verified: good for finding out whose keys to use, nothing else.
#[derive(Clone, Debug)]
pub struct Unverified {
    /// The header.
    pub header: Header,
    /// All claims, as the sender wrote them.
    pub claims: Map<String, Value>,
}

/// Why a token is refused. The text completes "the token …" and holds nothing of its content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It is no JWT.
    #[error("is not a JWT: {0}")]
    Malformed(&'static str),
    /// No known key has its id. Reading the issuer's keys again may help.
    #[error("is signed with a key that the issuer does not publish")]
    UnknownKey {
        /// The id, where the token names one.
        kid: Option<String>,
    },
    /// Its algorithm is not accepted, or not by its key.
    #[error("is signed with an algorithm that is not accepted")]
    AlgorithmNotAllowed,
    /// No known key made its signature.
    #[error("has a signature that does not verify")]
    BadSignature,
    /// `exp` is past.
    #[error("has expired")]
    Expired,
    /// `nbf` or `iat` is in the future.
    #[error("is not valid yet")]
    NotYetValid,
    /// `iat` is too long ago.
    #[error("was issued too long ago")]
    TooOld,
    /// `iss` is not accepted.
    #[error("is from another issuer")]
    WrongIssuer,
    /// `aud` holds nothing that is accepted.
    #[error("is for another audience")]
    WrongAudience,
    /// `typ` is another.
    #[error("is of another type")]
    WrongType,
    /// A claim that must be there is not.
    #[error("has no claim {0}")]
    MissingClaim(&'static str),
    /// A claim is not of the type that it must be.
    #[error("has a malformed claim {0}")]
    InvalidClaim(&'static str),
}

impl From<jws::Error> for Error {
    fn from(error: jws::Error) -> Self {
        match error {
            jws::Error::Malformed(part) => Self::Malformed(part),
            jws::Error::TooLong => Self::Malformed("too long"),
            jws::Error::UnsupportedAlgorithm => Self::AlgorithmNotAllowed,
            jws::Error::Critical => Self::Malformed("unsupported critical extension"),
        }
    }
}

/// Verifies a token: algorithm, key, signature, then type, times, issuer and audience.
///
/// Claims are not read before the signature holds. A leading `Bearer ` is not part of a token.
///
/// # Errors
/// The first expectation that fails; [`Error::UnknownKey`] asks the caller to read the issuer's keys
/// again and try once more.
///
/// Source: RFC 7519 §7.2, RFC 8725 §3.
pub fn verify(token: &str, keys: &KeySet, expect: &Expectations<'_>) -> Result<Verified, Error> {
    let compact = jws::Compact::split(token)?;
    let header = compact.header()?;
    if !expect.algorithms.contains(&header.alg) {
        return Err(Error::AlgorithmNotAllowed);
    }
    check_signature(&compact, &header, keys)?;
    if let Some(typ) = expect.typ {
        check_type(header.typ.as_deref(), typ)?;
    }
    let claims = claims(&compact)?;
    check_times(&claims, expect)?;
    check_issuer(&claims, expect)?;
    check_audience(&claims, expect)?;
    Ok(Verified { header, claims })
}

/// Reads a token without verifying anything.
///
/// # Errors
/// [`Error::Malformed`] or [`Error::AlgorithmNotAllowed`] if it is no signed JWT.
pub fn peek(token: &str) -> Result<Unverified, Error> {
    let compact = jws::Compact::split(token)?;
    let header = compact.header()?;
    let claims = claims(&compact)?;
    Ok(Unverified { header, claims })
}

/// Keys tried for one token. A set with more keys for the algorithm and none named is not served by
/// trying them all: each try costs the attacker nothing and us a public-key operation.
const MAX_TRIES: usize = 8;

fn check_signature(
    compact: &jws::Compact<'_>,
    header: &Header,
    keys: &KeySet,
) -> Result<(), Error> {
    let kid = header.kid.as_deref();
    let mut buffer: jws::SignatureBuffer = [0; size_of::<jws::SignatureBuffer>()];
    let signature = compact
        .signature(&mut buffer)
        .ok_or(Error::Malformed("signature"))?;
    let message = compact.signing_input.as_bytes();
    let mut tried = false;
    for key in keys.candidates(kid, header.alg).take(MAX_TRIES) {
        if key.verify(header.alg, message, signature) {
            return Ok(());
        }
        tried = true;
    }
    Err(match kid {
        _ if tried && kid.is_none_or(|kid| keys.knows(kid)) => Error::BadSignature,
        Some(kid) if keys.knows(kid) => Error::AlgorithmNotAllowed,
        _ => Error::UnknownKey {
            kid: header.kid.clone(),
        },
    })
}

fn claims(compact: &jws::Compact<'_>) -> Result<Map<String, Value>, Error> {
    serde_json::from_slice(&compact.payload()?).map_err(|_| Error::Malformed("claims"))
}

fn check_type(typ: Option<&str>, expected: &str) -> Result<(), Error> {
    let bare = |typ: &str| match typ.get(..12) {
        Some(prefix) if prefix.eq_ignore_ascii_case("application/") => typ[12..].to_owned(),
        _ => typ.to_owned(),
    };
    match typ {
        Some(typ) if bare(typ).eq_ignore_ascii_case(&bare(expected)) => Ok(()),
        _ => Err(Error::WrongType),
    }
}

fn check_times(claims: &Map<String, Value>, expect: &Expectations<'_>) -> Result<(), Error> {
    let now = expect.now;
    match date(claims, "exp")? {
        // RFC 7519 §4.1.4: on or after `exp` the token is not accepted.
        Some(exp) if now >= exp + expect.leeway => return Err(Error::Expired),
        None if expect.require_exp => return Err(Error::MissingClaim("exp")),
        _ => {}
    }
    if date(claims, "nbf")?.is_some_and(|nbf| now + expect.leeway < nbf) {
        return Err(Error::NotYetValid);
    }
    let issued = date(claims, "iat")?;
    if let Some(max_age) = expect.max_age {
        let issued = issued.ok_or(Error::MissingClaim("iat"))?;
        if now + expect.leeway < issued {
            return Err(Error::NotYetValid);
        }
        if now > issued + max_age + expect.leeway {
            return Err(Error::TooOld);
        }
    }
    Ok(())
}

/// A `NumericDate` (RFC 7519 §2): seconds, possibly with a fraction.
fn date(claims: &Map<String, Value>, name: &'static str) -> Result<Option<Timestamp>, Error> {
    match claims.get(name) {
        None => Ok(None),
        Some(Value::Number(number)) => {
            if let Some(seconds) = number.as_i64() {
                return Ok(Some(Timestamp::from_unix_seconds(seconds)));
            }
            let seconds = number.as_f64().ok_or(Error::InvalidClaim(name))?;
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a float cast saturates, which is what a date beyond time should do"
            )]
            Ok(Some(Timestamp::from_millis((seconds * 1000.0) as i64)))
        }
        Some(_) => Err(Error::InvalidClaim(name)),
    }
}

fn check_issuer(claims: &Map<String, Value>, expect: &Expectations<'_>) -> Result<(), Error> {
    match (expect.issuers, claims.get("iss")) {
        (Accept::Anything, _) => Ok(()),
        (_, None) => Err(Error::MissingClaim("iss")),
        (accepted, Some(Value::String(iss))) if accepted.takes(iss) => Ok(()),
        (_, Some(Value::String(_))) => Err(Error::WrongIssuer),
        (_, Some(_)) => Err(Error::InvalidClaim("iss")),
    }
}

fn check_audience(claims: &Map<String, Value>, expect: &Expectations<'_>) -> Result<(), Error> {
    let takes = |value: &Value| {
        value
            .as_str()
            .is_some_and(|aud| expect.audiences.takes(aud))
    };
    match (expect.audiences, claims.get("aud")) {
        (Accept::Anything, _) => Ok(()),
        (_, None) => Err(Error::MissingClaim("aud")),
        (_, Some(aud @ Value::String(_))) if takes(aud) => Ok(()),
        (_, Some(Value::Array(list))) if list.iter().any(takes) => Ok(()),
        (_, Some(Value::String(_) | Value::Array(_))) => Err(Error::WrongAudience),
        (_, Some(_)) => Err(Error::InvalidClaim("aud")),
    }
}
