//! Tells the control plane when credentials were last used, and what passed.

use std::time::Duration;

use egress::{Egress, Request};
use serde::Serialize;

use super::SyncSettings;
use crate::config::Use;
use crate::gateway::Gateway;
use crate::traffic::Report;

/// From one report of uses and counts to the next.
const EVERY: Duration = Duration::from_secs(30);

/// From one report of refusals to the next: somebody may be looking.
const REFUSALS_EVERY: Duration = Duration::from_secs(5);

/// How many of those make one of the others.
const TURNS: u128 = EVERY.as_millis() / REFUSALS_EVERY.as_millis();

/// Most uses in one request.
const MOST: usize = 5_000;

pub(super) struct Reporter {
    pub(super) gateway: Gateway,
    pub(super) settings: SyncSettings,
    pub(super) egress: Egress,
}

impl Reporter {
    pub(super) async fn run(&self) {
        loop {
            for _ in 1..TURNS {
                tokio::time::sleep(REFUSALS_EVERY).await;
                self.traffic(false).await;
            }
            tokio::time::sleep(REFUSALS_EVERY).await;
            self.report().await;
        }
    }

    /// Everything. What does not arrive is told again the next time.
    pub(super) async fn report(&self) {
        self.uses().await;
        self.traffic(true).await;
    }

    async fn traffic(&self, all: bool) {
        while let Some(report) = self.gateway.untold_traffic(all).await {
            #[derive(Serialize)]
            struct Told<'a> {
                node: &'a str,
                report: &'a Report,
            }
            let node = &self.settings.node_id;
            let told = Told {
                node,
                report: &report,
            };
            if let Err(why) = self.send("traffic", &told).await {
                tracing::warn!("what passed cannot be told to the control plane: {why}");
                return;
            }
            self.gateway.heard(&report);
        }
    }

    async fn uses(&self) {
        let untold = self.gateway.untold_uses();
        for uses in untold.uses().chunks(MOST) {
            #[derive(Serialize)]
            struct Told<'a> {
                node: &'a str,
                uses: &'a [Use],
            }
            let node = &self.settings.node_id;
            if let Err(why) = self.send("uses", &Told { node, uses }).await {
                tracing::warn!("uses of credentials cannot be told to the control plane: {why}");
                return;
            }
        }
        untold.told();
    }

    async fn send(&self, what: &str, told: &impl Serialize) -> Result<(), String> {
        let base = self.settings.control_plane_url.trim_end_matches('/');
        let request = Request::post(&format!("{base}/v1/gateway/{what}"))
            .bearer(&self.settings.token)
            .timeout(Duration::from_secs(5))
            .json(told);
        match self.egress.send(request).await {
            Ok(answer) if answer.status.is_success() => Ok(()),
            Ok(answer) => Err(format!("it answered {}", answer.status)),
            Err(error) => Err(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, Mutex};

    use axum::Json;
    use axum::Router;
    use axum::routing::post;
    use egress::{Egress, Policy};
    use http::{HeaderMap, StatusCode};
    use oauth::{Clock, Entropy, Timestamp};
    use serde_json::{Value, json};

    use super::{Reporter, SyncSettings};
    use crate::config::{Application, Update};
    use crate::gateway::{Gateway, Settings};
    use crate::{SessionKeys, config};

    const CONTROL_PLANE: &str = "http://control.example";

    fn application(id: &str) -> Application {
        Application {
            id: id.into(),
            name: id.into(),
            strategy_id: "strategy".into(),
            client_ids: vec![format!("client-{id}")],
            keys: Vec::new(),
            secrets: Vec::new(),
            secret_version: 0,
            registrations: Vec::new(),
        }
    }

    #[tokio::test]
    async fn uses_are_told_once_and_again_if_the_control_plane_was_away() {
        let clock = Clock::manual(Timestamp::from_unix_seconds(600));
        let egress = Egress::new(Policy::default(), clock.clone());
        let away = Arc::new(AtomicBool::new(true));
        let heard: Arc<Mutex<Vec<Value>>> = Arc::default();
        let (is_away, hears) = (Arc::clone(&away), Arc::clone(&heard));
        let listen = async move |headers: HeaderMap, Json(body): Json<Value>| {
            assert_eq!(headers["authorization"], "Bearer token-of-the-node");
            if is_away.load(Ordering::Relaxed) {
                return StatusCode::SERVICE_UNAVAILABLE;
            }
            hears.lock().unwrap().push(body);
            StatusCode::NO_CONTENT
        };
        egress.mount(
            CONTROL_PLANE,
            &Router::new().route("/v1/gateway/uses", post(listen)),
        );
        let entropy = Entropy::seeded(3);
        let keys = SessionKeys::random(&entropy);
        let gateway = Gateway::new(Settings::default(), egress.clone(), clock, entropy, keys);
        let config = config::Config {
            revision: 1,
            ..config::Config::default()
        };
        gateway.publish(&config).unwrap();
        let update = Update::Applications {
            from: 1,
            revision: 2,
            changed: vec![application("a"), application("b")],
            removed: Vec::new(),
        };
        gateway.apply(&update).unwrap();
        let callers = gateway.0.applications.callers("strategy");
        let used = callers.by_client_id("client-a").unwrap();
        used.note_use("client-a", Timestamp::from_unix_seconds(601));
        let reporter = Reporter {
            gateway,
            settings: SyncSettings {
                control_plane_url: format!("{CONTROL_PLANE}/"),
                token: "token-of-the-node".into(),
                node_id: "node-1".into(),
                cache_file: None,
            },
            egress,
        };
        reporter.report().await;
        assert!(heard.lock().unwrap().is_empty(), "nobody heard it");
        away.store(false, Ordering::Relaxed);
        reporter.report().await;
        reporter.report().await;
        let heard = heard.lock().unwrap();
        let told = json!({ "node": "node-1", "uses": [
            { "application_id": "a", "credential": "client-a", "used_at": 600_000 },
        ] });
        assert_eq!(*heard, [told], "once");
    }
}
