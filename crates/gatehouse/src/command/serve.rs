//! `gatehouse serve`, `gatehouse gateway` and `gatehouse migrate`.

use std::process::ExitCode;

use anyhow::{Context as _, Result};

use super::say;
use crate::app::{self, App};
use crate::config::{Source, load};
use crate::{node, parts};

/// Serves the roles of the configuration until a signal.
pub(super) fn serve(source: Source) -> Result<ExitCode> {
    let settings = load(&source)?.settings;
    app::runtime()?.block_on(async {
        let app = App::start(settings, source).await?;
        let endpoints = app.endpoints();
        tracing::info!(
            gateway = endpoints.gateway,
            platform = endpoints.platform,
            portal = endpoints.portal,
            issuer = endpoints.issuer,
            operations = endpoints.operations,
            "ready"
        );
        app.run_until_signal().await?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Serves as a data-plane node that follows a control plane until a signal.
pub(super) fn gateway(source: Source) -> Result<ExitCode> {
    let settings = load(&source)?.settings;
    let control_plane = settings.gateway.control_plane.clone().context(
        "a gateway of its own follows a control plane; set gateway.control_plane (GATEHOUSE__GATEWAY__CONTROL_PLANE) to its platform API, such as https://control.example:8001",
    )?;
    let token = settings.gateway.control_plane_token.clone().context(
        "set gateway.control_plane_token (GATEHOUSE__GATEWAY__CONTROL_PLANE_TOKEN); `gatehouse token create --kind system-account` makes one at the control plane",
    )?;
    app::runtime()?.block_on(async {
        node::run(settings, source, &control_plane, token.into()).await?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Brings the database's schema up to date and stops.
pub(super) fn migrate(source: &Source) -> Result<ExitCode> {
    let settings = load(source)?.settings;
    app::runtime()?.block_on(async {
        let database = parts::database(&settings).await?;
        say(&format!(
            "the schema is up to date ({:?})",
            database.dialect()
        ));
        database.close().await;
        Ok(ExitCode::SUCCESS)
    })
}
