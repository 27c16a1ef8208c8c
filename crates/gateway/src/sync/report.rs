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
