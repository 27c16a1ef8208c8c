//! One PostgreSQL server for all test processes of a user.
//!
//! In `gatehouse-postgres-UID` below the system's temporary directory: `lock` is held while somebody
//! looks after the server; `users/PID` says who needs it; `current` names the directory of its files, which
//! belongs to whom it runs as and goes with it. A watchdog stops the server a minute after the last user ended: it
//! removes the empty directory `users`, which fails if somebody came in between, and whoever comes
//! later and finds no `users` starts a new one.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const INSTALL: &str = "PostgreSQL is not installed, and these tests need it. Install it (Debian and Ubuntu: \
    `apt-get install postgresql`; Fedora: `dnf install postgresql-server`; macOS: `brew install postgresql`), \
    or set GATEHOUSE_TEST_POSTGRES to the URL of a server, with a user that may create databases";

/// Where the server answers, in its directory.
const SOCKET: &str = ".s.PGSQL.5432";

/// Stops the server when no user is left for a minute. `$1` the directory, `$2` the server's process,
/// `$3` the directory of its files.
const WATCHDOG: &str = r#"
idle=0
while sleep 5; do
    kill -0 "$2" 2>/dev/null || exit 0
    for user in "$1"/users/*; do
        pid=${user##*/}
        if ! ps -p "$pid" >/dev/null 2>&1 && ! [ -d "/proc/$pid" ]; then rm -f "$user"; fi
    done
    if [ -n "$(ls "$1/users" 2>/dev/null)" ]; then idle=0; else idle=$((idle + 1)); fi
    if [ "$idle" -ge 12 ] && rmdir "$1/users" 2>/dev/null; then
        kill -INT "$2"
        while kill -0 "$2" 2>/dev/null; do sleep 0.2; done
        rm -rf "$3"
        exit 0
    fi
done
"#;

/// The address of the server, without a database. Starts it if it does not run.
pub(super) fn url() -> Result<String, String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests have no configuration file; the variable is documented"
    )]
    if let Ok(url) = std::env::var("GATEHOUSE_TEST_POSTGRES") {
        return Ok(url);
    }
    shared().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => INSTALL.to_owned(),
        _ => format!("the PostgreSQL of the tests did not start: {error}"),
    })
}

fn shared() -> io::Result<String> {
    let binaries = binaries().ok_or(io::ErrorKind::NotFound)?;
    // A file tells who we are.
    let me = tempfile::tempfile()?.metadata()?.uid();
    let base = std::env::temp_dir().join(format!("gatehouse-postgres-{me}"));
    fs::create_dir_all(&base)?;
    fs::set_permissions(&base, fs::Permissions::from_mode(0o755))?;
    let lock = File::create(base.join("lock"))?;
    lock.lock()?;
    let current = fs::read_to_string(base.join("current")).unwrap_or_else(|_| "none".into());
    let mut server = base.join(current);
    let mut socket = server.join(SOCKET);
    let me_in_users = base.join("users").join(std::process::id().to_string());
    let runs = File::create(&me_in_users).is_ok() && await_server(&socket, Duration::from_secs(2));
    if !runs {
        let _ = fs::remove_dir_all(base.join("users"));
        // The former one may still be on its way down.
        let deadline = Instant::now() + Duration::from_secs(15);
        while UnixStream::connect(&socket).is_ok() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(100));
        }
        let name = format!("server-{}", std::process::id());
        server = base.join(&name);
        socket = server.join(SOCKET);
        let _ = fs::remove_dir_all(&server);
        start(
            &binaries,
            &base,
            &server,
            (me == 0).then(unprivileged).flatten(),
        )?;
        fs::write(base.join("current"), name)?;
        fs::create_dir_all(base.join("users"))?;
        File::create(&me_in_users)?;
        if !await_server(&socket, Duration::from_secs(30)) {
            let log = fs::read_to_string(server.join("log")).unwrap_or_default();
            return Err(io::Error::other(log));
        }
    }
    Ok(format!(
        "postgres://gatehouse@localhost/?host={}",
        server.display()
    ))
}

