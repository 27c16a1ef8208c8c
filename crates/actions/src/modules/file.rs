//! A file of a package, as it is held.

use std::borrow::Cow;
use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

/// The text of a file.
///
/// A script is read once, when it is compiled: until then it is packed. Manifests and other JSON are
/// read now and then, and are small.
#[derive(Debug)]
pub(super) enum File {
    Plain(Box<str>),
    Packed { bytes: Box<[u8]>, length: usize },
}

/// Scripts that are shorter are not worth it.
const SMALLEST: usize = 512;

impl File {
    pub(super) fn new(path: &str, text: String) -> Self {
        if path.ends_with(".json") || text.len() < SMALLEST {
            return Self::Plain(text.into());
        }
        match pack(&text) {
            Ok(bytes) => Self::Packed {
                bytes: bytes.into(),
                length: text.len(),
            },
            Err(_) => Self::Plain(text.into()),
        }
    }

    pub(super) fn length(&self) -> usize {
        match self {
            Self::Plain(text) => text.len(),
            Self::Packed { length, .. } => *length,
        }
    }

    pub(super) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Plain(text) => Cow::Borrowed(text),
            Self::Packed { bytes, length } => {
                let mut text = String::with_capacity(*length);
                // It was packed here, from text, and so cannot fail to unpack.
                let _ = DeflateDecoder::new(&**bytes).read_to_string(&mut text);
                Cow::Owned(text)
            }
        }
    }
}

fn pack(text: &str) -> std::io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes())?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use super::File;

    #[test]
    fn a_script_is_packed_and_reads_as_it_was() {
        let script = "exports.answer = () => 'ü';\n".repeat(1000);
        for (path, packed) in [("a.js", true), ("a.json", false)] {
            let file = File::new(path, script.clone());
            assert_eq!(matches!(file, File::Packed { .. }), packed);
            assert_eq!(
                (file.text(), file.length()),
                (script.as_str().into(), script.len())
            );
        }
    }
}
