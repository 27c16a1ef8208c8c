//! The last configuration on a node's disk: the lines of the stream since the last full one.
//!
//! A full configuration replaces the file (written aside, synced, renamed). A change is one line
//! more, so that it costs what it holds. A line that a crash cut short is left out when reading.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::config::{Application, Config, Line, Update};

/// The file is written anew when its changes outgrow this and the rest of it.
const COMPACT_FROM: u64 = 4 * 1024 * 1024;

#[derive(Clone, Debug)]
pub(super) struct Disk {
    file: Arc<Path>,
    /// Bytes of the changes after the full configuration: a large file is not read for each of them.
    changes: Arc<AtomicU64>,
}

impl Disk {
    pub(super) fn new(file: PathBuf) -> Self {
        Self {
            file: file.into(),
            changes: Arc::default(),
        }
    }

    /// What was kept, if anything was.
    pub(super) async fn load(&self) -> io::Result<Option<Config>> {
        let changes = Arc::clone(&self.changes);
        self.run(move |file| {
            let (config, length) = load(file)?;
            changes.store(length, Ordering::Relaxed);
            Ok(config)
        })
        .await
    }

    /// Keeps an update, given as it came.
    pub(super) async fn keep(&self, update: &Update, line: &[u8]) -> io::Result<()> {
        let full = matches!(update, Update::Full(_));
        let mut line = line.trim_ascii().to_vec();
        line.push(b'\n');
        let changes = Arc::clone(&self.changes);
        self.run(move |file| {
            if full {
                replace(file, &line)?;
                changes.store(0, Ordering::Relaxed);
                return Ok(());
            }
            append(file, &line)?;
            let length = line.len() as u64;
            let length = changes.fetch_add(length, Ordering::Relaxed) + length;
            if compact(file, length)? {
                changes.store(0, Ordering::Relaxed);
            }
            Ok(())
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let file = Arc::clone(&self.file);
        tokio::task::spawn_blocking(move || work(&file))
            .await
            .map_err(io::Error::other)?
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).mode(0o600);
    options
}

fn replace(file: &Path, content: &[u8]) -> io::Result<()> {
    let aside = file.with_extension("new");
    let mut new = private().truncate(true).open(&aside)?;
    new.write_all(content)?;
    new.sync_all()?;
    fs::rename(&aside, file)?;
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

fn append(file: &Path, line: &[u8]) -> io::Result<()> {
    let mut file = private().append(true).open(file)?;
    file.write_all(line)?;
    file.sync_data()
}

/// Folds the file into one line once changes, of this length, are most of it. Gives whether it did.
fn compact(file: &Path, changes: u64) -> io::Result<bool> {
    let length = fs::metadata(file)?.len();
    if length < COMPACT_FROM || changes <= length - changes.min(length) {
        return Ok(false);
    }
    let Some(config) = fold(&fs::read(file)?) else {
        return Ok(false);
    };
    let mut line = serde_json::to_vec(&Line::Update(Update::Full(config)))?;
    line.push(b'\n');
    replace(file, &line)?;
    Ok(true)
}

/// What is in the file, and the length of the changes after its first line.
fn load(file: &Path) -> io::Result<(Option<Config>, u64)> {
    match fs::read(file) {
        Ok(content) => {
            let first = memchr::memchr(b'\n', &content).unwrap_or(content.len());
            Ok((fold(&content), (content.len() - first) as u64))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok((None, 0)),
        Err(error) => Err(error),
    }
}

/// The configuration after the last line that follows from those before it.
fn fold(content: &[u8]) -> Option<Config> {
    let mut config: Option<Config> = None;
    let mut applications: HashMap<String, Application> = HashMap::new();
    for line in content.split(|&byte| byte == b'\n') {
        match Line::parse(line) {
            Ok(Line::Update(Update::Full(mut full))) => {
                applications = std::mem::take(&mut full.applications)
                    .into_iter()
                    .map(|application| (application.id.clone(), application))
                    .collect();
                config = Some(full);
            }
            Ok(Line::Update(Update::Applications {
                from,
                revision,
                changed,
                removed,
            })) => {
                let config = config.as_mut().filter(|config| config.revision == from)?;
                config.revision = revision;
                change(&mut applications, changed, &removed);
            }
            Ok(Line::Update(Update::Configuration {
                from,
                config: changed_config,
                changed,
                removed,
            })) => {
                config.as_ref().filter(|config| config.revision == from)?;
                config = Some(changed_config);
                change(&mut applications, changed, &removed);
            }
            Ok(Line::Heartbeat { .. }) => {}
            Err(_) => break,
        }
    }
    let mut config = config?;
    config.applications = applications.into_values().collect();
    config.applications.sort_by(|a, b| a.id.cmp(&b.id));
    Some(config)
}

fn change(
    applications: &mut HashMap<String, Application>,
    changed: Vec<Application>,
    removed: &[String],
) {
    for id in removed {
        applications.remove(id);
    }
    applications.extend(changed.into_iter().map(|a| (a.id.clone(), a)));
}

#[cfg(test)]
mod tests {
    use super::{COMPACT_FROM, append, compact, fold, load, replace};
    use crate::config::{Application, Config, Line, Update};
    use std::os::unix::fs::PermissionsExt;

    fn application(id: &str) -> Application {
        Application {
            id: id.into(),
            name: id.into(),
            strategy_id: "strategy".into(),
            client_ids: vec![id.into()],
            keys: Vec::new(),
            secrets: Vec::new(),
            secret_version: 1,
            registrations: Vec::new(),
        }
    }

    fn line(update: Update) -> Vec<u8> {
        let mut line = serde_json::to_vec(&Line::Update(update)).unwrap();
        line.push(b'\n');
        line
    }

    fn full(revision: i64, applications: &[&str]) -> Vec<u8> {
        line(Update::Full(Config {
            revision,
            applications: applications.iter().map(|id| application(id)).collect(),
            ..Config::default()
        }))
    }

    fn change(from: i64, changed: &[&str], removed: &[&str]) -> Vec<u8> {
        line(Update::Applications {
            from,
            revision: from + 1,
            changed: changed.iter().map(|id| application(id)).collect(),
            removed: removed.iter().map(|&id| id.into()).collect(),
        })
    }

    fn ids(config: &Config) -> Vec<&str> {
        config.applications.iter().map(|a| a.id.as_str()).collect()
    }

    #[test]
    fn a_file_is_private_and_folds_to_its_last_state() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("gateway.ndjson");
        assert!(load(&file).unwrap().0.is_none());
        replace(&file, &full(1, &["a", "b"])).unwrap();
        append(&file, &change(1, &["c"], &["a"])).unwrap();
        append(&file, &change(2, &["d"], &[])).unwrap();
        let config = load(&file).unwrap().0.unwrap();
        assert_eq!((config.revision, ids(&config)), (3, vec!["b", "c", "d"]));
        let configuration = line(Update::Configuration {
            from: 3,
            config: Config {
                revision: 4,
                ..Config::default()
            },
            changed: vec![application("e")],
            removed: vec!["b".into()],
        });
        append(&file, &configuration).unwrap();
        let config = load(&file).unwrap().0.unwrap();
        assert_eq!((config.revision, ids(&config)), (4, vec!["c", "d", "e"]));
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_line_cut_short_by_a_crash_is_left_out() {
        let whole = [full(1, &["a"]), change(1, &["b"], &[])].concat();
        for cut in full(1, &["a"]).len()..whole.len() - 1 {
            let config = fold(&whole[..cut]).unwrap();
            assert_eq!(
                (config.revision, ids(&config)),
                (1, vec!["a"]),
                "cut at {cut}"
            );
        }
        assert!(fold(&whole[..10]).is_none());
    }

    #[test]
    fn changes_are_folded_once_they_are_most_of_a_large_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("gateway.ndjson");
        let name = "a".repeat(usize::try_from(COMPACT_FROM).unwrap());
        replace(&file, &full(1, &[&name])).unwrap();
        append(&file, &change(1, &["b"], &[])).unwrap();
        let (_, changes) = load(&file).unwrap();
        assert!(!compact(&file, changes).unwrap(), "{changes}");
        append(&file, &change(2, &[&name], &[])).unwrap();
        append(&file, &change(3, &["c"], &[&name])).unwrap();
        let (_, changes) = load(&file).unwrap();
        assert!(compact(&file, changes).unwrap(), "{changes}");
        let (config, changes) = load(&file).unwrap();
        let config = config.unwrap();
        assert_eq!(
            (config.revision, ids(&config), changes),
            (4, vec!["b", "c"], 1)
        );
    }
}
