//! Fuzz targets on what strangers send. An ordinary test run tries some random input; `cargo bolero test -p oauth NAME`
//! lets a fuzzer that watches coverage go on for as long as one likes (CONTRIBUTING.md).

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use bolero::check;
use oauth::client_auth::basic;
use oauth::client_metadata::ClientMetadata;
use oauth::jose::jws::Compact;
use oauth::jose::jwt::{Accept, Expectations};
use oauth::jose::{Algorithm, JwkSet, KeySet, SigningKey, jwt};
use oauth::redirect_uri::{self, ApplicationKind};
use oauth::{Scopes, Timestamp, dpop};
use url::Url;

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

/// What may be registered leads back to where it says, and matches itself and nothing that is longer.
#[test]
fn redirect_uri() {
    check!().for_each(|bytes| {
        let uri = text(bytes);
        for kind in [ApplicationKind::Web, ApplicationKind::Native] {
            if redirect_uri::check(uri, kind).is_err() {
                continue;
            }
            let url = Url::parse(uri).unwrap();
            assert!(!matches!(
                url.scheme(),
                "javascript" | "data" | "vbscript" | "file" | "blob" | "about"
            ));
            assert!(url.username().is_empty() && url.password().is_none());
            assert!(url.fragment().is_none() && !uri.contains("/../") && !uri.contains('\\'));
            if kind == ApplicationKind::Web {
                assert!(matches!(url.scheme(), "https" | "http"), "{uri}");
            }
            assert!(redirect_uri::matches(uri, uri), "{uri}");
            assert!(!redirect_uri::matches(uri, &format!("{uri}x")), "{uri}");
        }
    });
}

/// The first line is registered, the second one is presented: they match if they are equal, or differ by a port on loopback.
#[test]
fn redirect_uri_match() {
    check!().for_each(|bytes| {
        let lines = text(bytes);
        let Some((registered, presented)) = lines.split_once('\n') else {
            return;
        };
        if redirect_uri::check(registered, ApplicationKind::Native).is_ok()
            && redirect_uri::matches(registered, presented)
            && registered != presented
        {
            let (registered, presented) = (
                Url::parse(registered).unwrap(),
                Url::parse(presented).unwrap(),
            );
            assert_eq!(registered.scheme(), "http");
            assert_eq!(registered.host(), presented.host());
            assert_eq!(registered.path(), presented.path());
            assert_eq!(registered.query(), presented.query());
        }
    });
}

/// No text becomes a token that nobody signed.
#[test]
fn jws() {
    let key = SigningKey::generate_es256().unwrap();
    let keys = AssertUnwindSafe(KeySet::from_jwks(&JwkSet {
        keys: vec![key.public_jwk().unwrap()],
    }));
    check!().for_each(|bytes| {
        let token = text(bytes);
        if let Ok(parts) = Compact::split(token) {
            let _ = (
                parts.header(),
                parts.payload(),
                parts.signature(&mut [0; 1032]),
            );
        }
        let expect = Expectations {
            issuers: Accept::Anything,
            audiences: Accept::Anything,
            now: Timestamp::from_unix_seconds(1_700_000_000),
            leeway: Duration::ZERO,
            algorithms: Algorithm::ASYMMETRIC,
            require_exp: false,
            max_age: None,
            typ: None,
        };
        assert!(jwt::verify(token, &keys, &expect).is_err());
        let _ = (jwt::peek(token), jwt::unsecured_claims(token));
    });
}

/// A set of keys from a stranger is read or refused; what is read says truly whether it gives a secret away.
#[test]
fn jwks() {
    check!().for_each(|bytes| {
        if let Ok(set) = serde_json::from_slice::<JwkSet>(bytes) {
            for key in &set.keys {
                let _ = (key.thumbprint(), key.is_private());
            }
            let _ = KeySet::from_jwks(&set);
        }
    });
}

/// Metadata that were read are written and read again the same, and are judged the same.
#[test]
fn client_metadata() {
    check!().for_each(|bytes| {
        if let Ok(metadata) = serde_json::from_slice::<ClientMetadata>(bytes) {
            let violations = metadata.violations();
            let text = serde_json::to_string(&metadata).unwrap();
            let again: ClientMetadata = serde_json::from_str(&text).unwrap();
            assert_eq!(again, metadata);
            assert_eq!(again.violations().len(), violations.len());
        }
    });
}

/// Scopes hold each word once, in the form of RFC 6749 §3.3, and are read back as they are written.
#[test]
fn scope() {
    check!().for_each(|bytes| {
        if let Ok(scopes) = text(bytes).parse::<Scopes>() {
            let mut words: Vec<&str> = scopes.iter().collect();
            for word in &words {
                assert!(
                    word.bytes()
                        .all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
                );
            }
            let count = words.len();
            words.sort_unstable();
            words.dedup();
            assert_eq!(words.len(), count);
            assert_eq!(scopes.to_string().parse::<Scopes>(), Ok(scopes));
        }
    });
}

/// Client credentials in a header are read as they were written, for an issuer.
#[test]
fn basic_header() {
    use secrecy::ExposeSecret as _;
    check!().for_each(|bytes| {
        let header = text(bytes);
        let _ = basic::for_gateway(header);
        if let Ok(read) = basic::for_issuer(header) {
            let written = basic::encode(&read.client_id, &read.client_secret);
            let again = basic::for_issuer(written.expose_secret()).unwrap();
            assert_eq!(again.client_id, read.client_id);
            assert_eq!(
                again.client_secret.expose_secret(),
                read.client_secret.expose_secret()
            );
        }
    });
}

/// A proof of possession that nobody signed proves nothing.
#[test]
fn dpop_proof() {
    let urls = ["https://issuer.example/oauth/token".to_owned()];
    check!().for_each(|bytes| {
        let proof = text(bytes);
        let expect = dpop::Expectations {
            method: "POST",
            urls: &urls,
            now: Timestamp::from_unix_seconds(1_700_000_000),
            access_token: None,
        };
        assert!(dpop::verify(proof, &expect).is_err());
    });
}
