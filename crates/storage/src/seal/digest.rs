//! Keyed digests: HMAC-SHA256 under a key derived for one purpose.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::key::Key;

pub(super) fn make(key: &Key, purpose: &str, data: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(hmac::sign(&of_purpose(key, purpose), data))
}

pub(super) fn verify(key: &Key, purpose: &str, data: &[u8], digest: &str) -> bool {
    let wanted = URL_SAFE_NO_PAD.decode(digest);
    // `hmac::verify` compares in constant time.
    wanted.is_ok_and(|wanted| hmac::verify(&of_purpose(key, purpose), data, &wanted).is_ok())
}

fn of_purpose(key: &Key, purpose: &str) -> hmac::Key {
    let derived = key.derive(format!("gatehouse/digest/{purpose}").as_bytes());
    hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref())
}
