//! `Authorization: Basic`, as issuers and as gateways read it.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::percent_decode_str;

use super::Credentials;

/// Longer header values are refused before they are decoded.
const MAX_LEN: usize = 8192;

/// Standard base64 (RFC 7617 §2), padded or not.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why a header value holds no Basic credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BasicError {
    /// Another scheme, or none.
    #[error("the Authorization header does not use the Basic scheme")]
    OtherScheme,
    /// Not `base64(id:secret)`.
    #[error("the Authorization header must be: Basic base64(client_id:client_secret)")]
    Malformed,
}

/// Reads credentials as an issuer does: base64, then id and secret each form-decoded.
///
/// Compat: a part that is not form-encoded (a lone `%`) is taken as it is, because most clients do
/// not encode. Secrets made by this project hold no character for which that matters.
///
/// # Errors
/// [`BasicError`] if the value is anything else.
///
/// Source: RFC 6749 §2.3.1, RFC 7617 §2.
pub fn for_issuer(header: &str) -> Result<Credentials, BasicError> {
    let text = decoded(payload(header)?).ok_or(BasicError::Malformed)?;
    let (id, secret) = split(&text).ok_or(BasicError::Malformed)?;
    Ok(Credentials {
        client_id: form_decoded(id),
        client_secret: form_decoded(secret).into(),
    })
}

/// Reads credentials as Kong's gateway does: what follows `Basic` is `base64(id:secret)`, or
/// plainly `id:secret`.
///
/// Compat: Kong's page on Dynamic Client Registration with Auth0 calls the API with
/// `Authorization: Basic $CLIENT_ID:$CLIENT_SECRET`, not encoded. The decoded form wins if it holds
/// a colon, because a plain pair that happens to be base64 of a pair does not occur: it holds `:`.
///
/// # Errors
/// [`BasicError`] if the value is neither.
///
/// Source: <https://docs.konghq.com/konnect/dev-portal/applications/dynamic-client-registration/auth0/>.
pub fn for_gateway(header: &str) -> Result<Credentials, BasicError> {
    let payload = payload(header)?;
    let decoded = decoded(payload);
    let (id, secret) = decoded
        .as_deref()
        .and_then(split)
        .or_else(|| split(payload))
        .ok_or(BasicError::Malformed)?;
    Ok(Credentials {
        client_id: id.into(),
        client_secret: secret.into(),
    })
}

/// The header value that an issuer reads as these credentials (RFC 6749 §2.3.1).
#[must_use]
pub fn encode(client_id: &str, client_secret: &secrecy::SecretString) -> secrecy::SecretString {
    use secrecy::ExposeSecret as _;
    let form =
        |text: &str| -> String { url::form_urlencoded::byte_serialize(text.as_bytes()).collect() };
    let pair = format!(
        "{}:{}",
        form(client_id),
        form(client_secret.expose_secret())
    );
    format!(
        "Basic {}",
        base64::engine::general_purpose::STANDARD.encode(pair)
    )
    .into()
}

fn payload(header: &str) -> Result<&str, BasicError> {
    let (scheme, rest) = header
        .trim()
        .split_once([' ', '\t'])
        .ok_or(BasicError::OtherScheme)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(BasicError::OtherScheme);
    }
    let rest = rest.trim();
    if rest.is_empty() || rest.len() > MAX_LEN {
        return Err(BasicError::Malformed);
    }
    Ok(rest)
}

fn decoded(payload: &str) -> Option<String> {
    String::from_utf8(LENIENT.decode(payload).ok()?).ok()
}

/// Splits at the first colon. An empty id is no id, and controls are in no credential (RFC 7617 §2).
fn split(text: &str) -> Option<(&str, &str)> {
    let (id, secret) = text.split_once(':')?;
    (!id.is_empty() && !text.chars().any(char::is_control)).then_some((id, secret))
}

