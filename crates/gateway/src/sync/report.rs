//! Tells the control plane when credentials were last used.

use std::time::Duration;

use egress::{Egress, Request};
use serde::Serialize;

use super::SyncSettings;
use crate::config::Use;
use crate::gateway::Gateway;

/// From one report to the next.
const EVERY: Duration = Duration::from_secs(30);

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
            tokio::time::sleep(EVERY).await;
            self.report().await;
        }
    }

    /// What does not arrive is told again the next time.
    pub(super) async fn report(&self) {
        let untold = self.gateway.untold_uses();
        for uses in untold.uses().chunks(MOST) {
            if let Err(why) = self.send(uses).await {
                tracing::warn!("uses of credentials cannot be told to the control plane: {why}");
                return;
            }
        }
        untold.told();
    }

    async fn send(&self, uses: &[Use]) -> Result<(), String> {
        #[derive(Serialize)]
        struct Report<'a> {
            node: &'a str,
            uses: &'a [Use],
        }
        let base = self.settings.control_plane_url.trim_end_matches('/');
        let request = Request::post(&format!("{base}/v1/gateway/uses"))
            .bearer(&self.settings.token)
            .timeout(Duration::from_secs(5))
            .json(&Report {
                node: &self.settings.node_id,
                uses,
            });
        match self.egress.send(request).await {
            Ok(answer) if answer.status.is_success() => Ok(()),
            Ok(answer) => Err(format!("it answered {}", answer.status)),
            Err(error) => Err(error.to_string()),
        }
    }
}
