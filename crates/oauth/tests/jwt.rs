//! Tokens: what is accepted, what is refused and why, and attacks on those who verify.

#![expect(clippy::unwrap_used, reason = "a test may stop here")]

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oauth::jose::jwt::{Accept, Error, Expectations};
use oauth::jose::{Algorithm, Header, Jwk, JwkSet, KeySet, SigningKey, VerifyingKey, jwt};
use oauth::{ClientSecret, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

const NOW: i64 = 1_700_000_000;

fn expectations() -> Expectations<'static> {
    Expectations {
        issuers: Accept::Only("https://issuer.example/"),
        audiences: Accept::Only("https://api.example"),
        now: Timestamp::from_unix_seconds(NOW),
        leeway: Duration::ZERO,
        algorithms: Algorithm::ASYMMETRIC,
        require_exp: true,
        max_age: None,
        typ: None,
    }
}

fn claims() -> Value {
    json!({
        "iss": "https://issuer.example/", "aud": "https://api.example", "sub": "me",
        "iat": NOW - 10, "exp": NOW + 60,
    })
}

fn key_set(keys: &[&SigningKey]) -> KeySet {
    let keys = keys.iter().map(|key| key.public_jwk().unwrap()).collect();
    KeySet::from_jwks(&JwkSet { keys })
}

fn signed(key: &SigningKey, claims: &Value) -> String {
    jwt::sign(
        key,
        &Header::jwt(Algorithm::Es256, "JWT", key.kid()),
        claims,
    )
    .unwrap()
}

/// What becomes of a token whose claims are changed.
fn attempt(change: impl FnOnce(&mut Value), expect: &Expectations<'_>) -> Result<(), Error> {
    let key = SigningKey::generate_es256().unwrap();
    let mut claims = claims();
    change(&mut claims);
    jwt::verify(&signed(&key, &claims), &key_set(&[&key]), expect).map(|_| ())
}

#[test]
fn a_token_as_expected_is_accepted_with_all_its_claims() {
    let key = SigningKey::generate_es256().unwrap();
    let verified = jwt::verify(&signed(&key, &claims()), &key_set(&[&key]), &expectations());
    let verified = verified.unwrap();
    assert_eq!(verified.claims["sub"], "me");
    assert_eq!(verified.header.kid.as_deref(), Some(key.kid()));
}

#[test]
fn times_are_checked_to_the_second_and_leeway_forgives() {
    let strict = expectations();
    let lenient = Expectations {
        leeway: Duration::from_secs(30),
        ..strict
    };
    let exp = |exp: Value| move |claims: &mut Value| claims["exp"] = exp;
    assert_eq!(attempt(exp(json!(NOW)), &strict), Err(Error::Expired));
    assert_eq!(attempt(exp(json!(NOW + 1)), &strict), Ok(()));
    assert_eq!(attempt(exp(json!(NOW - 29)), &lenient), Ok(()));
    assert_eq!(attempt(exp(json!(NOW - 30)), &lenient), Err(Error::Expired));
    assert_eq!(attempt(exp(json!(NOW as f64 + 0.5)), &strict), Ok(()));
    assert_eq!(attempt(exp(json!(1e300)), &strict), Ok(()));
    assert_eq!(attempt(exp(json!(-1e300)), &strict), Err(Error::Expired));
    assert_eq!(attempt(exp(json!(i64::MAX)), &lenient), Ok(()));
    assert_eq!(attempt(exp(json!(i64::MIN)), &lenient), Err(Error::Expired));
    assert_eq!(
        attempt(exp(json!("1")), &strict),
        Err(Error::InvalidClaim("exp"))
    );
    assert_eq!(
        attempt(exp(Value::Null), &strict),
        Err(Error::InvalidClaim("exp"))
    );
    let none = |claims: &mut Value| {
        claims.as_object_mut().unwrap().remove("exp");
    };
    assert_eq!(attempt(none, &strict), Err(Error::MissingClaim("exp")));
    let optional = Expectations {
        require_exp: false,
        ..strict
    };
    assert_eq!(attempt(none, &optional), Ok(()));
    assert_eq!(
        attempt(|c| c["nbf"] = json!(NOW + 1), &strict),
        Err(Error::NotYetValid)
    );
    assert_eq!(attempt(|c| c["nbf"] = json!(NOW + 30), &lenient), Ok(()));
}

