//! Proofs of possession (DPoP, RFC 9449).

use std::time::Duration;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use url::Url;

use crate::Timestamp;
use crate::jose::jwt::{self, Accept};
use crate::jose::{Algorithm, KeySet, VerifyingKey};
use crate::secret;

/// How old a proof may be.
pub const MAX_AGE: Duration = Duration::from_secs(120);

/// Clock difference that is forgiven.
pub const LEEWAY: Duration = Duration::from_secs(30);

/// Longest proof that is read. Keys of 8192 bits fit.
pub const MAX_PROOF: usize = 8 * 1024;

/// Longest `jti` that is kept to notice a replay.
pub const MAX_JTI: usize = 255;

/// What a proof must be of.
#[derive(Clone, Copy, Debug)]
pub struct Expectations<'a> {
    /// The request's method.
    pub method: &'a str,
    /// The URLs that mean the resource that was asked, without query and fragment.
    pub urls: &'a [String],
    /// This moment.
    pub now: Timestamp,
    /// The access token that the proof is presented with, at a resource.
    pub access_token: Option<&'a str>,
}

/// A proof that holds. The caller refuses a `jti` that this key used before, and looks at the nonce.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The key's RFC 7638 thumbprint, as `cnf.jkt` has it (§6.1).
    pub thumbprint: String,
    /// The proof's id.
    pub jti: String,
    /// The nonce that the server gave, if there is one in it.
    pub nonce: Option<String>,
    /// Until when the id must be remembered.
    pub remember_until: Timestamp,
}

/// Why a proof is refused. The text completes "the DPoP proof …".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The JWT itself is refused.
    #[error(transparent)]
    Token(#[from] jwt::Error),
    /// It is too long.
    #[error("is too long")]
    TooLong,
    /// The header's key is missing, private, symmetric or of an unknown kind.
    #[error("must carry its public key in the header, as jwk")]
    Key,
    /// `htm` is another method.
    #[error("is for another method (htm)")]
    Method,
    /// `htu` is another resource.
    #[error("is for another address (htu)")]
    Url,
    /// `ath` is of another token, or missing.
    #[error("is not for this access token (ath)")]
    AccessToken,
    /// `jti` is no usable id.
    #[error("must have a jti of 1 to 255 characters")]
    Jti,
}

/// The hash by which a proof names its access token (§4.2 `ath`).
#[must_use]
pub fn access_token_hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, token.as_bytes()))
}

/// Whether the text may be a thumbprint of a key: what `dpop_jkt` must be (§10).
#[must_use]
pub fn is_thumbprint(text: &str) -> bool {
    URL_SAFE_NO_PAD
        .decode(text)
        .is_ok_and(|hash| hash.len() == 32)
}

/// Verifies a proof: everything of §4.3 but the nonce and whether it was used before.
///
/// # Errors
/// [`Error`] with the first rule that it breaks.
pub fn verify(proof: &str, expect: &Expectations<'_>) -> Result<Proof, Error> {
    if proof.len() > MAX_PROOF {
        return Err(Error::TooLong);
    }
    let mut jwk = *jwt::peek(proof)?.header.jwk.ok_or(Error::Key)?;
    if jwk.is_private() || jwk.kty == "oct" {
        return Err(Error::Key);
    }
    // The one key there is; what it is called does not matter.
    jwk.kid = None;
    let key = VerifyingKey::from_jwk(&jwk).map_err(|_| Error::Key)?;
    let verified = jwt::verify(
        proof,
        &KeySet::new(vec![key]),
        &jwt::Expectations {
            issuers: Accept::Anything,
            audiences: Accept::Anything,
            now: expect.now,
            leeway: LEEWAY,
            algorithms: Algorithm::ASYMMETRIC,
            require_exp: false,
            max_age: Some(MAX_AGE),
            typ: Some("dpop+jwt"),
        },
    )?;
    let claim = |name: &str| verified.claims.get(name).and_then(Value::as_str);
    if claim("htm") != Some(expect.method) {
        return Err(Error::Method);
    }
    let url = claim("htu").and_then(bare).ok_or(Error::Url)?;
    if !expect
        .urls
        .iter()
        .any(|own| bare(own).as_ref() == Some(&url))
    {
        return Err(Error::Url);
    }
    if let Some(token) = expect.access_token {
        let hash = claim("ath").unwrap_or_default();
        if !secret::same(hash.as_bytes(), access_token_hash(token).as_bytes()) {
            return Err(Error::AccessToken);
        }
    }
    let jti = claim("jti").filter(|jti| !jti.is_empty() && jti.len() <= MAX_JTI);
    Ok(Proof {
        thumbprint: jwk.thumbprint().map_err(|_| Error::Key)?,
        jti: jti.ok_or(Error::Jti)?.to_owned(),
        nonce: claim("nonce").map(str::to_owned),
        remember_until: expect.now + MAX_AGE + LEEWAY + LEEWAY,
    })
}

