//! Health and metrics: `/livez`, `/readyz`, `/metrics`.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use storage::Database;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// What the answers are made of.
pub(crate) struct Operations {
    /// Renders the metrics of this process.
    pub metrics: PrometheusHandle,
    /// The database, where this process has one.
    pub database: Option<Database>,
    /// Whether the process is on its way out.
    pub shutdown: CancellationToken,
}

/// The operations listener's routes. They hold no secrets and ask for no credentials.
pub(crate) fn router(operations: Operations) -> Router {
    Router::new()
        .route("/livez", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(Arc::new(operations))
}

/// Ready while it is not shutting down and the database answers within two seconds.
async fn ready(State(operations): State<Arc<Operations>>) -> impl IntoResponse {
    if operations.shutdown.is_cancelled() {
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            "shutting down\n".to_owned(),
        );
    }
    let Some(database) = &operations.database else {
        return (StatusCode::OK, "ready\n".to_owned());
    };
    match timeout(Duration::from_secs(2), database.feed().revision()).await {
        Ok(Ok(_)) => (StatusCode::OK, "ready\n".to_owned()),
        Ok(Err(error)) => {
            tracing::error!(error = %error, "the database does not answer");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the database does not answer; the log says why\n".to_owned(),
            )
        }
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database did not answer within 2 s\n".to_owned(),
        ),
    }
}

async fn metrics(State(operations): State<Arc<Operations>>) -> impl IntoResponse {
    (
        [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        operations.metrics.render(),
    )
}