#[test]
fn an_age_is_checked_where_it_is_asked_for() {
    let young = Expectations {
        max_age: Some(Duration::from_secs(60)),
        ..expectations()
    };
    assert_eq!(attempt(|_| (), &young), Ok(()));
    assert_eq!(
        attempt(|c| c["iat"] = json!(NOW - 61), &young),
        Err(Error::TooOld)
    );
    assert_eq!(
        attempt(|c| c["iat"] = json!(NOW + 1), &young),
        Err(Error::NotYetValid)
    );
    let without = |claims: &mut Value| {
        claims.as_object_mut().unwrap().remove("iat");
    };
    assert_eq!(attempt(without, &young), Err(Error::MissingClaim("iat")));
}

#[test]
fn issuer_and_audience_must_be_among_the_accepted() {
    let expect = expectations();
    let slash = |c: &mut Value| c["iss"] = json!("https://issuer.example");
    assert_eq!(attempt(slash, &expect), Err(Error::WrongIssuer));
    assert_eq!(
        attempt(|c| c["iss"] = json!(["https://issuer.example/"]), &expect),
        Err(Error::InvalidClaim("iss"))
    );
    assert_eq!(
        attempt(|c| c["aud"] = json!(["x", "https://api.example"]), &expect),
        Ok(())
    );
    assert_eq!(
        attempt(|c| c["aud"] = json!([]), &expect),
        Err(Error::WrongAudience)
    );
    assert_eq!(
        attempt(|c| c["aud"] = json!([["https://api.example"]]), &expect),
        Err(Error::WrongAudience)
    );
    assert_eq!(
        attempt(|c| c["aud"] = json!("https://api.example/"), &expect),
        Err(Error::WrongAudience)
    );
    assert_eq!(
        attempt(|c| c["aud"] = json!(7), &expect),
        Err(Error::InvalidClaim("aud"))
    );
    let nothing = Expectations {
        audiences: Accept::OneOf(&[]),
        ..expect
    };
    assert_eq!(attempt(|_| (), &nothing), Err(Error::WrongAudience));
    let anything = Expectations {
        issuers: Accept::Anything,
        audiences: Accept::Anything,
        ..expect
    };
    assert_eq!(attempt(|c| c["iss"] = Value::Null, &anything), Ok(()));
}

#[test]
fn a_type_is_compared_without_case_and_prefix() {
    let key = SigningKey::generate_es256().unwrap();
    let expect = Expectations {
        typ: Some("at+jwt"),
        ..expectations()
    };
    for (typ, result) in [
        ("at+jwt", None),
        ("application/AT+JWT", None),
        ("JWT", Some(Error::WrongType)),
        ("", Some(Error::WrongType)),
    ] {
        let header = Header::jwt(Algorithm::Es256, typ, key.kid());
        let token = jwt::sign(&key, &header, &claims()).unwrap();
        assert_eq!(
            jwt::verify(&token, &key_set(&[&key]), &expect).err(),
            result,
            "{typ}"
        );
    }
}

