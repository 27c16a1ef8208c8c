//! `gatehouse gateway`: a data-plane node that follows a control plane.

use anyhow::Result;
use gateway::sync::{SyncSettings, follow};
use secrecy::SecretString;

use crate::app::App;
use crate::config::{Settings, Source};

/// Serves until a signal. The node is ready when its listener is: until it has a configuration, of its
/// own disk or of the control plane, it answers 503.
///
/// # Errors
/// One sentence that says what to do.
pub(crate) async fn run(
    settings: Settings,
    source: Source,
    control_plane: &str,
    token: SecretString,
) -> Result<()> {
    let cache_file = settings.gateway.cache_file.clone();
    let cache_file = cache_file.unwrap_or_else(|| settings.data_dir.join("gateway.json"));
    let node_id = settings.gateway.node.clone().unwrap_or_else(host_name);
    let (app, gateway) = App::start_gateway(settings, source).await?;
    let settings = SyncSettings {
        control_plane_url: control_plane.trim_end_matches('/').to_owned(),
        token,
        node_id,
        cache_file: Some(cache_file),
    };
    // The control plane is named by the operator: it may be on this machine or in a private network.
    let egress = app.client_egress()?;
    app.keep(gateway, |gateway, shutdown| async move {
        follow(gateway, settings, egress, shutdown.cancelled_owned()).await;
    });
    app.ready()?;
    tracing::info!(gateway = app.endpoints().gateway, control_plane, "ready");
    app.run_until_signal().await
}

/// This machine's name.
fn host_name() -> String {
    let name = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    let name = name.trim();
    if name.is_empty() {
        "gateway".to_owned()
    } else {
        name.to_owned()
    }
}
