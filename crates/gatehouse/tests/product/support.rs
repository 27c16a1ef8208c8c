//! A running `gatehouse quickstart` for the tests: the real binary, free ports, a directory of its own.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use egress::{Egress, Policy};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use serde_json::Value;

/// The sections whose ports must be free ones, so that tests may run beside anything.
const SECTIONS: [&str; 5] = ["GATEWAY", "PLATFORM", "PORTAL", "IDENTITY", "OPERATIONS"];

/// The binary under test, ready to be given arguments: ports are free ones, nothing of this environment leaks in.
pub(crate) fn gatehouse(data_dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatehouse"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("GATEHOUSE__")) {
        command.env_remove(name);
    }
    for section in SECTIONS {
        command.env(format!("GATEHOUSE__{section}__LISTEN"), "127.0.0.1:0");
    }
    command
        .arg("--data-dir")
        .arg(data_dir)
        .current_dir(data_dir)
        .stdin(Stdio::null());
    command
}

/// A quickstart that has told its story and keeps serving.
pub(crate) struct Demo {
    child: Child,
    dir: tempfile::TempDir,
    /// `endpoints.json`.
    pub(crate) endpoints: Value,
    /// `quickstart.json`.
    pub(crate) saved: Value,
}

impl Demo {
    /// Starts it and waits until the story is told.
    pub(crate) fn start(tls: bool) -> Self {
        Self::start_with(tls, &[])
    }

    /// The same with settings by environment.
    pub(crate) fn start_with(tls: bool, settings: &[(&str, String)]) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let log = File::create(dir.path().join("log.txt")).expect("a log file");
        let mut command = gatehouse(dir.path());
        command.arg("quickstart").args(tls.then_some("--tls"));
        command
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stdout(log.try_clone().expect("a log file"))
            .stderr(log);
        let child = command.spawn().expect("the binary starts");
        let mut demo = Self {
            child,
            dir,
            endpoints: Value::Null,
            saved: Value::Null,
        };
        let deadline = Instant::now() + Duration::from_secs(120);
        loop {
            let told = demo.log().contains("Ctrl-C");
            if told {
                demo.endpoints = demo.json("endpoints.json");
                demo.saved = demo.json("quickstart.json");
                return demo;
            }
            let ended = demo.child.try_wait().expect("ask for the child");
            assert!(
                ended.is_none(),
                "quickstart ended with {ended:?}:\n{}",
                demo.log()
            );
            assert!(
                Instant::now() < deadline,
                "quickstart told no story in two minutes:\n{}",
                demo.log()
            );
            sleep(Duration::from_millis(20));
        }
    }

    /// A way out to its listeners, whose certificates it trusts.
    pub(crate) fn egress(&self) -> Egress {
        let authority = self.endpoints["ca_cert"].as_str();
        let roots =
            authority.map(|path| CertificateDer::from_pem_file(path).expect("a certificate"));
        let policy = Policy {
            allow: vec!["127.0.0.0/8".parse().expect("a network")],
            roots: roots.into_iter().collect(),
            ..Policy::default()
        };
        Egress::new(policy, oauth::Clock::system())
    }

    /// The data directory.
    pub(crate) fn data_dir(&self) -> &Path {
        self.dir.path()
    }

    /// What the process printed so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("log.txt")).unwrap_or_default()
    }

    /// A JSON file of the data directory.
    pub(crate) fn json(&self, name: &str) -> Value {
        let text = std::fs::read_to_string(self.dir.path().join(name))
            .unwrap_or_else(|e| panic!("{name}: {e}"));
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    /// A member of `endpoints.json`.
    pub(crate) fn endpoint(&self, name: &str) -> String {
        self.endpoints[name]
            .as_str()
            .unwrap_or_else(|| panic!("endpoints.json has no {name}"))
            .to_owned()
    }

    /// A text in `quickstart.json`, by JSON pointer.
    pub(crate) fn saved(&self, pointer: &str) -> String {
        let found = self.saved.pointer(pointer).and_then(Value::as_str);
        found
            .unwrap_or_else(|| panic!("quickstart.json has no {pointer}"))
            .to_owned()
    }

    /// Asks the process to stop and tells how it ended.
    pub(crate) fn terminate(mut self) -> ExitStatus {
        signal(&self.child, "TERM");
        wait(&mut self.child)
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal by name.
pub(crate) fn signal(child: &Child, name: &str) {
    let status = Command::new("kill")
        .arg(format!("-{name}"))
        .arg(child.id().to_string())
        .status()
        .expect("kill runs");
    assert!(status.success(), "kill -{name}");
}

/// Waits for a child that was asked to stop.
pub(crate) fn wait(child: &mut Child) -> ExitStatus {
    let deadline = Instant::now() + Duration::from_secs(40);
    loop {
        if let Some(status) = child.try_wait().expect("ask for the child") {
            return status;
        }
        assert!(Instant::now() < deadline, "the process does not stop");
        sleep(Duration::from_millis(20));
    }
}

/// The workspace's root.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .expect("the workspace")
}

/// A free port for each listener, to be used more than once.
pub(crate) fn free_ports() -> Vec<(String, String)> {
    // Held together until all are known, so that no two are the same.
    let held: Vec<TcpListener> = SECTIONS
        .iter()
        .map(|_| TcpListener::bind("127.0.0.1:0").expect("a free port"))
        .collect();
    let addresses = held
        .iter()
        .map(|listener| listener.local_addr().expect("an address").to_string());
    SECTIONS
        .iter()
        .map(|section| format!("GATEHOUSE__{section}__LISTEN"))
        .zip(addresses)
        .collect()
}
