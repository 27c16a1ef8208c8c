//! Keys, signatures and tokens of JOSE (RFC 7515, 7517, 7518, 7519, 8037).
//!
//! Keys are parsed once, when they are loaded, and are cheap to clone. Which algorithms a key may
//! verify is a property of the key, never of the token, so that no token can choose (RFC 8725 §3.1).

mod algorithm;
mod jwk;
pub mod jws;
pub mod jwt;
mod key_set;
mod signing_key;
mod token_hash;
mod verifying_key;

pub use algorithm::{Algorithm, UnknownAlgorithm};
pub use jwk::{Jwk, JwkSet};
pub use jws::Header;
pub use key_set::KeySet;
pub use signing_key::SigningKey;
pub use token_hash::token_hash;
pub use verifying_key::VerifyingKey;

/// Why a key cannot be used. The text completes "the key …".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// A part is missing or not what its format says.
    #[error("has a missing or malformed {0}")]
    Malformed(&'static str),
    /// The format is known, this variant of it is not used here.
    #[error(
        "uses a {0} that is not supported: use RSA (2048 to 8192 bits), P-256, P-384 or Ed25519"
    )]
    Unsupported(&'static str),
    /// RSA below 2048 bits (RFC 7518 §3.3), or a shared secret shorter than its hash (§3.2).
    #[error("is too short: use RSA with 2048 bits or more, or a secret as long as the hash")]
    TooShort,
    /// The key does not serve this algorithm.
    #[error("does not serve the algorithm {0}")]
    WrongAlgorithm(Algorithm),
    /// The key is a shared secret, and the operation needs a key pair.
    #[error("is a shared secret, not a key pair")]
    Symmetric,
    /// The cryptographic library refused, without saying why.
    #[error("was refused by the cryptographic library")]
    Refused,
}
