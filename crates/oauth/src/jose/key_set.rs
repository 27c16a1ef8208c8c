//! Verifying keys, found by id.

use super::{Algorithm, JwkSet, VerifyingKey};

/// Verifying keys of one issuer or one client, parsed once.
#[derive(Clone, Debug, Default)]
pub struct KeySet {
    keys: Vec<VerifyingKey>,
}

impl KeySet {
    /// Keys beyond these are ignored: no issuer rotates that many, and each costs memory.
    pub const MAX_KEYS: usize = 100;

    /// A set of keys that the caller vouches for; shared secrets are welcome here.
    #[must_use]
    pub fn new(mut keys: Vec<VerifyingKey>) -> Self {
        keys.truncate(Self::MAX_KEYS);
        Self { keys }
    }

    /// The keys of a published document. Keys for encryption, of unknown kinds or too weak are left
    /// out (RFC 7517 §5), and so are shared secrets: what is published is no secret.
    #[must_use]
    pub fn from_jwks(set: &JwkSet) -> Self {
        let public = set.keys.iter().filter(|jwk| jwk.kty != "oct");
        let usable = public.filter_map(|jwk| VerifyingKey::from_jwk(jwk).ok());
        Self {
            keys: usable.take(Self::MAX_KEYS).collect(),
        }
    }

    /// The key with this id that serves the algorithm. Without an id, the first that serves it.
    #[must_use]
    pub fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Option<&VerifyingKey> {
        self.candidates(kid, algorithm).next()
    }

    /// The keys that may have signed: those with the id; if none has it, those without any id, which
    /// a client that registered a bare PEM has. Without an id, every key that serves the algorithm.
    pub fn candidates<'a, 'k>(
        &'a self,
        kid: Option<&'k str>,
        algorithm: Algorithm,
    ) -> impl Iterator<Item = &'a VerifyingKey> + use<'a, 'k> {
        let named = kid.is_some_and(|kid| self.knows(kid));
        self.keys.iter().filter(move |key| {
            let fits = match kid {
                None => true,
                Some(_) if named => key.kid() == kid,
                Some(_) => key.kid().is_none(),
            };
            fits && key.serves(algorithm)
        })
    }

    /// Whether a key has this id.
    #[must_use]
    pub fn knows(&self, kid: &str) -> bool {
        self.keys.iter().any(|key| key.kid() == Some(kid))
    }

    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &[VerifyingKey] {
        &self.keys
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}
