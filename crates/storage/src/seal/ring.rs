//! Where keys come from: a directory, the configuration, or a command.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use oauth::Entropy;
use zeroize::Zeroizing;

use super::Error;
use super::key::Key;

/// Marks the key that digests are made under.
const DIGEST: &str = "digest:";

/// The key-encryption keys, the current one first, and the key that digests are made under.
pub struct KeyRing {
    keys: Vec<(String, Key)>,
    digest: Key,
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.keys.iter().map(|(id, _)| id))
            .finish()
    }
}

impl KeyRing {
    /// Reads `dir`, or makes it (0700) with a first set of keys (files of 0600).
    ///
    /// `kek-0001`, `kek-0002`, … hold one key each in base64; the highest number is the current one.
    /// `digest` holds the key of the digests. To rotate, add the next number
    /// (`openssl rand -base64 32 > kek-0002`) and start again.
    ///
    /// # Errors
    /// [`Error::Keys`] if the directory or a file in it cannot be read or made.
    pub fn load_or_create(dir: &Path, entropy: &Entropy) -> Result<Self, Error> {
        let fault = |error: io::Error| {
            Error::Keys(format!(
                "the key directory {} cannot be used ({error}): give this user the right to read and \
                 write it, or name another one",
                dir.display()
            ))
        };
        make_directory(dir).map_err(fault)?;
        warn_if_others_can_read(dir).map_err(fault)?;
        let mut files = key_files(dir).map_err(fault)?;
        if files.is_empty() && dir.join("digest").exists() {
            return Err(Error::Keys(format!(
                "{} holds no kek-… file any more: restore it, nothing sealed opens without it",
                dir.display()
            )));
        }
        if files.is_empty() {
            write_new(dir, "kek-0001", &Key::generate(entropy)).map_err(fault)?;
            files = key_files(dir).map_err(fault)?;
        }
        if !dir.join("digest").exists() {
            write_new(dir, "digest", &Key::generate(entropy)).map_err(fault)?;
        }
        let read = |name: &str| {
            let text = Zeroizing::new(fs::read_to_string(dir.join(name)).map_err(fault)?);
            Key::parse(&text).ok_or_else(|| {
                Error::Keys(format!(
                    "{} does not hold 32 bytes in base64: restore it from a backup",
                    dir.join(name).display()
                ))
            })
        };
        let keys: Vec<Key> = files
            .iter()
            .rev()
            .map(|name| read(name))
            .collect::<Result<_, _>>()?;
        Ok(Self::of(keys, read("digest")?))
    }

    /// From base64 texts of 32 bytes each: the first seals, the others open what they have sealed.
    ///
    /// Digests are made under the last one. To retire that one, keep it as `digest:…`, which makes an
    /// entry serve digests alone.
    ///
    /// # Errors
    /// [`Error::Keys`] names the place in the list of an entry that is not such a key.
    pub fn from_base64<T: AsRef<str>>(list: &[T]) -> Result<Self, Error> {
        let mut keys = Vec::new();
        let mut digest = None;
        for (text, place) in list.iter().zip(1..) {
            let text = text.as_ref();
            let (of_digests, text) = match text.strip_prefix(DIGEST) {
                Some(text) => (true, text),
                None => (false, text),
            };
            let key = Key::parse(text).ok_or_else(|| {
                Error::Keys(format!(
                    "key {place} is not 32 bytes in base64: make one with `openssl rand -base64 32`"
                ))
            })?;
            if of_digests && digest.is_some() {
                return Err(Error::Keys(format!(
                    "key {place} is a second `{DIGEST}` entry: keep one"
                )));
            }
            if of_digests {
                digest = Some(key);
            } else {
                keys.push(key);
            }
        }
        let Some(last) = keys.last() else {
            return Err(Error::Keys(
                "no key is given: make one with `openssl rand -base64 32`".into(),
            ));
        };
        let digest = digest.unwrap_or_else(|| last.clone());
        Ok(Self::of(keys, digest))
    }

    /// Runs a program, once, and reads what it prints as [`KeyRing::from_base64`] does, one key a line:
    /// the door to a key management service. Its complaints go to this program's own.
    ///
    /// # Errors
    /// [`Error::Keys`] if it cannot be started, fails, or prints anything else.
    pub fn from_command(command: &[String]) -> Result<Self, Error> {
        let [program, args @ ..] = command else {
            return Err(Error::Keys(
                "the command that prints the keys is empty".into(),
            ));
        };
        let output = Command::new(program)
            .args(args)
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| {
                Error::Keys(format!(
                    "`{program}`, which prints the keys, cannot be started ({error})"
                ))
            })?;
        let printed = Zeroizing::new(output.stdout);
        if !output.status.success() {
            return Err(Error::Keys(format!(
                "`{program}`, which prints the keys, failed ({}): run it by hand to see why",
                output.status
            )));
        }
        let text = std::str::from_utf8(&printed)
            .map_err(|_| Error::Keys(format!("`{program}` must print base64, one key a line")))?;
        let lines: Vec<&str> = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        Self::from_base64(&lines)
    }

    /// A ring that is the same every time.
    #[must_use]
    pub fn for_tests() -> Self {
        let entropy = Entropy::seeded(0x6b65_7973);
        Self::of(vec![Key::generate(&entropy)], Key::generate(&entropy))
    }

    /// What names the current key; it tells nothing of the key.
    #[must_use]
    pub fn current_key_id(&self) -> &str {
        &self.keys[0].0
    }

    /// At least one key.
    fn of(keys: Vec<Key>, digest: Key) -> Self {
        let keys = keys.into_iter().map(|key| (key.id(), key)).collect();
        Self { keys, digest }
    }

    pub(super) fn current(&self) -> &Key {
        &self.keys[0].1
    }

    pub(super) fn key(&self, id: &str) -> Result<&Key, Error> {
        let found = self
            .keys
            .iter()
            .find(|(known, _)| known == id)
            .map(|(_, key)| key);
        found.ok_or_else(|| Error::UnknownKey {
            key_id: id.to_owned(),
        })
    }

    pub(super) const fn digest_key(&self) -> &Key {
        &self.digest
    }
}

fn make_directory(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

fn warn_if_others_can_read(dir: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if std::os::unix::fs::PermissionsExt::mode(&fs::metadata(dir)?.permissions()) & 0o077 != 0 {
        let dir = dir.display();
        tracing::warn!(%dir, "other users may read the keys: run chmod 700 on the directory");
    }
    Ok(())
}

/// The names of the key files, oldest first.
fn key_files(dir: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dir)? {
        if let Ok(name) = entry?.file_name().into_string()
            && name
                .strip_prefix("kek-")
                .is_some_and(|number| number.parse::<u32>().is_ok())
        {
            names.push(name);
        }
    }
    names.sort_by_key(|name| name["kek-".len()..].parse::<u32>().unwrap_or(0));
    Ok(names)
}

/// Writes a key so that another process that starts now sees the whole of it or nothing, and so that
/// the first one wins.
fn write_new(dir: &Path, name: &str, key: &Key) -> io::Result<()> {
    let draft = dir.join(format!(".{name}.{}", std::process::id()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    file.write_all(key.to_base64().as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    let linked = fs::hard_link(&draft, dir.join(name));
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => fs::File::open(dir)?.sync_all(),
    }
}
