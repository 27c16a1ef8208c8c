//! Files of the data directory, written whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use anyhow::{Context, Result};

/// Makes the data directory and its `keys/` (0700), and checks that files can be written there.
///
/// # Errors
/// One sentence that names the directory and what to do.
pub(crate) fn prepare_data_dir(dir: &Path) -> Result<()> {
    let hint = || {
        format!(
            "cannot write to the data directory {}; give another with --data-dir or GATEHOUSE__DATA_DIR, or make it writable for this user",
            dir.display()
        )
    };
    fs::create_dir_all(dir).with_context(hint)?;
    let keys = dir.join("keys");
    if !keys.exists() {
        fs::DirBuilder::new()
            .mode(0o700)
            .create(&keys)
            .with_context(hint)?;
    }
    let probe = dir.join(".write-probe");
    File::create(&probe)
        .and_then(|mut file| file.write_all(b"probe"))
        .with_context(hint)?;
    fs::remove_file(&probe).with_context(hint)
}

/// Writes a file that this user alone may read (0600).
///
/// # Errors
/// If the file cannot be written.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    write(path, bytes, 0o600)
}

/// Writes a file that everybody may read.
///
/// # Errors
/// If the file cannot be written.
pub(crate) fn write_public(path: &Path, bytes: &[u8]) -> Result<()> {
    write(path, bytes, 0o644)
}

fn write(path: &Path, bytes: &[u8], mode: u32) -> Result<()> {
    let context = || format!("cannot write {}", path.display());
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let fresh = path.with_file_name(name);
    // A leftover of an interrupted write would keep its own mode.
    let _ = fs::remove_file(&fresh);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(&fresh)
        .with_context(context)?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .with_context(context)?;
    fs::rename(&fresh, path).with_context(context)
}