fn form_decoded(text: &str) -> String {
    let spaced = text.replace('+', " ");
    let well_formed = spaced.as_bytes().iter().enumerate().all(|(at, &byte)| {
        let hex = |offset: usize| {
            let digit = spaced.as_bytes().get(at + offset);
            digit.is_some_and(u8::is_ascii_hexdigit)
        };
        byte != b'%' || (hex(1) && hex(2))
    });
    if !well_formed {
        return text.into();
    }
    match percent_decode_str(&spaced).decode_utf8() {
        Ok(decoded) if !decoded.chars().any(char::is_control) => decoded.into_owned(),
        _ => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;
    use secrecy::ExposeSecret as _;

    use super::{BasicError, Credentials, encode, for_gateway, for_issuer};

    fn pair(read: Result<Credentials, BasicError>) -> Result<(String, String), BasicError> {
        read.map(|c| (c.client_id, c.client_secret.expose_secret().to_owned()))
    }

    fn header(text: &str) -> String {
        format!("Basic {}", STANDARD.encode(text))
    }

    #[test]
    fn the_example_of_rfc_6749_section_2_3_1() {
        let expected = Ok(("s6BhdRkqt3".to_owned(), "gX1fBat3bV".to_owned()));
        assert_eq!(
            pair(for_issuer("Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW")),
            expected
        );
        assert_eq!(
            pair(for_issuer("basic  czZCaGRSa3F0MzpnWDFmQmF0M2JW ")),
            expected
        );
    }

    #[test]
    fn an_issuer_form_decodes_both_parts() {
        let read = pair(for_issuer(&header("my%3Aapp:a+b%2Bc%25")));
        assert_eq!(read, Ok(("my:app".into(), "a b+c%".into())));
        let raw = pair(for_issuer(&header("app:50%off")));
        assert_eq!(raw, Ok(("app".into(), "50%off".into())));
        assert_eq!(
            pair(for_issuer(&header("app:"))),
            Ok(("app".into(), String::new()))
        );
    }

    #[test]
    fn a_gateway_reads_encoded_and_plain_pairs() {
        let expected = Ok(("CLIENT_ID".to_owned(), "SE-CR_ET".to_owned()));
        assert_eq!(pair(for_gateway("Basic CLIENT_ID:SE-CR_ET")), expected);
        assert_eq!(pair(for_gateway(&header("CLIENT_ID:SE-CR_ET"))), expected);
        assert_eq!(
            pair(for_gateway(
                header("CLIENT_ID:SE-CR_ET").trim_end_matches('=')
            )),
            expected
        );
        // Not form-decoded: Kong is not an issuer.
        assert_eq!(
            pair(for_gateway(&header("a%3A:b+c"))),
            Ok(("a%3A".into(), "b+c".into()))
        );
    }

    #[test]
    fn malformed_headers_are_refused_with_their_reason() {
        for value in ["", "Basic", "Bearer abc", "Basicabc", "Digest a:b"] {
            assert_eq!(
                pair(for_issuer(value)),
                Err(BasicError::OtherScheme),
                "{value:?}"
            );
        }
        for value in [
            "Basic !!!",
            "Basic YWJj",
            "Basic OnNlY3JldA==",
            "Basic  \t ",
        ] {
            let read = pair(for_issuer(value));
            assert!(
                matches!(read, Err(BasicError::Malformed | BasicError::OtherScheme)),
                "{value:?}"
            );
            assert!(pair(for_gateway(value)).is_err(), "{value:?}");
        }
        assert!(for_issuer(&header("a:b\nc")).is_err());
        assert!(for_issuer("Basic a:b").is_err());
        assert!(for_gateway(&format!("Basic {}:x", "a".repeat(9000))).is_err());
    }

    proptest! {
        #[test]
        fn every_pair_survives_encoding(id in "[!-~]{1,30}", secret in "[ -~éß]{0,60}") {
            let encoded = encode(&id, &secret.clone().into());
            prop_assert_eq!(pair(for_issuer(encoded.expose_secret())), Ok((id, secret)));
        }

        #[test]
        fn no_header_makes_the_readers_panic(value in any::<String>(), tail in "\\PC{0,40}") {
            let _ = for_issuer(&value);
            let _ = for_gateway(&format!("Basic {tail}"));
            let _ = for_issuer(&header(&tail));
        }
    }
}
