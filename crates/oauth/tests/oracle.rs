//! Another implementation as the judge: what one signs, the other accepts.

#![expect(clippy::unwrap_used, reason = "a test may stop here")]

use std::time::Duration;

use jsonwebtoken as oracle;
use oauth::jose::{Algorithm, Header, JwkSet, KeySet, SigningKey, VerifyingKey, jwt};
use oauth::{ClientSecret, Timestamp};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

const RSA: &[Algorithm] = &[
    Algorithm::Rs256,
    Algorithm::Rs384,
    Algorithm::Rs512,
    Algorithm::Ps256,
    Algorithm::Ps384,
    Algorithm::Ps512,
];

fn claims() -> Value {
    json!({"iss": "i", "aud": ["a", "b"], "exp": 4_000_000_000_i64, "sub": "ключ"})
}

fn theirs(algorithm: Algorithm) -> oracle::Algorithm {
    algorithm.as_str().parse().unwrap()
}

fn they_accept(token: &str, algorithm: Algorithm, key: &oracle::DecodingKey) {
    let mut validation = oracle::Validation::new(theirs(algorithm));
    validation.set_audience(&["b"]);
    validation.set_issuer(&["i"]);
    let data = oracle::decode::<Value>(token, key, &validation).unwrap();
    assert_eq!(data.claims, claims(), "{algorithm}");
}

fn we_accept(token: &str, algorithm: Algorithm, keys: &KeySet) {
    let expect = jwt::Expectations {
        issuers: jwt::Accept::Only("i"),
        audiences: jwt::Accept::Only("b"),
        now: Timestamp::from_unix_seconds(1_700_000_000),
        leeway: Duration::ZERO,
        algorithms: &[algorithm],
        require_exp: true,
        max_age: None,
        typ: None,
    };
    let verified = jwt::verify(token, keys, &expect).unwrap();
    assert_eq!(Value::Object(verified.claims), claims(), "{algorithm}");
}

#[test]
fn key_pairs_agree_in_both_directions() {
    for (key, algorithms) in [
        (SigningKey::generate_rsa().unwrap(), RSA),
        (SigningKey::generate_es256().unwrap(), &[Algorithm::Es256]),
        (SigningKey::generate_ed25519().unwrap(), &[Algorithm::EdDsa]),
        (p384(), &[Algorithm::Es384]),
    ] {
        let jwk = key.public_jwk().unwrap();
        let their_public: oracle::jwk::Jwk =
            serde_json::from_value(serde_json::to_value(&jwk).unwrap()).unwrap();
        let their_public = oracle::DecodingKey::from_jwk(&their_public).unwrap();
        let pem = key.to_pkcs8_pem().unwrap();
        let pem = pem.expose_secret().as_bytes();
        let their_private = match algorithms[0] {
            Algorithm::Rs256 => oracle::EncodingKey::from_rsa_pem(pem),
            Algorithm::EdDsa => oracle::EncodingKey::from_ed_pem(pem),
            _ => oracle::EncodingKey::from_ec_pem(pem),
        };
        let their_private = their_private.unwrap();
        let ours = KeySet::from_jwks(&JwkSet { keys: vec![jwk] });
        for &algorithm in algorithms {
            let token = jwt::sign(&key, &Header::jwt(algorithm, "JWT", key.kid()), &claims());
            they_accept(&token.unwrap(), algorithm, &their_public);
            let mut header = oracle::Header::new(theirs(algorithm));
            header.kid = Some(key.kid().into());
            let token = oracle::encode(&header, &claims(), &their_private).unwrap();
            we_accept(&token, algorithm, &ours);
        }
    }
}

#[test]
fn shared_secrets_agree_in_both_directions() {
    let secret = "s".repeat(64);
    let ours = ClientSecret::from(secret.clone());
    let keys = KeySet::new(vec![VerifyingKey::hmac(&ours, None).unwrap()]);
    let key = SigningKey::hmac(&ours).unwrap();
    for &algorithm in Algorithm::SYMMETRIC {
        let token = jwt::sign(&key, &Header::new(algorithm), &claims()).unwrap();
        let their_key = oracle::DecodingKey::from_secret(secret.as_bytes());
        they_accept(&token, algorithm, &their_key);
        let header = oracle::Header::new(theirs(algorithm));
        let their_key = oracle::EncodingKey::from_secret(secret.as_bytes());
        let token = oracle::encode(&header, &claims(), &their_key).unwrap();
        we_accept(&token, algorithm, &keys);
    }
}

fn p384() -> SigningKey {
    let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap();
    SigningKey::from_pkcs8_der(&pair.serialize_der()).unwrap()
}