/// Whether this machine's tests started the server.
pub(super) fn is_ours(url: &str) -> bool {
    url.contains("/gatehouse-postgres-")
}

/// Whether a process is there.
pub(super) fn is_running(pid: u32) -> bool {
    if Path::new("/proc/self").exists() {
        return Path::new("/proc").join(pid.to_string()).exists();
    }
    let ps = Command::new("ps")
        .args(["-p", &pid.to_string()])
        .stdout(Stdio::null())
        .status();
    ps.is_ok_and(|status| status.success())
}

fn await_server(socket: &Path, patience: Duration) -> bool {
    let deadline = Instant::now() + patience;
    while Instant::now() < deadline {
        if UnixStream::connect(socket).is_ok() {
            return true;
        }
        thread::sleep(Duration::from_millis(50));
    }
    false
}

fn start(binaries: &Path, base: &Path, server: &Path, user: Option<(u32, u32)>) -> io::Result<()> {
    fs::create_dir(server)?;
    if let Some((uid, gid)) = user {
        std::os::unix::fs::chown(server, Some(uid), Some(gid))?;
    }
    let command = |program: &str| -> io::Result<Command> {
        let mut command = Command::new(binaries.join(program));
        let log = File::options()
            .create(true)
            .append(true)
            .open(server.join("log"))?;
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        // The tests' terminal is not the server's: Ctrl-C there does not concern it.
        command.process_group(0).current_dir(server);
        if let Some((uid, gid)) = user {
            command.uid(uid).gid(gid);
        }
        Ok(command)
    };
    let data = server.join("data");
    let made = command("initdb")?
        .arg("-D")
        .arg(&data)
        .args([
            "-U",
            "gatehouse",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ])
        .status()?;
    if !made.success() {
        let log = fs::read_to_string(server.join("log")).unwrap_or_default();
        return Err(io::Error::other(log));
    }
    let mut postgres = command("postgres")?;
    postgres.arg("-D").arg(&data).arg("-k").arg(server);
    let settings = [
        "listen_addresses=",
        "port=5432",
        "max_connections=500",
        "shared_buffers=64MB",
        // Nothing here is worth keeping.
        "fsync=off",
        "full_page_writes=off",
        "synchronous_commit=off",
    ];
    for setting in settings {
        postgres.args(["-c", setting]);
    }
    let process = postgres.spawn()?;
    Command::new("sh")
        .args(["-c", WATCHDOG, "watchdog"])
        .arg(base)
        .arg(process.id().to_string())
        .arg(server)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .map(drop)
}

/// PostgreSQL refuses to run as root: as `postgres`, else as `nobody`.
fn unprivileged() -> Option<(u32, u32)> {
    let users = fs::read_to_string("/etc/passwd").ok()?;
    ["postgres", "nobody"].iter().find_map(|wanted| {
        let line = users
            .lines()
            .find(|line| line.split(':').next() == Some(wanted))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    })
}

/// The directory with `initdb` and `postgres`: Debian's, Homebrew's, Fedora's, or one on the PATH.
fn binaries() -> Option<PathBuf> {
    let versions = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"];
    let mut found: Vec<PathBuf> = versions
        .iter()
        .filter_map(|directory| fs::read_dir(directory).ok())
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .collect();
    found.sort();
    found.reverse();
    #[expect(
        clippy::disallowed_methods,
        reason = "looks for a program as a shell would"
    )]
    let path = std::env::var_os("PATH").unwrap_or_default();
    found.extend(std::env::split_paths(&path));
    found.push("/usr/pgsql/bin".into());
    let complete = |bin: &PathBuf| bin.join("initdb").is_file() && bin.join("postgres").is_file();
    found.into_iter().find(complete)
}