/// An address as it is compared: normalised, without query and fragment (§4.3, point 9).
fn bare(text: &str) -> Option<Url> {
    let mut url = Url::parse(text).ok()?;
    url.set_query(None);
    url.set_fragment(None);
    Some(url)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::{Error, Expectations, Proof, access_token_hash, is_thumbprint, verify};
    use crate::Timestamp;
    use crate::jose::{Algorithm, Header, SigningKey, jwt};

    const NOW: i64 = 1_700_000_000;
    const URL: &str = "https://tenant.example/oauth/token";

    fn proof(key: &SigningKey, change: impl FnOnce(&mut Header, &mut Value)) -> String {
        let mut header = Header::new(Algorithm::Es256);
        header.typ = Some("dpop+jwt".into());
        header.jwk = key.public_jwk().map(Box::new);
        let mut claims = json!({ "jti": "one", "htm": "POST", "htu": URL, "iat": NOW });
        change(&mut header, &mut claims);
        jwt::sign(key, &header, &claims).unwrap()
    }

    fn check(proof: &str, access_token: Option<&str>) -> Result<Proof, Error> {
        let expect = Expectations {
            method: "POST",
            urls: &[URL.to_owned()],
            now: Timestamp::from_unix_seconds(NOW),
            access_token,
        };
        verify(proof, &expect)
    }

    fn attempt(change: impl FnOnce(&mut Header, &mut Value)) -> Result<Proof, Error> {
        check(&proof(&SigningKey::generate_es256().unwrap(), change), None)
    }

    #[test]
    fn a_proper_proof_gives_the_thumbprint_of_its_key() {
        let key = SigningKey::generate_es256().unwrap();
        let held = check(&proof(&key, |_, _| ()), None).unwrap();
        assert_eq!(held.thumbprint, key.kid());
        assert!(is_thumbprint(&held.thumbprint) && !is_thumbprint("abc"));
        assert_eq!((held.jti.as_str(), held.nonce), ("one", None));
        let upper = |_: &mut Header, claims: &mut Value| {
            claims["htu"] = json!("HTTPS://Tenant.example:443/oauth/token?a=b#c");
        };
        attempt(upper).unwrap();
    }

    #[test]
    fn each_claim_has_its_rule() {
        let with = |name: &'static str, value: Value| {
            attempt(move |_: &mut Header, claims: &mut Value| claims[name] = value)
        };
        assert_eq!(with("htm", json!("GET")), Err(Error::Method));
        assert_eq!(with("htu", json!("https://evil.example/")), Err(Error::Url));
        assert_eq!(with("htu", json!(5)), Err(Error::Url));
        assert_eq!(with("jti", json!("")), Err(Error::Jti));
        assert_eq!(with("jti", json!("a".repeat(256))), Err(Error::Jti));
        let late = with("iat", json!(NOW - 151));
        assert_eq!(late, Err(jwt::Error::TooOld.into()));
        let early = with("iat", json!(NOW + 31));
        assert_eq!(early, Err(jwt::Error::NotYetValid.into()));
        let never = with("iat", Value::Null);
        assert!(never.is_err());
    }

    #[test]
    fn the_header_must_say_what_it_is_and_carry_a_public_key() {
        let untyped = attempt(|header, _| header.typ = Some("JWT".into()));
        assert_eq!(untyped, Err(jwt::Error::WrongType.into()));
        assert_eq!(attempt(|header, _| header.jwk = None), Err(Error::Key));
        let private = attempt(|header, _| {
            let jwk = header.jwk.as_mut().unwrap();
            jwk.extra.insert("d".into(), json!("AAAA"));
        });
        assert_eq!(private, Err(Error::Key));
        let other = SigningKey::generate_es256().unwrap().public_jwk();
        let foreign = attempt(|header, _| header.jwk = other.map(Box::new));
        assert_eq!(foreign, Err(jwt::Error::BadSignature.into()));
        let shared = attempt(|header, _| {
            let jwk = header.jwk.as_mut().unwrap();
            jwk.kty = "oct".into();
        });
        assert_eq!(shared, Err(Error::Key));
    }

    #[test]
    fn at_a_resource_the_proof_is_for_one_token() {
        let key = SigningKey::generate_es256().unwrap();
        let hash = access_token_hash("token");
        let bound = proof(&key, |_, claims| claims["ath"] = json!(hash));
        check(&bound, Some("token")).unwrap();
        assert_eq!(check(&bound, Some("other")), Err(Error::AccessToken));
        let unbound = proof(&key, |_, _| ());
        assert_eq!(check(&unbound, Some("token")), Err(Error::AccessToken));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_verifier_panic(text in "\\PC{0,300}") {
            prop_assert!(check(&text, None).is_err());
        }
    }
}
