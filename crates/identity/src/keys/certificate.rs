//! The self-signed certificate around a signing key: `x5c` and `x5t` of the JWKS.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use oauth::Timestamp;

use super::encode;
use crate::Error;

/// Years that a certificate is valid, as the vendor's are. Nobody checks it: the key set is what is
/// trusted.
const YEARS: i32 = 13;

/// A certificate in DER.
#[derive(Clone, Debug)]
pub(crate) struct Certificate(Vec<u8>);

impl Certificate {
    /// Makes a certificate for a key.
    pub(super) fn self_signed(pkcs8: &[u8], host: &str, now: Timestamp) -> Result<Self, Error> {
        let failed = |error: rcgen::Error| {
            Error::Internal(format!("the signing key gets no certificate: {error}"))
        };
        let pair = rcgen::KeyPair::try_from(pkcs8).map_err(failed)?;
        let mut params = rcgen::CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        // X.520 limits a common name to 64 characters.
        let name: String = host.chars().take(64).collect();
        params
            .distinguished_name
            .push(rcgen::DnType::CommonName, name);
        let (year, month, day) = date(now);
        params.not_before = rcgen::date_time_ymd(year, month, day);
        // 29 February does not exist in every year.
        params.not_after = rcgen::date_time_ymd(year + YEARS, month, day.min(28));
        let certificate = params.self_signed(&pair).map_err(failed)?;
        Ok(Self(certificate.der().to_vec()))
    }

    /// Reads what [`Certificate::base64`] wrote.
    pub(crate) fn from_base64(text: &str) -> Result<Self, Error> {
        let der = STANDARD.decode(text);
        der.map(Self)
            .map_err(|_| Error::Internal("a stored certificate is not base64".to_owned()))
    }

    /// DER in base64: an `x5c` entry (RFC 7517 §4.7).
    pub(crate) fn base64(&self) -> String {
        STANDARD.encode(&self.0)
    }

    /// RFC 7517 §4.8.
    pub(crate) fn x5t(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.sha1())
    }

    /// RFC 5280 §4.1.
    pub(crate) fn der(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn pem(&self) -> String {
        encode::pem("CERTIFICATE", &self.0)
    }

    pub(crate) fn pkcs7_pem(&self) -> String {
        encode::pem("PKCS7", &encode::pkcs7(&self.0))
    }

    /// SHA-1 in upper-case hexadecimal, bytes apart by colons.
    pub(crate) fn fingerprint(&self) -> String {
        let bytes: Vec<String> = self
            .sha1()
            .iter()
            .map(|byte| format!("{byte:02X}"))
            .collect();
        bytes.join(":")
    }

    /// The same without colons.
    pub(crate) fn thumbprint(&self) -> String {
        self.fingerprint().replace(':', "")
    }

    fn sha1(&self) -> Vec<u8> {
        // `x5t` is SHA-1 by definition; nothing relies on it being hard to collide.
        digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &self.0)
            .as_ref()
            .to_vec()
    }
}

/// The day of a moment: year, month, day.
fn date(now: Timestamp) -> (i32, u8, u8) {
    let text = now.to_rfc3339();
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    (
        part(0, 4).parse().unwrap_or(2026),
        part(5, 7).parse().unwrap_or(1),
        part(8, 10).parse().unwrap_or(1),
    )
}
