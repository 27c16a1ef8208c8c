//! A sealed value as text: `gs1.KEY_ID.SEALED_DATA_KEY.SEALED_VALUE`, the last two in base64url.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oauth::Entropy;
use secrecy::SecretString;

use super::Error;
use super::key::Key;

const VERSION: &str = "gs1";

/// The parts of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Envelope {
    pub(super) key_id: String,
    data_key: Vec<u8>,
    value: Vec<u8>,
}

impl Envelope {
    pub(super) fn seal(current: &Key, context: &str, secret: &[u8], entropy: &Entropy) -> Self {
        let data_key = Key::generate(entropy);
        Self {
            key_id: current.id(),
            data_key: current.encrypt(data_key_context().as_bytes(), data_key.bytes(), entropy),
            value: data_key.encrypt(value_context(context).as_bytes(), secret, entropy),
        }
    }

    pub(super) fn open(&self, key: &Key, context: &str) -> Result<SecretString, Error> {
        let data_key = self.data_key(key)?;
        let secret = data_key.decrypt(value_context(context).as_bytes(), &self.value)?;
        let text = std::str::from_utf8(&secret).map_err(|_| Error::Malformed)?;
        Ok(SecretString::from(text))
    }

    pub(super) fn rewrap(self, old: &Key, current: &Key, entropy: &Entropy) -> Result<Self, Error> {
        let data_key = self.data_key(old)?;
        Ok(Self {
            key_id: current.id(),
            data_key: current.encrypt(data_key_context().as_bytes(), data_key.bytes(), entropy),
            value: self.value,
        })
    }

    /// How the text of a value begins that is sealed under this key.
    pub(super) fn prefix(key_id: &str) -> String {
        format!("{VERSION}.{key_id}")
    }

    fn data_key(&self, key: &Key) -> Result<Key, Error> {
        let bytes = key.decrypt(data_key_context().as_bytes(), &self.data_key)?;
        Key::from_slice(&bytes).ok_or(Error::Malformed)
    }
}

/// The first sealed value in a text, such as JSON: a dot, letters, digits, `-` and `_` are all that it
/// is made of.
pub(super) fn find(text: &str) -> Option<&str> {
    let from = &text[text.find(&Envelope::prefix(""))?..];
    let end = from.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')));
    Some(&from[..end.unwrap_or(from.len())])
}

/// The data key belongs to its value, whatever the context: a rotation need not know the contexts.
fn data_key_context() -> String {
    format!("{VERSION}/data-key")
}

fn value_context(context: &str) -> String {
    format!("{VERSION}/value/{context}")
}

impl fmt::Display for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let encode = |bytes| URL_SAFE_NO_PAD.encode(bytes);
        let (data_key, value) = (encode(&self.data_key), encode(&self.value));
        write!(f, "{VERSION}.{}.{data_key}.{value}", self.key_id)
    }
}

impl FromStr for Envelope {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| Error::Malformed);
        let parts: Vec<&str> = text.split('.').collect();
        let [VERSION, key_id, data_key, value] = parts[..] else {
            return Err(Error::Malformed);
        };
        Ok(Self {
            key_id: key_id.to_owned(),
            data_key: decode(data_key)?,
            value: decode(value)?,
        })
    }
}
