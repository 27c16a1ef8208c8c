//! Images that an administrator uploaded as data URIs.

use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header;
use serde_json::Value;

/// One transparent pixel (PNG): where nothing was uploaded, the page must not show a broken image.
const NOTHING: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52,
    0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, 0x00, 0x00, 0x00, 0x1f, 0x15, 0xc4,
    0x89, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x00, 0x01, 0x00, 0x00,
    0x05, 0x00, 0x01, 0x0d, 0x0a, 0x2d, 0xb4, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae,
    0x42, 0x60, 0x82,
];

/// Kinds of image that are answered as what they are.
const KINDS: [&str; 7] = [
    "image/png",
    "image/jpeg",
    "image/jpg",
    "image/gif",
    "image/webp",
    "image/svg+xml",
    "image/x-icon",
];

/// The image in `images.NAME` of an appearance (`{"data": "data:…"}` or the URI itself), else one
/// transparent pixel.
pub(super) fn answer(image: Option<&Value>) -> Response {
    let uri = image.and_then(|image| image["data"].as_str().or_else(|| image.as_str()));
    let (kind, bytes) = uri
        .and_then(decode)
        .unwrap_or_else(|| ("image/png", NOTHING.to_vec()));
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=300"),
        // An SVG that is opened by itself must not run scripts on this origin.
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        ),
    ];
    (headers, bytes).into_response()
}

fn decode(uri: &str) -> Option<(&'static str, Vec<u8>)> {
    let (kind, data) = uri.strip_prefix("data:")?.split_once(";base64,")?;
    let kind = KINDS
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(kind))?;
    Some((kind, STANDARD.decode(data.trim()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn only_images_are_decoded() {
        assert_eq!(decode("data:image/png;base64,aGk=").unwrap().0, "image/png");
        for other in [
            "data:text/html;base64,aGk=",
            "https://a.example/a.png",
            "data:image/png,x",
        ] {
            assert!(decode(other).is_none(), "{other}");
        }
    }
}
