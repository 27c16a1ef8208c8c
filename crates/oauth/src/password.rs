//! Passwords at rest: Argon2id in PHC strings.
//!
//! Each hash costs 19 MiB and some ten milliseconds of a processor, on purpose. Whoever answers many
//! callers at once computes them off its async threads, a few at a time (`web::Hasher`).

pub mod imported;

use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};

/// What our own hashes begin with.
const OURS: &str = "$argon2id$v=19$m=19456,t=2,p=1$";

/// The bytes of a salt, from [`Entropy`](crate::Entropy).
pub const SALT: usize = 16;

/// The PHC string of a password.
///
/// # Panics
/// If the password is longer than argon2 allows: 4 GiB.
#[must_use]
pub fn hash(password: &SecretString, salt: &[u8; SALT]) -> String {
    let hash: PasswordHash = argon2()
        .hash_password_with_salt(password.expose_secret().as_bytes(), salt)
        .expect("the salt's and the password's lengths are within argon2's limits");
    hash.to_string()
}

/// Whether the password belongs to the PHC string, or to a hash that was made elsewhere ([`imported`]).
/// Without one, and for a wrong password beside the other's own, the same work is done for nothing, so that
/// the time tells nobody which accounts exist.
#[must_use]
pub fn verify(password: &SecretString, hash: Option<&str>) -> bool {
    if let Some(hash) = hash.filter(|hash| !hash.starts_with("$argon2")) {
        return imported::verify(password.expose_secret(), hash) || verify(password, None);
    }
    let parsed = PasswordHash::new(hash.unwrap_or(&NOBODYS));
    let holds = parsed.is_ok_and(|parsed| {
        argon2()
            .verify_password(password.expose_secret().as_bytes(), &parsed)
            .is_ok()
    });
    hash.is_some() && holds
}

/// The hash that unknown accounts are compared with.
static NOBODYS: LazyLock<String> =
    LazyLock::new(|| hash(&SecretString::from("nobody"), b"no such account."));

/// Argon2id with 19 MiB, two passes, one lane.
///
/// Source: OWASP Password Storage Cheat Sheet, "Argon2id"; RFC 9106 §4.
fn argon2() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).unwrap_or(Params::DEFAULT);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::{hash, verify};

    #[test]
    fn a_password_is_known_again_and_no_other_is() {
        let hash = hash(&"correct horse".into(), b"0123456789abcdef");
        assert!(hash.starts_with(super::OURS), "{hash}");
        assert!(verify(&"correct horse".into(), Some(&hash)));
        assert!(!verify(&"correct hors".into(), Some(&hash)));
        assert!(!verify(&"nobody".into(), None));
        assert!(!verify(&"".into(), Some("")), "a damaged hash is nobody's");
    }
}
