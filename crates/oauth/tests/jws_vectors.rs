//! The examples of the RFCs.

#![expect(clippy::unwrap_used, reason = "a test may stop here")]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oauth::jose::{Algorithm, Jwk, KeySet, SigningKey, VerifyingKey, jws, jwt};
use oauth::{Clock, Timestamp};
use serde_json::json;
use std::time::Duration;

/// The payload of RFC 7515 A.1–A.3: {"iss":"joe", "exp":1300819380, "http://example.com/is_root":true}.
const PAYLOAD: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

fn key(jwk: serde_json::Value) -> VerifyingKey {
    VerifyingKey::from_jwk(&serde_json::from_value::<Jwk>(jwk).unwrap()).unwrap()
}

fn verify(token: &str, key: VerifyingKey, algorithm: Algorithm) -> Result<(), jwt::Error> {
    let clock = Clock::manual(Timestamp::from_unix_seconds(1_300_819_379));
    let expect = jwt::Expectations {
        issuers: jwt::Accept::Only("joe"),
        audiences: jwt::Accept::Anything,
        now: clock.now(),
        leeway: Duration::ZERO,
        algorithms: &[algorithm],
        require_exp: true,
        max_age: None,
        typ: None,
    };
    let verified = jwt::verify(token, &KeySet::new(vec![key]), &expect)?;
    assert_eq!(verified.claims["http://example.com/is_root"], true);
    Ok(())
}

#[test]
fn hs256_of_rfc_7515_a_1() {
    let secret = json!({"kty": "oct", "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"});
    let signature = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let token = format!("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{PAYLOAD}.{signature}");
    assert_eq!(verify(&token, key(secret), Algorithm::Hs256), Ok(()));
}

#[test]
fn rs256_of_rfc_7515_a_2() {
    let public = json!({"kty": "RSA", "e": "AQAB", "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"});
    let signature = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    let token = format!("eyJhbGciOiJSUzI1NiJ9.{PAYLOAD}.{signature}");
    assert_eq!(verify(&token, key(public), Algorithm::Rs256), Ok(()));
}

#[test]
fn es256_of_rfc_7515_a_3() {
    let public = json!({"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"});
    let signature =
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    let token = format!("eyJhbGciOiJFUzI1NiJ9.{PAYLOAD}.{signature}");
    assert_eq!(verify(&token, key(public), Algorithm::Es256), Ok(()));
}

/// A.4 is ES512, which is not served: it is refused as an algorithm, not taken for another curve.
#[test]
fn es512_of_rfc_7515_a_4_is_refused() {
    let token = "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn";
    let header = jws::Compact::split(token).unwrap().header();
    assert_eq!(header.unwrap_err(), jws::Error::UnsupportedAlgorithm);
    let jwk: Jwk =
        serde_json::from_value(json!({"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA"})).unwrap();
    assert!(VerifyingKey::from_jwk(&jwk).is_err());
}

#[test]
fn ed25519_of_rfc_8037_a_4() {
    let public =
        json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    let signature =
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    let message = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let key = key(public);
    assert!(key.verify(Algorithm::EdDsa, message.as_bytes(), &signature));
    assert!(!key.verify(Algorithm::EdDsa, b"other", &signature));
}

#[test]
fn ed25519_signs_as_rfc_8037_a_4_does() {
    // PKCS#8 v1 around the seed of RFC 8037 A.1 (RFC 8410 §7).
    let seed = URL_SAFE_NO_PAD
        .decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
        .unwrap();
    let mut der = vec![
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04,
        0x20,
    ];
    der.extend_from_slice(&seed);
    let key = SigningKey::from_pkcs8_der(&der).unwrap();
    let header = oauth::jose::Header::new(Algorithm::EdDsa);
    assert_eq!(
        key.sign(&header, b"Example of Ed25519 signing").unwrap(),
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    );
    assert_eq!(key.kid(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}