#[test]
fn an_unknown_key_is_told_apart_from_a_bad_signature() {
    let (ours, other) = (
        SigningKey::generate_es256().unwrap(),
        SigningKey::generate_es256().unwrap(),
    );
    let unknown = jwt::verify(
        &signed(&other, &claims()),
        &key_set(&[&ours]),
        &expectations(),
    );
    let kid = Some(other.kid().to_owned());
    assert_eq!(unknown.unwrap_err(), Error::UnknownKey { kid });
    let posing = other.with_kid(ours.kid());
    let bad = jwt::verify(
        &signed(&posing, &claims()),
        &key_set(&[&ours]),
        &expectations(),
    );
    assert_eq!(bad.unwrap_err(), Error::BadSignature);
    let empty = jwt::verify(
        &signed(&ours, &claims()),
        &KeySet::default(),
        &expectations(),
    );
    assert!(matches!(empty, Err(Error::UnknownKey { .. })));
}

#[test]
fn a_token_without_key_id_is_tried_with_every_key_that_may_have_signed() {
    let keys: Vec<_> = (0..3)
        .map(|_| SigningKey::generate_es256().unwrap())
        .collect();
    let set = key_set(&keys.iter().collect::<Vec<_>>());
    let token = jwt::sign(&keys[2], &Header::new(Algorithm::Es256), &claims()).unwrap();
    assert!(jwt::verify(&token, &set, &expectations()).is_ok());
    let stranger = SigningKey::generate_es256().unwrap();
    let token = jwt::sign(&stranger, &Header::new(Algorithm::Es256), &claims()).unwrap();
    assert_eq!(
        jwt::verify(&token, &set, &expectations()).unwrap_err(),
        Error::BadSignature
    );
}

#[test]
fn a_key_registered_without_id_serves_whatever_id_the_token_names() {
    let key = SigningKey::generate_es256().unwrap();
    let jwk = Jwk {
        kid: None,
        ..key.public_jwk().unwrap()
    };
    let set = KeySet::new(vec![VerifyingKey::from_jwk(&jwk).unwrap()]);
    assert!(jwt::verify(&signed(&key, &claims()), &set, &expectations()).is_ok());
}

/// RFC 8725 §2.1: the public key of RS256 used as the secret of HS256.
#[test]
fn a_public_key_is_never_a_shared_secret() {
    let key = SigningKey::generate_rsa().unwrap();
    let spki = key.public_spki_der().unwrap();
    let pem = format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        base64::engine::general_purpose::STANDARD.encode(&spki)
    );
    let forger = SigningKey::hmac(&ClientSecret::from(pem)).unwrap();
    let header = Header::jwt(Algorithm::Hs256, "JWT", key.kid());
    let token = jwt::sign(&forger, &header, &claims()).unwrap();
    let lenient = Expectations {
        algorithms: &[Algorithm::Rs256, Algorithm::Hs256],
        ..expectations()
    };
    let set = key_set(&[&key]);
    assert_eq!(
        jwt::verify(&token, &set, &lenient).unwrap_err(),
        Error::AlgorithmNotAllowed
    );
    assert_eq!(
        jwt::verify(&token, &set, &expectations()).unwrap_err(),
        Error::AlgorithmNotAllowed
    );
}

#[test]
fn a_key_that_names_an_algorithm_verifies_no_other() {
    let key = SigningKey::generate_rsa().unwrap();
    let jwk = Jwk {
        alg: Some("RS256".into()),
        ..key.public_jwk().unwrap()
    };
    let set = KeySet::from_jwks(&JwkSet { keys: vec![jwk] });
    for (algorithm, accepted) in [
        (Algorithm::Rs256, true),
        (Algorithm::Ps256, false),
        (Algorithm::Rs512, false),
    ] {
        let header = Header::jwt(algorithm, "JWT", key.kid());
        let token = jwt::sign(&key, &header, &claims()).unwrap();
        let result = jwt::verify(&token, &set, &expectations());
        assert_eq!(result.is_ok(), accepted, "{algorithm}");
        if !accepted {
            assert_eq!(result.unwrap_err(), Error::AlgorithmNotAllowed);
        }
    }
}

