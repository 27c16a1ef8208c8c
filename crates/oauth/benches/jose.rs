//! Signing and verifying tokens, beside the primitive that does the work.
//!
//! What lies between the two is base64, JSON and the checks of claims.

use std::hint::black_box;
use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    self, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, ParsedPublicKey, RsaKeyPair,
};
use criterion::{Criterion, criterion_group, criterion_main};
use oauth::Timestamp;
use oauth::jose::{Algorithm, Header, JwkSet, KeySet, SigningKey, jwt};
use serde_json::{Value, json};

fn claims() -> Value {
    json!({
        "iss": "https://tenant.example/", "sub": "aBcDeFgHiJkLmNoPqRsTuVwXyZ012345@clients",
        "aud": "https://api.example/weather", "iat": 1_700_000_000, "exp": 1_700_086_400,
        "scope": "openid read:weather write:weather", "gty": "client-credentials",
        "azp": "aBcDeFgHiJkLmNoPqRsTuVwXyZ012345",
    })
}

fn measure(criterion: &mut Criterion, key: &SigningKey, algorithm: Algorithm) {
    let header = Header::jwt(algorithm, "JWT", key.kid());
    let claims = claims();
    let payload = serde_json::to_vec(&claims).expect("claims are JSON");
    let token = key.sign(&header, &payload).expect("the key signs");
    let jwk = key.public_jwk().expect("the key is a pair");
    let keys = KeySet::from_jwks(&JwkSet { keys: vec![jwk] });
    let expect = jwt::Expectations {
        issuers: jwt::Accept::Only("https://tenant.example/"),
        audiences: jwt::Accept::Only("https://api.example/weather"),
        now: Timestamp::from_unix_seconds(1_700_000_100),
        leeway: Duration::ZERO,
        algorithms: Algorithm::ASYMMETRIC,
        require_exp: true,
        max_age: None,
        typ: None,
    };
    let (message, _) = token.rsplit_once('.').expect("a token has dots");
    let message = message.as_bytes();
    let der = key.to_pkcs8_der().expect("the key is a pair");
    let mut group = criterion.benchmark_group(algorithm.as_str());
    group.bench_function("sign token", |bench| {
        bench.iter(|| jwt::sign(key, &header, black_box(&claims)));
    });
    group.bench_function("verify token", |bench| {
        bench.iter(|| jwt::verify(black_box(&token), &keys, &expect));
    });
    let random = SystemRandom::new();
    let (public, signed) = match algorithm {
        Algorithm::Rs256 => {
            let pair = RsaKeyPair::from_pkcs8(&der).expect("the key is RSA");
            let mut buffer = vec![0; pair.public_modulus_len()];
            group.bench_function("sign primitive", |bench| {
                let padding = &signature::RSA_PKCS1_SHA256;
                bench.iter(|| pair.sign(padding, &random, black_box(message), &mut buffer));
            });
            let public = ParsedPublicKey::new(
                &signature::RSA_PKCS1_2048_8192_SHA256,
                pair.public_key().as_ref(),
            );
            (public, buffer)
        }
        Algorithm::Es256 => {
            let curve = &signature::ECDSA_P256_SHA256_FIXED_SIGNING;
            let pair = EcdsaKeyPair::from_pkcs8(curve, &der).expect("the key is P-256");
            group.bench_function("sign primitive", |bench| {
                bench.iter(|| pair.sign(&random, black_box(message)));
            });
            let signed = pair.sign(&random, message).expect("the key signs");
            let public = pair.public_key().as_ref();
            let public = ParsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, public);
            (public, signed.as_ref().to_vec())
        }
        _ => {
            let pair = Ed25519KeyPair::from_pkcs8(&der).expect("the key is Ed25519");
            group.bench_function("sign primitive", |bench| {
                bench.iter(|| pair.sign(black_box(message)));
            });
            let signed = pair.sign(message).as_ref().to_vec();
            let public = ParsedPublicKey::new(&signature::ED25519, pair.public_key().as_ref());
            (public, signed)
        }
    };
    let public = public.expect("the public half is a key");
    group.bench_function("verify primitive", |bench| {
        bench.iter(|| public.verify_sig(black_box(message), &signed));
    });
    group.finish();
}

fn jose(criterion: &mut Criterion) {
    let rsa = SigningKey::generate_rsa().expect("a key is made");
    let es256 = SigningKey::generate_es256().expect("a key is made");
    let ed25519 = SigningKey::generate_ed25519().expect("a key is made");
    measure(criterion, &rsa, Algorithm::Rs256);
    measure(criterion, &es256, Algorithm::Es256);
    measure(criterion, &ed25519, Algorithm::EdDsa);
}

criterion_group!(benches, jose);
criterion_main!(benches);
