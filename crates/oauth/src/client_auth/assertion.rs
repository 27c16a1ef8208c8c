//! JWT assertions of clients: `private_key_jwt` and `client_secret_jwt`.

use std::time::Duration;

use serde_json::Value;

use crate::Timestamp;
use crate::jose::{Algorithm, KeySet, jwt};

/// The longest lifetime of an assertion. Source: auth0.com/docs, "Authenticate with Private Key JWT".
pub const MAX_LIFETIME: Duration = Duration::from_secs(5 * 60);

/// Clock difference that is forgiven. Source: as above.
pub const LEEWAY: Duration = Duration::from_secs(10);

/// Longest `jti` that is kept to notice a replay.
pub const MAX_JTI: usize = 255;

/// What an assertion must be.
#[derive(Clone, Copy, Debug)]
pub struct Expectations<'a> {
    /// The client that signs, found by [`subject`]: `iss` and `sub` must both be it.
    pub client_id: &'a str,
    /// The values of `aud` that mean this issuer. Best only its issuer identifier.
    pub audiences: &'a [String],
    /// Accepted algorithms: for `private_key_jwt` those registered, never symmetric ones.
    pub algorithms: &'a [Algorithm],
    /// This moment.
    pub now: Timestamp,
}

/// An assertion that holds. The caller refuses a `jti` that this client used before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The assertion's id.
    pub jti: String,
    /// Until when the id must be remembered.
    pub remember_until: Timestamp,
}

/// Why an assertion is refused. The text completes "the client assertion …".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The JWT itself is refused.
    #[error(transparent)]
    Token(#[from] jwt::Error),
    /// `iss` and `sub` must be the client.
    #[error("must have iss and sub equal to the client id")]
    WrongSubject,
    /// `aud` names someone else too, who could then use the assertion here, or here use it there.
    #[error("must have the issuer as its only audience")]
    SeveralAudiences,
    /// `exp` is too far away.
    #[error("must expire within 5 minutes")]
    TooLong,
    /// `jti` is no usable id.
    #[error("must have a jti of 1 to 255 characters")]
    Jti,
}

/// The client that an assertion says it is from: whose keys to verify it with. Not verified.
///
/// # Errors
/// [`Error`] if it is no JWT, or has no `sub` equal to its `iss`.
pub fn subject(assertion: &str) -> Result<String, Error> {
    let claims = jwt::peek(assertion)?.claims;
    match (claims.get("sub"), claims.get("iss")) {
        (Some(Value::String(sub)), Some(Value::String(iss))) if sub == iss => Ok(sub.clone()),
        _ => Err(Error::WrongSubject),
    }
}