#[test]
fn a_published_secret_is_no_key_and_none_is_no_algorithm() {
    let set: JwkSet = serde_json::from_value(json!({"keys": [
        {"kty": "oct", "kid": "a", "k": URL_SAFE_NO_PAD.encode([7; 32])},
        {"kty": "RSA", "kid": "weak", "n": URL_SAFE_NO_PAD.encode([255; 128]), "e": "AQAB"},
        {"kty": "EC", "kid": "off-curve", "crv": "P-256", "x": URL_SAFE_NO_PAD.encode([1; 32]), "y": URL_SAFE_NO_PAD.encode([1; 32])},
        {"kty": "EC", "kid": "enc", "crv": "P-256", "use": "enc"},
    ]}))
    .unwrap();
    assert!(KeySet::from_jwks(&set).is_empty());
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
    let token = format!("{header}.{}.", URL_SAFE_NO_PAD.encode(claims().to_string()));
    assert_eq!(
        jwt::verify(&token, &KeySet::default(), &expectations()).unwrap_err(),
        Error::AlgorithmNotAllowed
    );
}

/// CVE-2026-9803, the Kong jwt plugin before 3.15, CVE-2019-12995: a malformed token is a refusal.
#[test]
fn malformed_tokens_are_refused_without_panic() {
    let key = SigningKey::generate_es256().unwrap();
    let good = signed(&key, &claims());
    let parts: Vec<_> = good.split('.').collect();
    let set = key_set(&[&key]);
    let long = format!("{}.{}.{}", parts[0], "A".repeat(300_000), parts[2]);
    for token in [
        "",
        ".",
        "..",
        "...",
        "nodots",
        "a.b",
        "a.b.c",
        "é.é.é",
        "Bearer x",
        &long,
        &format!("{good}."),
        &format!(".{good}"),
        &format!("{good}="),
        &format!("{good} "),
        &format!("{}.{}", parts[0], parts[1]),
        &format!("{}.{}.", parts[0], parts[1]),
        &format!("{}..{}", parts[0], parts[2]),
    ] {
        let refused = jwt::verify(token, &set, &expectations()).unwrap_err();
        assert!(
            matches!(refused, Error::Malformed(_) | Error::BadSignature),
            "{refused:?}"
        );
    }
    // The last character of a 64-byte signature holds four unused bits, which must be zero, or one
    // token would have sixteen spellings.
    let last = good.chars().next_back().unwrap();
    let spellings = ('A'..='Z')
        .chain('a'..='z')
        .chain('0'..='9')
        .filter(|c| *c != last);
    for spelling in spellings {
        let token = format!("{}{spelling}", &good[..good.len() - 1]);
        assert!(jwt::verify(&token, &set, &expectations()).is_err());
    }
}

#[test]
fn keys_are_sealed_and_read_again() {
    for (key, algorithm) in [
        (SigningKey::generate_rsa().unwrap(), Algorithm::Ps256),
        (SigningKey::generate_es256().unwrap(), Algorithm::Es256),
        (SigningKey::generate_ed25519().unwrap(), Algorithm::EdDsa),
    ] {
        let again = SigningKey::from_pkcs8_pem(&key.to_pkcs8_pem().unwrap()).unwrap();
        assert_eq!(again.kid(), key.kid());
        let header = Header::jwt(algorithm, "JWT", again.kid());
        let token = jwt::sign(&again, &header, &claims()).unwrap();
        assert!(jwt::verify(&token, &key_set(&[&key]), &expectations()).is_ok());
        assert!(!format!("{key:?}").contains("PRIVATE"));
        let wrong = Header::new(Algorithm::Hs256);
        assert!(jwt::sign(&key, &wrong, &claims()).is_err());
    }
    let short = SigningKey::hmac(&ClientSecret::from("a".repeat(31)));
    assert!(short.is_err());
}

