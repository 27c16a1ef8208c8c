//! How a gateway in another process follows a control plane.
//!
//! One long-lived request, `GET {control plane}/v1/gateway/stream?node=…&revision=…`, answers with
//! [`Line`]s for as long as both live. Each change is applied, kept on disk, and acknowledged by
//! `POST {control plane}/v1/gateway/acks` with `{"node", "revision"}` once it is effective. While
//! the control plane is away, the gateway serves what it has; after a restart, what lies on disk.
//! Twice a minute it tells when credentials were last used, by `POST {control plane}/v1/gateway/uses`
//! with `{"node", "uses"}`, and what passed, by `POST {control plane}/v1/gateway/traffic` with `{"node",
//! "report"}`; of refusals it tells every five seconds.

mod disk;
mod report;

use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use bytes::BytesMut;
use egress::{Egress, Request};
use futures_util::StreamExt;
use secrecy::SecretString;
use serde::Serialize;

use crate::config::{Line, Update};
use crate::gateway::{ApplyError, Gateway};
use disk::Disk;
use report::Reporter;

/// Where and as whom a node follows.
#[derive(Clone, Debug)]
pub struct SyncSettings {
    /// The platform API's base, such as `https://control.example:8001`.
    pub control_plane_url: String,
    /// A platform token.
    pub token: SecretString,
    /// The node's name, unique among the nodes of a control plane.
    pub node_id: String,
    /// Where the last configuration is kept; `None` keeps none.
    pub cache_file: Option<PathBuf>,
}

