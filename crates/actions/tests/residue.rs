//! What killed executions leave behind: nothing. A program of its own, because it weighs the process.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test may stop here")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actions::{Api, Engine, Execution, Modules, Program, Settings};
use egress::{Egress, Policy};
use oauth::Clock;
use serde_json::json;

/// Resident memory of this process, in bytes.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: usize = statm.split(' ').nth(1).unwrap().parse().unwrap();
    pages * 4096
}

#[tokio::test]
async fn thousands_of_killed_executions_leave_nothing_behind() {
    let egress = Egress::new(Policy::default(), Clock::system());
    let engine = Engine::start(Settings::new(egress)).unwrap();
    let source = "exports.handle = async () => {
        setInterval(() => {}, 1); const a = {}; a.a = a; globalThis.keep = new Array(10000).fill(a);
         for (;;) await new Promise((done) => setTimeout(done, 1));
    };";
    let program = Arc::new(Program::compile("action.js", source, Modules::default()).unwrap());
    let kill = async |times: usize| {
        for _ in 0..times {
            let execution = Execution {
                program: Arc::clone(&program),
                handler: "handle".to_owned(),
                event: json!({}),
                secrets: BTreeMap::new(),
                api: Api::default(),
                cache: BTreeMap::new(),
                deadline: Instant::now() + Duration::from_millis(3),
            };
            let outcome = engine.run(execution).await;
            assert!(outcome.result.is_err());
        }
    };
    kill(200).await;
    let before = resident();
    kill(2000).await;
    let grown = resident().saturating_sub(before);
    assert!(grown < 24 << 20, "{grown} bytes more");
}
