//! Keys that sign and check signatures.

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{
    self, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _, ParsedPublicKey,
    VerificationAlgorithm,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rquickjs::{ArrayBuffer, Ctx, Exception, Function, Object, Result};
use serde_json::{Value, json};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::RSAPublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

use crate::bytecode::{Bytes, buffer};

pub(super) fn natives<'js>(ctx: &Ctx<'js>, natives: &Object<'js>) -> Result<()> {
    natives.set("privateKey", Function::new(ctx.clone(), private_key)?)?;
    natives.set("publicKey", Function::new(ctx.clone(), public_key)?)?;
    natives.set("publicJwk", Function::new(ctx.clone(), public_jwk)?)?;
    natives.set("toJwk", Function::new(ctx.clone(), to_jwk)?)?;
    natives.set("sign", Function::new(ctx.clone(), sign)?)?;
    natives.set("verify", Function::new(ctx.clone(), verify)?)
}

/// A public key as DER (`SubjectPublicKeyInfo`), and what it is.
struct Public {
    kind: &'static str,
    curve: Option<&'static str>,
    bits: Option<usize>,
    spki: Vec<u8>,
}

const CURVES: [(
    &str,
    &str,
    &EcdsaSigningAlgorithm,
    &dyn VerificationAlgorithm,
); 3] = [
    (
        "prime256v1",
        "P-256",
        &signature::ECDSA_P256_SHA256_FIXED_SIGNING,
        &signature::ECDSA_P256_SHA256_FIXED,
    ),
    (
        "secp384r1",
        "P-384",
        &signature::ECDSA_P384_SHA384_FIXED_SIGNING,
        &signature::ECDSA_P384_SHA384_FIXED,
    ),
    (
        "secp521r1",
        "P-521",
        &signature::ECDSA_P521_SHA512_FIXED_SIGNING,
        &signature::ECDSA_P521_SHA512_FIXED,
    ),
];

fn described<'js>(ctx: &Ctx<'js>, der: &[u8], public: &Public) -> Result<Object<'js>> {
    let key = Object::new(ctx.clone())?;
    key.set("kind", public.kind)?;
    key.set("curve", public.curve)?;
    key.set("bits", public.bits)?;
    key.set("der", buffer(ctx, der)?)?;
    key.set("spki", buffer(ctx, &public.spki)?)?;
    Ok(key)
}

fn refused(ctx: &Ctx<'_>) -> rquickjs::Error {
    let message = "this is no key that is offered here: RSA of at least 2048 bits, EC on P-256, P-384 or P-521, Ed25519";
    Exception::throw_message(ctx, message)
}

fn private_key<'js>(ctx: Ctx<'js>, Bytes(der): Bytes, _form: String) -> Result<Object<'js>> {
    let public = public_of_private(&der).ok_or_else(|| refused(&ctx))?;
    described(&ctx, &der, &public)
}

fn spki(der: &PublicKeyX509Der<'_>) -> Vec<u8> {
    der.as_ref().to_vec()
}

fn rsa_private(der: &[u8]) -> Option<rsa::KeyPair> {
    let pair = rsa::KeyPair::from_pkcs8(der);
    pair.or_else(|_| rsa::KeyPair::from_der(der)).ok()
}

fn public_of_private(der: &[u8]) -> Option<Public> {
    if let Some(pair) = rsa_private(der) {
        return Some(Public {
            kind: "rsa",
            curve: None,
            bits: Some(pair.public_modulus_len() * 8),
            spki: spki(&pair.public_key().as_der().ok()?),
        });
    }
    for (curve, _, signing, _) in CURVES {
        if let Ok(pair) = EcdsaKeyPair::from_private_key_der(signing, der) {
            let der: PublicKeyX509Der<'_> = pair.public_key().as_der().ok()?;
            return Some(Public {
                kind: "ec",
                curve: Some(curve),
                bits: None,
                spki: spki(&der),
            });
        }
    }
    let pair = Ed25519KeyPair::from_pkcs8(der).ok()?;
    let der: PublicKeyX509Der<'_> = pair.public_key().as_der().ok()?;
    Some(Public {
        kind: "ed25519",
        curve: None,
        bits: None,
        spki: spki(&der),
    })
}

