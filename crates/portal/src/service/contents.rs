//! Contents that may be sent as they are or as base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::Error;
use crate::error::Violation;

/// How long a specification or a document may be, in bytes.
const MOST: usize = 1 << 20;

/// Decodes base64, as the vendor's clients send contents; what is not base64 is taken as it is.
///
/// # Errors
/// [`Error::Invalid`] if it is too long or not UTF-8.
pub(super) fn decode(field: &str, sent: &str) -> Result<String, Error> {
    let compact: String = sent.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    // Markdown of one short word can look like base64; text that decodes to UTF-8 was encoded.
    let decoded = STANDARD
        .decode(&compact)
        .ok()
        .filter(|_| compact.len() >= 4)
        .map(String::from_utf8);
    let text = match decoded {
        Some(Ok(text)) => text,
        Some(Err(_)) | None => sent.to_owned(),
    };
    if text.len() > MOST {
        let reason = format!("\"{field}\" must not be larger than {MOST} bytes");
        return Err(Error::invalid(Violation::body(field, "max_length", reason)));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn base64_is_decoded_and_text_is_kept() {
        assert_eq!(decode("content", "IyBIZWxsbw==").unwrap(), "# Hello");
        assert_eq!(decode("content", "# Hello").unwrap(), "# Hello");
        assert_eq!(decode("content", "/w==").unwrap(), "/w==");
        assert!(decode("content", &"#".repeat((1 << 20) + 1)).is_err());
    }
}
