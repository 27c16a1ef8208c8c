//! Password hashes that were made elsewhere, by other means: good for one sign-in, at which ours takes their
//! place.
//!
//! What is kept is the PHC or bcrypt string itself, or a JSON object where the other side had neither.
//!
//! Source: the vendor's "Bulk User Import Database Schema and Examples", "Supported hashing algorithms".

mod digests;

use std::num::NonZeroU32;

use argon2::password_hash::phc::PasswordHash;
use aws_lc_rs::{constant_time, pbkdf2};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use digests::Digest;

/// Why a hash cannot be taken over. The text holds nothing of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unusable(&'static str);

/// The most work that one sign-in may cost: about a second of a processor, and 64 MiB.
const MOST_BCRYPT: u32 = 14;
const MOST_ITERATIONS: u32 = 2_000_000;
const MOST_MEMORY: u64 = 64 << 20;
const MOST_PASSES: u32 = 10;
const MOST_LANES: u32 = 16;
/// The longest salt, key or hash, in bytes.
const MOST_BYTES: usize = 1024;

/// A hash by means that have no text form of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Custom {
    algorithm: Algorithm,
    hash: Vec<u8>,
    salt: Vec<u8>,
    /// Whether the salt stands in front of the password.
    salt_first: bool,
    /// How the password's characters become bytes.
    password: Text,
    /// The key of an HMAC.
    key: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Algorithm {
    Plain(Digest),
    Hmac(Digest),
    Scrypt { log_n: u8, r: u32, p: u32 },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Text {
    Utf8,
    Utf16le,
    Latin1,
}

/// The text to keep for a `password_hash`: bcrypt.
///
/// # Errors
/// [`Unusable`].
pub fn bcrypt(text: &str) -> Result<String, Unusable> {
    let parts: ::bcrypt::HashParts = text
        .parse()
        .map_err(|_| Unusable("is not a bcrypt hash that begins with $2a$ or $2b$"))?;
    match parts.get_cost() {
        4..=MOST_BCRYPT => Ok(text.to_owned()),
        _ => Err(Unusable(
            "has a cost beyond 14: checking it would take too long",
        )),
    }
}

/// The text to keep for a `custom_password_hash`.
///
/// # Errors
/// [`Unusable`], with what is missing or not served.
pub fn custom(given: &Value) -> Result<String, Unusable> {
    let text = |path: &str| given.pointer(path).and_then(Value::as_str);
    let value = text("/hash/value").ok_or(Unusable("lacks hash.value"))?;
    match text("/algorithm") {
        Some("argon2") => argon2(value),
        Some("bcrypt") => bcrypt(value),
        Some("pbkdf2") => Pbkdf2::parse(value).map(|_| value.to_owned()),
        Some("ldap") => ldap(value).and_then(|custom| written(&custom)),
        Some(name) => other(given, name, value).and_then(|custom| written(&custom)),
        None => Err(Unusable("lacks algorithm")),
    }
}

/// Whether it was made elsewhere: not by [`super::hash`].
#[must_use]
pub fn is_imported(stored: &str) -> bool {
    !stored.starts_with(super::OURS)
}

/// Whether the password belongs to what [`bcrypt`] or [`custom`] gave.
pub(super) fn verify(password: &str, stored: &str) -> bool {
    if stored.starts_with('{') {
        return serde_json::from_str::<Custom>(stored).is_ok_and(|custom| custom.holds(password));
    }
    if stored.starts_with("$pbkdf2") {
        return Pbkdf2::parse(stored).is_ok_and(|pbkdf2| pbkdf2.holds(password));
    }
    ::bcrypt::verify(password, stored).unwrap_or(false)
}

fn argon2(text: &str) -> Result<String, Unusable> {
    let wrong = Unusable("is not a PHC string of argon2");
    let hash = PasswordHash::new(text).map_err(|_| wrong.clone())?;
    let params = argon2::Params::try_from(&hash).map_err(|_| wrong.clone())?;
    if !hash.algorithm.as_str().starts_with("argon2") || hash.hash.is_none() {
        return Err(wrong);
    }
    let heavy = u64::from(params.m_cost()) * 1024 > MOST_MEMORY
        || params.t_cost() > MOST_PASSES
        || params.p_cost() > MOST_LANES;
    match heavy {
        true => Err(Unusable(
            "needs more than 64 MiB or 10 passes: checking it would take too long",
        )),
        false => Ok(text.to_owned()),
    }
}

struct Pbkdf2 {
    algorithm: pbkdf2::Algorithm,
    iterations: NonZeroU32,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Pbkdf2 {
    /// `$pbkdf2-sha512$i=100000,l=64$salt$hash`, salt and hash in base64.
    fn parse(text: &str) -> Result<Self, Unusable> {
        const WRONG: Unusable = Unusable("is not a PHC string of pbkdf2");
        let parts: Vec<&str> = text.split('$').collect();
        let ["", name, params, salt, hash] = parts[..] else {
            return Err(WRONG);
        };
        let algorithm = match name.strip_prefix("pbkdf2-") {
            Some("sha1") => pbkdf2::PBKDF2_HMAC_SHA1,
            Some("sha256") => pbkdf2::PBKDF2_HMAC_SHA256,
            Some("sha384") => pbkdf2::PBKDF2_HMAC_SHA384,
            Some("sha512") => pbkdf2::PBKDF2_HMAC_SHA512,
            _ => {
                return Err(Unusable(
                    "is pbkdf2 by another digest than sha1, sha256, sha384, sha512",
                ));
            }
        };
        let iterations = params
            .split(',')
            .find_map(|param| param.strip_prefix("i="))
            .and_then(|count| count.parse::<NonZeroU32>().ok())
            .ok_or(WRONG)?;
        if iterations.get() > MOST_ITERATIONS {
            return Err(Unusable(
                "has too many iterations: checking it would take too long",
            ));
        }
        let bytes = |text: &str| base64(text).filter(|bytes| bytes.len() <= MOST_BYTES);
        let hash = bytes(hash).filter(|hash| hash.len() >= 10).ok_or(WRONG)?;
        Ok(Self {
            algorithm,
            iterations,
            salt: bytes(salt).ok_or(WRONG)?,
            hash,
        })
    }

    fn holds(&self, password: &str) -> bool {
        let secret = password.as_bytes();
        pbkdf2::verify(
            self.algorithm,
            self.iterations,
            &self.salt,
            secret,
            &self.hash,
        )
        .is_ok()
    }
}

/// RFC 2307 §5.3 and what directories made of it: `{SSHA}` and the like, the salt behind the digest.
fn ldap(text: &str) -> Result<Custom, Unusable> {
    const WRONG: Unusable = Unusable("is not an LDAP hash such as {SSHA}…");
    let (scheme, encoded) = text
        .strip_prefix('{')
        .and_then(|rest| rest.split_once('}'))
        .ok_or(WRONG)?;
    let digest = match scheme.to_ascii_uppercase().as_str() {
        "MD5" | "SMD5" => Digest::Md5,
        "SHA" | "SSHA" => Digest::Sha1,
        "SHA256" | "SSHA256" => Digest::Sha256,
        "SHA384" | "SSHA384" => Digest::Sha384,
        "SHA512" | "SSHA512" => Digest::Sha512,
        _ => return Err(Unusable("is of an LDAP scheme that is not served")),
    };
    let mut hash = base64(encoded)
        .filter(|bytes| bytes.len() <= MOST_BYTES)
        .ok_or(WRONG)?;
    if hash.len() < digest.length() {
        return Err(WRONG);
    }
    Ok(Custom {
        algorithm: Algorithm::Plain(digest),
        salt: hash.split_off(digest.length()),
        hash,
        salt_first: false,
        password: Text::Utf8,
        key: Vec::new(),
    })
}

fn other(given: &Value, name: &str, value: &str) -> Result<Custom, Unusable> {
    let text = |path: &str| given.pointer(path).and_then(Value::as_str);
    let bytes = |value: &str, encoding: &str| {
        let bytes = match text(encoding) {
            None | Some("utf8") => Some(value.as_bytes().to_vec()),
            Some("hex") => hex(value),
            Some("base64") => base64(value),
            _ => None,
        };
        bytes
            .filter(|bytes| bytes.len() <= MOST_BYTES)
            .ok_or(Unusable("has a value that is not in its encoding"))
    };
    if !matches!(text("/hash/encoding"), Some("hex" | "base64")) {
        return Err(Unusable("needs hash.encoding hex or base64"));
    }
    let hash = bytes(value, "/hash/encoding")?;
    let salt = text("/salt/value").map_or(Ok(Vec::new()), |salt| bytes(salt, "/salt/encoding"))?;
    let key =
        text("/hash/key/value").map_or(Ok(Vec::new()), |key| bytes(key, "/hash/key/encoding"))?;
    let algorithm = match name {
        "scrypt" => scrypt_of(given, hash.len(), &salt)?,
        "hmac" => {
            let digest = text("/hash/digest").and_then(Digest::named);
            let digest = digest.ok_or(Unusable(NO_DIGEST))?;
            if key.is_empty() {
                return Err(Unusable("lacks hash.key.value"));
            }
            Algorithm::Hmac(digest)
        }
        plain => Algorithm::Plain(Digest::named(plain).ok_or(Unusable(NO_DIGEST))?),
    };
    if let Algorithm::Plain(digest) | Algorithm::Hmac(digest) = algorithm
        && digest.length() != hash.len()
    {
        return Err(Unusable(
            "has a hash.value of another length than its algorithm makes",
        ));
    }
    Ok(Custom {
        algorithm,
        hash,
        salt,
        salt_first: text("/salt/position") != Some("suffix"),
        password: match text("/password/encoding") {
            None | Some("utf8" | "ascii") => Text::Utf8,
            Some("utf16le" | "ucs2") => Text::Utf16le,
            Some("latin1" | "binary") => Text::Latin1,
            Some(_) => return Err(Unusable("has a password.encoding that is not served")),
        },
        key,
    })
}

const NO_DIGEST: &str =
    "is by a digest that is not served: md5, sha1, sha256, sha384 and sha512 are";

fn scrypt_of(given: &Value, length: usize, salt: &[u8]) -> Result<Algorithm, Unusable> {
    let number = |name: &str, usual: u64| match given.get(name) {
        None => Ok(usual),
        Some(number) => number
            .as_u64()
            .ok_or(Unusable("has a scrypt parameter that is no number")),
    };
    if salt.is_empty() || number("keylen", 0)? != length as u64 {
        return Err(Unusable(
            "is scrypt without a salt, or with a keylen that is not its hash's",
        ));
    }
    let (n, r, p) = (
        number("cost", 16_384)?,
        number("blockSize", 8)?,
        number("parallelization", 1)?,
    );
    let memory = n
        .checked_mul(r)
        .and_then(|product| product.checked_mul(128));
    if memory.is_none_or(|memory| memory > MOST_MEMORY) || p > u64::from(MOST_LANES) {
        return Err(Unusable(
            "needs more than 64 MiB: checking it would take too long",
        ));
    }
    let wrong = Unusable("has scrypt parameters that RFC 7914 does not allow");
    if !n.is_power_of_two() || n < 2 || r == 0 || p == 0 {
        return Err(wrong);
    }
    let small = |number: u64| u32::try_from(number).map_err(|_| wrong.clone());
    Ok(Algorithm::Scrypt {
        log_n: u8::try_from(n.trailing_zeros()).map_err(|_| wrong.clone())?,
        r: small(r)?,
        p: small(p)?,
    })
}

impl Custom {
    fn holds(&self, password: &str) -> bool {
        let Some(password) = self.password.bytes(password) else {
            return false;
        };
        let salted = || match self.salt_first {
            true => [self.salt.as_slice(), &password].concat(),
            false => [password.as_slice(), &self.salt].concat(),
        };
        let made = match self.algorithm {
            Algorithm::Plain(digest) => digest.of(&salted()),
            Algorithm::Hmac(digest) => digest.keyed(&self.key, &salted()),
            Algorithm::Scrypt { log_n, r, p } => {
                let mut made = vec![0; self.hash.len()];
                let Ok(params) = scrypt::Params::new(log_n, r, p) else {
                    return false;
                };
                if scrypt::scrypt(&password, &self.salt, &params, &mut made).is_err() {
                    return false;
                }
                made
            }
        };
        constant_time::verify_slices_are_equal(&made, &self.hash).is_ok()
    }
}

impl Text {
    /// The bytes of a text; `None` if it cannot be written so.
    fn bytes(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Utf8 => Some(text.as_bytes().to_vec()),
            Self::Utf16le => Some(text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
            Self::Latin1 => text.chars().map(|c| u8::try_from(c).ok()).collect(),
        }
    }
}

fn written(custom: &Custom) -> Result<String, Unusable> {
    serde_json::to_string(custom).map_err(|_| Unusable("cannot be kept"))
}

fn base64(text: &str) -> Option<Vec<u8>> {
    STANDARD
        .decode(text)
        .or_else(|_| STANDARD_NO_PAD.decode(text))
        .ok()
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .chars()
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty()
        .then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

#[cfg(test)]
mod tests;
