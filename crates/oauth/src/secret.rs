//! Comparing secrets.

use aws_lc_rs::{constant_time, digest};
use secrecy::{ExposeSecret as _, SecretString};

/// Whether two secrets are the same, in a time that says nothing about where they differ.
///
/// Both are hashed first, so that their lengths do not show either.
#[must_use]
pub fn same(left: &[u8], right: &[u8]) -> bool {
    let left = digest::digest(&digest::SHA256, left);
    let right = digest::digest(&digest::SHA256, right);
    constant_time::verify_slices_are_equal(left.as_ref(), right.as_ref()).is_ok()
}

/// [`same`] for secrets that are text.
#[must_use]
pub fn same_text(left: &SecretString, right: &SecretString) -> bool {
    same(
        left.expose_secret().as_bytes(),
        right.expose_secret().as_bytes(),
    )
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn only_equal_secrets_are_the_same() {
        assert!(same(b"secret", b"secret") && same(b"", b""));
        assert!(!same(b"secret", b"secre") && !same(b"secret", b"secret\0") && !same(b"a", b"b"));
    }
}
