//! Log lines and metrics.

use anyhow::{Context, Result};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Registry, fmt, reload};

use crate::config::{Log, LogFormat};

/// What can be changed or read of the telemetry while the process runs.
pub(crate) struct Telemetry {
    filter: reload::Handle<EnvFilter, Registry>,
    /// Renders the metrics of this process.
    pub metrics: PrometheusHandle,
}

impl Telemetry {
    /// Starts log lines on standard error and the metrics recorder. Once a process.
    ///
    /// # Errors
    /// If the level is not a level or a list of `tracing` directives.
    pub(crate) fn start(log: &Log) -> Result<Self> {
        let (filter, handle) = reload::Layer::new(parse(&log.level)?);
        let lines = fmt::layer().with_writer(std::io::stderr).with_target(true);
        let registry = tracing_subscriber::registry().with(filter);
        match log.format {
            LogFormat::Text => registry.with(lines.compact()).try_init(),
            LogFormat::Json => registry.with(lines.json().flatten_event(true)).try_init(),
        }
        .context("start log lines")?;
        let metrics = PrometheusBuilder::new()
            .install_recorder()
            .context("start metrics")?;
        Ok(Self {
            filter: handle,
            metrics,
        })
    }

    /// Sets another level.
    ///
    /// # Errors
    /// As [`Telemetry::start`]; the level stays as it was then.
    pub(crate) fn set_level(&self, level: &str) -> Result<()> {
        self.filter
            .reload(parse(level)?)
            .context("set the log level")
    }
}

fn parse(level: &str) -> Result<EnvFilter> {
    EnvFilter::try_new(level).map_err(|error| {
        anyhow::anyhow!("log.level `{level}` is neither error, warn, info, debug or trace nor directives such as info,gateway=debug: {error}")
    })
}