#[test]
fn public_keys_are_read_from_pem_and_certificates() {
    for algorithm in [
        &rcgen::PKCS_ECDSA_P256_SHA256,
        &rcgen::PKCS_ECDSA_P384_SHA384,
        &rcgen::PKCS_ED25519,
    ] {
        let pair = rcgen::KeyPair::generate_for(algorithm).unwrap();
        let certificate = rcgen::CertificateParams::new(vec!["client.example".into()]).unwrap();
        let certificate = certificate.self_signed(&pair).unwrap();
        let key = SigningKey::from_pkcs8_der(&pair.serialize_der()).unwrap();
        let signs = [Algorithm::Es256, Algorithm::Es384, Algorithm::EdDsa];
        let algorithm = signs.into_iter().find(|&a| key.serves(a)).unwrap();
        let token = jwt::sign(&key, &Header::new(algorithm), &claims()).unwrap();
        for pem in [pair.public_key_pem(), certificate.pem()] {
            let public = VerifyingKey::from_pem(&pem, Some("k"), Some(algorithm)).unwrap();
            let set = KeySet::new(vec![public]);
            assert!(jwt::verify(&token, &set, &expectations()).is_ok());
        }
    }
    let key = SigningKey::generate_rsa().unwrap();
    assert!(VerifyingKey::from_pem("no pem", None, None).is_err());
    let private = key.to_pkcs8_pem().unwrap();
    let private = secrecy::ExposeSecret::expose_secret(&private);
    assert!(VerifyingKey::from_pem(private, None, None).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_changed_byte_survives(at in 0_usize..400, to in "[A-Za-z0-9_.-]") {
        let key = SigningKey::from_pkcs8_pem(&fixed_key()).unwrap();
        let token = signed(&key, &claims());
        let at = at % token.len();
        let changed = format!("{}{to}{}", &token[..at], &token[at + 1..]);
        prop_assume!(changed != token);
        prop_assert!(jwt::verify(&changed, &key_set(&[&key]), &expectations()).is_err());
    }

    #[test]
    fn no_text_makes_verification_panic(text in "[ -~]{0,20}(\\.[ -~]{0,20}){0,4}") {
        let key = SigningKey::from_pkcs8_pem(&fixed_key()).unwrap();
        prop_assert!(jwt::verify(&text, &key_set(&[&key]), &expectations()).is_err());
        let _ = jwt::peek(&text);
    }

    #[test]
    fn no_jwk_makes_the_parser_panic(kty in "RSA|EC|OKP|oct|x", crv in "P-256|P-384|Ed25519", n in "[A-Za-z0-9_=-]{0,90}", y in "[A-Za-z0-9_-]{0,90}") {
        let jwk: Jwk = serde_json::from_value(json!({
            "kty": kty, "crv": crv, "n": n, "e": y, "x": n, "y": y, "k": n,
        }))
        .unwrap();
        let _ = VerifyingKey::from_jwk(&jwk);
        let _ = jwk.thumbprint();
    }

    #[test]
    fn no_bytes_make_the_key_readers_panic(der in prop::collection::vec(any::<u8>(), 0..200), pem in any::<String>()) {
        let _ = SigningKey::from_pkcs8_der(&der);
        let _ = Jwk::from_spki_der(&der);
        let _ = Jwk::from_pem(&pem);
        let block = base64::engine::general_purpose::STANDARD.encode(&der);
        for label in ["PUBLIC KEY", "CERTIFICATE"] {
            let _ = Jwk::from_pem(&format!("-----BEGIN {label}-----\n{block}\n-----END {label}-----\n"));
        }
    }
}

/// One key for all cases of a property.
fn fixed_key() -> ClientSecret {
    use std::sync::OnceLock;
    static KEY: OnceLock<String> = OnceLock::new();
    let pem = KEY.get_or_init(|| {
        let key = SigningKey::generate_es256().unwrap();
        secrecy::ExposeSecret::expose_secret(&key.to_pkcs8_pem().unwrap()).to_owned()
    });
    ClientSecret::from(pem.clone())
}
