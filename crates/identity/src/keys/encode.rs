//! PEM, and the little DER that a certificate bag needs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A PEM block (RFC 7468) with the line ends that the vendor's answers have.
pub(super) fn pem(label: &str, der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let mut pem = format!("-----BEGIN {label}-----\r\n");
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        pem.push_str(line);
        pem.push_str("\r\n");
        rest = after;
    }
    pem.push_str(&format!("-----END {label}-----\r\n"));
    pem
}

/// A PKCS #7 bag that holds one certificate and no signature (RFC 2315 §9.1, the degenerate case).
pub(super) fn pkcs7(certificate: &[u8]) -> Vec<u8> {
    const SIGNED_DATA: &[u8] = &[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];
    const DATA: &[u8] = &[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
    const VERSION_1: &[u8] = &[0x02, 1, 1];
    const EMPTY_SET: &[u8] = &[0x31, 0];
    let signed = [
        VERSION_1,
        EMPTY_SET,
        &tagged(0x30, DATA),
        &tagged(0xa0, certificate),
        EMPTY_SET,
    ]
    .concat();
    let content = tagged(0xa0, &tagged(0x30, &signed));
    tagged(0x30, &[SIGNED_DATA, &content].concat())
}

/// Tag, length, content (X.690 §8.1).
fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut der = vec![tag];
    if let Ok(short @ 0..128) = u8::try_from(length) {
        der.push(short);
    } else {
        let bytes = length.to_be_bytes();
        let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
        let significant = &bytes[zeros..];
        // At most eight bytes, so the count fits.
        der.push(0x80 | u8::try_from(significant.len()).unwrap_or(8));
        der.extend_from_slice(significant);
    }
    der.extend_from_slice(content);
    der
}

#[cfg(test)]
mod tests {
    use super::{pem, tagged};

    #[test]
    fn lengths_are_short_long_and_exact() {
        assert_eq!(tagged(4, &[7; 3]), [4, 3, 7, 7, 7]);
        assert_eq!(tagged(4, &[0; 200])[..3], [4, 0x81, 200]);
        assert_eq!(tagged(4, &[0; 300])[..4], [4, 0x82, 1, 44]);
    }

    #[test]
    fn lines_have_64_characters() {
        let text = pem("CERTIFICATE", &[1; 100]);
        assert!(text.lines().all(|line| line.len() <= 64));
        assert!(text.starts_with("-----BEGIN CERTIFICATE-----\r\n"));
    }
}