const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Why a stream ended.
#[derive(Debug, thiserror::Error)]
enum Ended {
    #[error("{0}")]
    Unreachable(#[from] egress::Error),
    #[error("the control plane answered {0}; is the node's token valid?")]
    Refused(http::StatusCode),
    #[error("the control plane closed the stream")]
    Closed,
    #[error("the control plane sent what this version does not understand: {0}")]
    Malformed(#[from] serde_json::Error),
    #[error("{0}")]
    NotApplied(#[from] ApplyError),
    #[error("the control plane is at revision {0}, and did not send it")]
    Behind(i64),
}

/// Follows a control plane until `shutdown` completes. It never gives up: it says why it waits,
/// and serves the last configuration meanwhile.
pub async fn follow(
    gateway: Gateway,
    settings: SyncSettings,
    egress: Egress,
    shutdown: impl Future<Output = ()>,
) {
    let disk = settings.cache_file.clone().map(Disk::new);
    if let Some(disk) = &disk {
        restore(&gateway, disk).await;
    }
    let mut follower = Follower {
        gateway,
        settings,
        egress,
        disk,
        from: None,
        progressed: false,
    };
    let reporter = Reporter {
        gateway: follower.gateway.clone(),
        settings: follower.settings.clone(),
        egress: follower.egress.clone(),
    };
    tokio::select! {
        () = shutdown => {}
        () = follower.run() => {}
        () = reporter.run() => {}
    }
    // What was seen since the last report.
    reporter.report().await;
}

/// Obeys what lies on disk, before the control plane is asked.
async fn restore(gateway: &Gateway, disk: &Disk) {
    match disk.load().await {
        Ok(Some(config)) => match gateway.publish(&config) {
            Ok(()) => tracing::info!(
                revision = config.revision,
                "serving the configuration kept on disk until the control plane answers"
            ),
            Err(error) => tracing::warn!(%error, "the configuration kept on disk is not usable"),
        },
        Ok(None) => {}
        Err(error) => tracing::warn!(%error, "the configuration kept on disk cannot be read"),
    }
}

struct Follower {
    gateway: Gateway,
    settings: SyncSettings,
    egress: Egress,
    disk: Option<Disk>,
    /// The revision to ask from, where it is not the gateway's own.
    from: Option<i64>,
    /// Whether the running stream brought anything.
    progressed: bool,
}

impl Follower {
    async fn run(&mut self) {
        let mut pause = FIRST_PAUSE;
        loop {
            self.progressed = false;
            let Err(ended) = self.stream().await;
            if matches!(ended, Ended::NotApplied(_) | Ended::Behind(_)) {
                // Whatever went wrong between the two, everything puts it right.
                self.from = Some(-1);
            }
            if self.progressed {
                pause = FIRST_PAUSE;
            }
            tracing::warn!(
                revision = self.gateway.revision(),
                retry_ms = pause.as_millis(),
                "not following the control plane: {ended}"
            );
            metrics::gauge!("gateway_following").set(0.0);
            // Half of the pause is by chance, so that nodes do not come back all at once.
            let random = u64::from(u16::from_be_bytes(self.gateway.0.entropy.bytes()));
            let half = pause / 2;
            tokio::time::sleep(half + half.mul_f64(random as f64 / 65536.0)).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn stream(&mut self) -> Result<std::convert::Infallible, Ended> {
        let revision = self.from.unwrap_or_else(|| self.gateway.revision());
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("node", &self.settings.node_id)
            .append_pair("revision", &revision.to_string())
            .append_pair("version", env!("CARGO_PKG_VERSION"))
            .append_pair("updates", "configuration")
            .finish();
        let url = format!("{}/v1/gateway/stream?{query}", self.base());
        let request = Request::get(&url).bearer(&self.settings.token);
        let mut answer = self.egress.send_streaming(request).await?;
        if !answer.status.is_success() {
            return Err(Ended::Refused(answer.status));
        }
        metrics::gauge!("gateway_following").set(1.0);
        let mut pending = BytesMut::new();
        let mut late = false;
        let mut searched = 0;
        while let Some(piece) = answer.body.next().await {
            pending.extend_from_slice(&piece?);
            while let Some(end) = memchr::memchr(b'\n', &pending[searched..]) {
                let line = pending.split_to(searched + end + 1);
                searched = 0;
                if line.trim_ascii().is_empty() {
                    continue;
                }
                self.progressed = true;
                match Line::parse(&line)? {
                    Line::Update(update) => {
                        self.obey(&update, &line).await?;
                        late = false;
                    }
                    // One may cross an update on its way; two do not.
                    Line::Heartbeat { revision } if revision > self.gateway.revision() => {
                        if late {
                            return Err(Ended::Behind(revision));
                        }
                        late = true;
                    }
                    Line::Heartbeat { .. } => late = false,
                }
            }
            searched = pending.len();
        }
        Err(Ended::Closed)
    }

    /// Applies, then keeps, then acknowledges: an acknowledged change is effective, and one that a
    /// crash keeps from disk is asked for again.
    async fn obey(&mut self, update: &Update, line: &[u8]) -> Result<(), Ended> {
        self.gateway.apply(update)?;
        self.from = None;
        let revision = self.gateway.revision();
        if let Some(disk) = &self.disk
            && let Err(error) = disk.keep(update, line).await
        {
            tracing::warn!(%error, "the configuration cannot be kept on disk; check the file's directory");
        }
        self.acknowledge(revision).await;
        Ok(())
    }

    async fn acknowledge(&self, revision: i64) {
        #[derive(Serialize)]
        struct Ack<'a> {
            node: &'a str,
            revision: i64,
        }
        let request = Request::post(&format!("{}/v1/gateway/acks", self.base()))
            .bearer(&self.settings.token)
            .timeout(Duration::from_secs(5))
            .json(&Ack {
                node: &self.settings.node_id,
                revision,
            });
        // Without it the control plane counts this node as lagging, which is then the truth.
        match self.egress.send(request).await {
            Ok(answer) if answer.status.is_success() => {}
            Ok(answer) => tracing::warn!(
                status = answer.status.as_u16(),
                revision,
                "the control plane refused an acknowledgement"
            ),
            Err(error) => tracing::warn!(%error, revision, "a revision cannot be acknowledged"),
        }
    }

    fn base(&self) -> &str {
        self.settings.control_plane_url.trim_end_matches('/')
    }
}