fn public_key<'js>(ctx: Ctx<'js>, Bytes(der): Bytes, form: String) -> Result<Object<'js>> {
    let inner = match form.as_str() {
        "certificate" => {
            let certificate = X509Certificate::from_der(&der)
                .map_err(|_| refused(&ctx))?
                .1;
            certificate.public_key().raw.to_vec()
        }
        _ => der,
    };
    let public = parse_public(&inner).ok_or_else(|| refused(&ctx))?;
    described(&ctx, &public.spki, &public)
}

fn parse_public(der: &[u8]) -> Option<Public> {
    if let Ok(key) = rsa::PublicKey::from_der(der) {
        let (_, numbers) = RSAPublicKey::from_der(key.as_ref()).ok()?;
        return Some(Public {
            kind: "rsa",
            curve: None,
            bits: Some(numbers.key_size()),
            spki: spki(&key.as_der().ok()?),
        });
    }
    for (curve, _, _, verifying) in CURVES {
        if let Ok(key) = ParsedPublicKey::new(verifying, der) {
            return Some(Public {
                kind: "ec",
                curve: Some(curve),
                bits: None,
                spki: spki(&key.as_der().ok()?),
            });
        }
    }
    let key = ParsedPublicKey::new(&signature::ED25519, der).ok()?;
    Some(Public {
        kind: "ed25519",
        curve: None,
        bits: None,
        spki: spki(&key.as_der().ok()?),
    })
}

/// A public JWK (RFC 7518 §6, RFC 8037 §2), as JSON text.
fn public_jwk<'js>(ctx: Ctx<'js>, jwk: String) -> Result<Object<'js>> {
    let public = serde_json::from_str(&jwk)
        .ok()
        .and_then(|jwk| parse_jwk(&jwk));
    let public = public.ok_or_else(|| refused(&ctx))?;
    described(&ctx, &public.spki, &public)
}

fn parse_jwk(jwk: &Value) -> Option<Public> {
    let bytes = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str()?).ok();
    match jwk["kty"].as_str()? {
        "RSA" => {
            let components = rsa::PublicKeyComponents {
                n: bytes("n")?,
                e: bytes("e")?,
            };
            let der: PublicKeyX509Der<'_> = components.as_der().ok()?;
            parse_public(der.as_ref())
        }
        "EC" => {
            let curve = jwk["crv"].as_str()?;
            let (.., verifying) = CURVES.iter().find(|(_, name, ..)| *name == curve)?;
            let point = [vec![4], bytes("x")?, bytes("y")?].concat();
            let key = ParsedPublicKey::new(*verifying, point).ok()?;
            parse_public(key.as_der().ok()?.as_ref())
        }
        "OKP" => {
            let key = ParsedPublicKey::new(&signature::ED25519, bytes("x")?).ok()?;
            parse_public(key.as_der().ok()?.as_ref())
        }
        _ => None,
    }
}

/// The JWK of a public key (`SubjectPublicKeyInfo`), as JSON text.
fn to_jwk(ctx: Ctx<'_>, Bytes(spki): Bytes) -> Result<String> {
    let jwk = as_jwk(&spki).ok_or_else(|| refused(&ctx))?;
    Ok(jwk.to_string())
}

fn as_jwk(spki: &[u8]) -> Option<Value> {
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let public = parse_public(spki)?;
    let (_, info) = SubjectPublicKeyInfo::from_der(spki).ok()?;
    let key = info.subject_public_key.data.as_ref();
    if public.kind == "rsa" {
        let (_, numbers) = RSAPublicKey::from_der(key).ok()?;
        // DER's numbers have a zero in front where their first bit is set.
        let bare = |number: &[u8]| text(number.strip_prefix(&[0]).unwrap_or(number));
        return Some(
            json!({ "kty": "RSA", "n": bare(numbers.modulus), "e": bare(numbers.exponent) }),
        );
    }
    let Some(curve) = public.curve else {
        return Some(json!({ "kty": "OKP", "crv": "Ed25519", "x": text(key) }));
    };
    let (_, name, ..) = CURVES.iter().find(|(own, ..)| *own == curve)?;
    let point = key.strip_prefix(&[4])?;
    let (x, y) = point.split_at_checked(point.len() / 2)?;
    Some(json!({ "kty": "EC", "crv": name, "x": text(x), "y": text(y) }))
}

