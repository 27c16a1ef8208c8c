//! Pairwise subjects: an id of a user that only one sector knows.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The subject of a user for the clients of one sector: the same whenever it is made under the same key,
/// unrelated to that of any other sector, and no way back to the user.
///
/// `sector` is a host name, `user` the server's own id of the user; 43 characters of base64url.
///
/// Source: OpenID Connect Core 1.0 §8.1.
#[must_use]
pub fn subject(key: &[u8], sector: &str, user: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    // A host name has no NUL, so no other pair gives the same text.
    let pair = [sector.as_bytes(), b"\0", user.as_bytes()].concat();
    URL_SAFE_NO_PAD.encode(hmac::sign(&key, &pair))
}

#[cfg(test)]
mod tests {
    use super::subject;

    #[test]
    fn a_subject_is_the_same_within_a_sector_and_another_outside() {
        let here = subject(b"key", "app.example", "auth0|1");
        assert_eq!(here.len(), 43);
        assert_eq!(here, subject(b"key", "app.example", "auth0|1"));
        for other in [
            subject(b"key", "other.example", "auth0|1"),
            subject(b"key", "app.example", "auth0|2"),
            subject(b"another", "app.example", "auth0|1"),
            subject(b"key", "app.exampleauth0", "|1"),
        ] {
            assert_ne!(here, other);
        }
    }
}