/// Verifies a client's assertion.
///
/// # Errors
/// [`Error`] with the first rule that it breaks.
///
/// Source: RFC 7523 §3, Auth0's limits as above; a single audience against injection (CVE-2025-27370,
/// CVE-2025-27371 and the OpenID Foundation's notice of January 2025).
pub fn verify(
    assertion: &str,
    keys: &KeySet,
    expect: &Expectations<'_>,
) -> Result<Accepted, Error> {
    let verified = jwt::verify(
        assertion,
        keys,
        &jwt::Expectations {
            issuers: jwt::Accept::Only(expect.client_id),
            audiences: jwt::Accept::OneOf(expect.audiences),
            now: expect.now,
            leeway: LEEWAY,
            algorithms: expect.algorithms,
            require_exp: true,
            max_age: None,
            typ: None,
        },
    )?;
    let claims = &verified.claims;
    if claims.get("sub").and_then(Value::as_str) != Some(expect.client_id) {
        return Err(Error::WrongSubject);
    }
    if claims
        .get("aud")
        .and_then(Value::as_array)
        .is_some_and(|list| list.len() != 1)
    {
        return Err(Error::SeveralAudiences);
    }
    let date = |name: &str| claims.get(name).and_then(Value::as_f64);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "verified above as a date; a cast saturates"
    )]
    let expires = Timestamp::from_millis((date("exp").unwrap_or_default() * 1000.0) as i64);
    if expires > expect.now + MAX_LIFETIME + LEEWAY {
        return Err(Error::TooLong);
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds since the epoch are far below 2^52"
    )]
    let latest = (expect.now + LEEWAY).as_millis() as f64 / 1000.0;
    if date("iat").is_some_and(|issued| issued > latest) {
        return Err(jwt::Error::NotYetValid.into());
    }
    match claims.get("jti").and_then(Value::as_str) {
        Some(jti) if !jti.is_empty() && jti.len() <= MAX_JTI => Ok(Accepted {
            jti: jti.into(),
            remember_until: expires + LEEWAY,
        }),
        _ => Err(Error::Jti),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Accepted, Error, Expectations, subject, verify};
    use crate::Timestamp;
    use crate::jose::{Algorithm, Header, KeySet, SigningKey, VerifyingKey, jwt};

    const NOW: i64 = 1_700_000_000;

    fn attempt(change: impl FnOnce(&mut Value)) -> Result<Accepted, Error> {
        let key = SigningKey::generate_es256().unwrap();
        let mut claims = json!({
            "iss": "client", "sub": "client", "aud": "https://tenant.example/",
            "iat": NOW, "exp": NOW + 60, "jti": "one",
        });
        change(&mut claims);
        let token = jwt::sign(&key, &Header::new(Algorithm::Es256), &claims).unwrap();
        let public = VerifyingKey::from_jwk(&key.public_jwk().unwrap()).unwrap();
        let expect = Expectations {
            client_id: "client",
            audiences: &["https://tenant.example/".to_owned()],
            algorithms: Algorithm::ASYMMETRIC,
            now: Timestamp::from_unix_seconds(NOW),
        };
        verify(&token, &KeySet::new(vec![public]), &expect)
    }

    #[test]
    fn a_proper_assertion_is_accepted_and_remembered_until_it_expires() {
        let accepted = attempt(|_| ()).unwrap();
        assert_eq!(accepted.jti, "one");
        assert_eq!(
            accepted.remember_until,
            Timestamp::from_unix_seconds(NOW + 70)
        );
        attempt(|claims| claims["aud"] = json!(["https://tenant.example/"])).unwrap();
    }

    #[test]
    fn an_audience_that_names_another_server_is_refused() {
        // CVE-2025-27370, CVE-2025-27371.
        let several = json!(["https://tenant.example/", "https://evil.example/"]);
        assert_eq!(
            attempt(|c| c["aud"] = several),
            Err(Error::SeveralAudiences)
        );
        let token_endpoint = json!("https://tenant.example/oauth/token");
        assert_eq!(
            attempt(|c| c["aud"] = token_endpoint),
            Err(jwt::Error::WrongAudience.into())
        );
        assert_eq!(
            attempt(|c| c["aud"] = json!({})),
            Err(jwt::Error::InvalidClaim("aud").into())
        );
    }

    #[test]
    fn lifetimes_subjects_and_ids_have_rules() {
        assert_eq!(
            attempt(|c| c["exp"] = json!(NOW + 311)),
            Err(Error::TooLong)
        );
        assert_eq!(
            attempt(|c| c["exp"] = json!(NOW - 10)),
            Err(jwt::Error::Expired.into())
        );
        assert_eq!(
            attempt(|c| c["iat"] = json!(NOW + 11)),
            Err(jwt::Error::NotYetValid.into())
        );
        assert_eq!(
            attempt(|c| c["sub"] = json!("other")),
            Err(Error::WrongSubject)
        );
        assert_eq!(
            attempt(|c| c["iss"] = json!("other")),
            Err(jwt::Error::WrongIssuer.into())
        );
        assert_eq!(attempt(|c| c["jti"] = Value::Null), Err(Error::Jti));
        assert_eq!(
            attempt(|c| c["jti"] = json!("a".repeat(256))),
            Err(Error::Jti)
        );
    }

    #[test]
    fn the_subject_is_read_before_keys_are_known() {
        let key = SigningKey::generate_ed25519().unwrap();
        let header = Header::new(Algorithm::EdDsa);
        let token = jwt::sign(&key, &header, &json!({"iss": "c", "sub": "c"})).unwrap();
        assert_eq!(subject(&token).unwrap(), "c");
        let token = jwt::sign(&key, &header, &json!({"iss": "c", "sub": "d"})).unwrap();
        assert_eq!(subject(&token), Err(Error::WrongSubject));
        assert!(subject("nodots").is_err());
    }
}
