//! Pictures: files beside the YAML, data addresses for the API.

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What files end in, and the kinds of picture that they are.
const ENDS: [(&str, &str); 5] = [
    ("png", "png"),
    ("jpg", "jpeg"),
    ("jpeg", "jpeg"),
    ("gif", "gif"),
    ("ico", "x-icon"),
];

/// A data address of the content of a file.
pub(super) fn data(path: &str, bytes: &[u8]) -> String {
    let end = path.rsplit_once('.').map_or("", |(_, end)| end);
    let end = end.to_ascii_lowercase();
    let kind = ENDS.iter().find(|(known, _)| *known == end);
    let kind = kind.map_or(end.as_str(), |(_, kind)| kind);
    address(&format!("image/{kind}"), bytes)
}

/// A data address of what is of this media type.
pub(in crate::command::declare) fn address(media_type: &str, bytes: &[u8]) -> String {
    format!("data:{media_type};base64,{}", STANDARD.encode(bytes))
}

/// The end of a file's name, and what is in the file, for a data address; `None` if it is none of a picture
/// that a file can stand for: then it stays where it is.
///
/// # Errors
/// If its content cannot be read.
pub(super) fn file(address: &str) -> Result<Option<(&'static str, Vec<u8>)>> {
    let Some((kind, encoded)) = address
        .strip_prefix("data:image/")
        .and_then(|rest| rest.split_once(";base64,"))
    else {
        return Ok(None);
    };
    let Some((end, _)) = ENDS.iter().find(|(_, known)| *known == kind) else {
        return Ok(None);
    };
    let bytes = STANDARD.decode(encoded).context("an image is not base64")?;
    // What is written back must be what was read.
    let same = STANDARD.encode(&bytes) == encoded;
    Ok(same.then_some((end, bytes)))
}

#[cfg(test)]
mod tests {
    use super::{data, file};

    #[test]
    fn a_picture_comes_back_as_it_was() {
        for (path, end) in [("a.png", "png"), ("b.JPEG", "jpg"), ("c.ico", "ico")] {
            let address = data(path, b"picture");
            let (found, bytes) = file(&address).unwrap().unwrap();
            assert_eq!((found, bytes.as_slice()), (end, &b"picture"[..]));
            assert_eq!(data(&format!("x.{end}"), &bytes), address);
        }
        assert!(file("https://example.com/a.png").unwrap().is_none());
    }
}
