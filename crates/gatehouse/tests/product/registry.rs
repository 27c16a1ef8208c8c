//! An npm registry without the internet: the packages that the clients' tests install.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use crate::support::{Demo, workspace};

/// It serves as long as this lives.
pub(crate) struct Registry {
    server: Child,
    address: String,
}

impl Registry {
    pub(crate) fn start() -> Self {
        let mut server = Command::new("node")
            .arg("registry.mjs")
            .current_dir(workspace().join("tests/clients"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node runs");
        let mut address = String::new();
        let said = server.stdout.as_mut().expect("its output");
        let read = BufReader::new(said).read_line(&mut address);
        read.expect("its address");
        Self {
            server,
            address: address.trim().to_owned(),
        }
    }

    /// A quickstart whose Actions get their packages here.
    pub(crate) fn demo(&self, tls: bool) -> Demo {
        let settings = [
            (
                "GATEHOUSE__IDENTITY__ACTIONS__REGISTRY",
                self.address.clone(),
            ),
            (
                "GATEHOUSE__IDENTITY__ACTIONS__EGRESS_ALLOW",
                "127.0.0.0/8".to_owned(),
            ),
        ];
        Demo::start_with(tls, &settings)
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