/// Signs as the algorithm of RFC 7518 §3.1 says; `fixed` is the form of ECDSA in JWS, else DER.
fn sign<'js>(
    ctx: Ctx<'js>,
    algorithm: String,
    Bytes(key): Bytes,
    Bytes(data): Bytes,
    fixed: bool,
) -> Result<ArrayBuffer<'js>> {
    let signed = make_signature(&algorithm, &key, &data, fixed);
    let message = format!("the key cannot sign with {algorithm}");
    let signed = signed.ok_or_else(|| Exception::throw_message(&ctx, &message))?;
    buffer(&ctx, &signed)
}

fn make_signature(algorithm: &str, key: &[u8], data: &[u8], fixed: bool) -> Option<Vec<u8>> {
    let random = SystemRandom::new();
    let padding: Option<&dyn signature::RsaEncoding> = match algorithm {
        "RS256" => Some(&signature::RSA_PKCS1_SHA256),
        "RS384" => Some(&signature::RSA_PKCS1_SHA384),
        "RS512" => Some(&signature::RSA_PKCS1_SHA512),
        "PS256" => Some(&signature::RSA_PSS_SHA256),
        "PS384" => Some(&signature::RSA_PSS_SHA384),
        "PS512" => Some(&signature::RSA_PSS_SHA512),
        _ => None,
    };
    if let Some(padding) = padding {
        let pair = rsa_private(key)?;
        let mut signed = vec![0; pair.public_modulus_len()];
        pair.sign(padding, &random, data, &mut signed).ok()?;
        return Some(signed);
    }
    let signing = match (algorithm, fixed) {
        ("ES256", true) => &signature::ECDSA_P256_SHA256_FIXED_SIGNING,
        ("ES384", true) => &signature::ECDSA_P384_SHA384_FIXED_SIGNING,
        ("ES512", true) => &signature::ECDSA_P521_SHA512_FIXED_SIGNING,
        ("ES256", false) => &signature::ECDSA_P256_SHA256_ASN1_SIGNING,
        ("ES384", false) => &signature::ECDSA_P384_SHA384_ASN1_SIGNING,
        ("ES512", false) => &signature::ECDSA_P521_SHA512_ASN1_SIGNING,
        ("EdDSA", _) => {
            let pair = Ed25519KeyPair::from_pkcs8(key).ok()?;
            return Some(pair.sign(data).as_ref().to_vec());
        }
        _ => return None,
    };
    let pair = EcdsaKeyPair::from_private_key_der(signing, key).ok()?;
    Some(pair.sign(&random, data).ok()?.as_ref().to_vec())
}

fn verify(
    ctx: Ctx<'_>,
    algorithm: String,
    Bytes(key): Bytes,
    Bytes(data): Bytes,
    Bytes(signed): Bytes,
    fixed: bool,
) -> Result<bool> {
    let verifying: &dyn VerificationAlgorithm = match (algorithm.as_str(), fixed) {
        ("RS256", _) => &signature::RSA_PKCS1_2048_8192_SHA256,
        ("RS384", _) => &signature::RSA_PKCS1_2048_8192_SHA384,
        ("RS512", _) => &signature::RSA_PKCS1_2048_8192_SHA512,
        ("PS256", _) => &signature::RSA_PSS_2048_8192_SHA256,
        ("PS384", _) => &signature::RSA_PSS_2048_8192_SHA384,
        ("PS512", _) => &signature::RSA_PSS_2048_8192_SHA512,
        ("ES256", true) => &signature::ECDSA_P256_SHA256_FIXED,
        ("ES384", true) => &signature::ECDSA_P384_SHA384_FIXED,
        ("ES512", true) => &signature::ECDSA_P521_SHA512_FIXED,
        ("ES256", false) => &signature::ECDSA_P256_SHA256_ASN1,
        ("ES384", false) => &signature::ECDSA_P384_SHA384_ASN1,
        ("ES512", false) => &signature::ECDSA_P521_SHA512_ASN1,
        ("EdDSA", _) => &signature::ED25519,
        _ => {
            let message = format!("signatures with {algorithm} cannot be checked here");
            return Err(Exception::throw_message(&ctx, &message));
        }
    };
    let key = signature::UnparsedPublicKey::new(verifying, key);
    Ok(key.verify(&data, &signed).is_ok())
}
