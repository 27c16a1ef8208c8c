//! A package's files out of its archive.

use std::io::Read as _;
use std::path::Component;

use flate2::read::GzDecoder;

use super::{Limits, ModuleError};

/// Path in the package, and text.
pub(crate) type Files = Vec<(String, String)>;

/// Unpacks what can be required: JavaScript and JSON. Nothing touches a disk.
///
/// # Errors
/// [`ModuleError::Archive`] for what is no archive or leads out of the package,
/// [`ModuleError::TooLarge`] for more than the limits allow however small it was packed, and
/// [`ModuleError::Native`].
pub(crate) fn unpack(package: &str, bytes: &[u8], limits: &Limits) -> Result<Files, ModuleError> {
    let unusable = |message: String| ModuleError::Archive {
        package: package.to_owned(),
        message,
    };
    let broken = |error: std::io::Error| unusable(error.to_string());
    let limit = limits.unpacked as u64;
    let mut archive = tar::Archive::new(GzDecoder::new(bytes).take(limit + 1));
    let mut files = Files::new();
    let mut unpacked = 0;
    for (index, entry) in archive.entries().map_err(broken)?.enumerate() {
        let mut entry = entry.map_err(broken)?;
        unpacked += entry.size();
        if unpacked > limit || index > limits.files * 4 {
            return Err(ModuleError::TooLarge(format!(
                "{package} unpacks to more than {limit} bytes or too many files"
            )));
        }
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let path = entry.path().map_err(broken)?.into_owned();
        let mut inside = Vec::new();
        for component in path.components() {
            match component {
                Component::Normal(name) => inside.push(name.to_string_lossy().into_owned()),
                Component::CurDir => {}
                _ => return Err(unusable(format!("{} leads out of it", path.display()))),
            }
        }
        // The first folder is `package`, or whatever the publisher called it.
        let inside = inside.get(1..).unwrap_or_default().join("/");
        if inside == "binding.gyp" || inside.ends_with(".node") {
            return Err(ModuleError::Native(package.to_owned()));
        }
        if !is_kept(&inside) {
            continue;
        }
        let mut content = Vec::new();
        entry.read_to_end(&mut content).map_err(broken)?;
        files.push((inside, String::from_utf8_lossy(&content).into_owned()));
    }
    Ok(files)
}

fn is_kept(path: &str) -> bool {
    let extension = path.rsplit_once('.').map(|(_, extension)| extension);
    matches!(extension, Some("js" | "cjs" | "mjs" | "json")) && !path.starts_with("node_modules/")
}
