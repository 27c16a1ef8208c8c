//! The sample upstream of quickstart: a weather API that makes its forecasts up, and says what reached it.

use anyhow::{Context, Result};
use axum::extract::Query;
use axum::http::{HeaderMap, Method, Uri};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The sample upstream; it ends when this is dropped.
pub(crate) struct Sample {
    url: String,
    task: JoinHandle<()>,
}

impl Sample {
    /// Starts it, at the address of an earlier start if that is free, else at a free port.
    ///
    /// # Errors
    /// If this machine gives no port.
    pub(crate) async fn start(earlier: Option<&str>) -> Result<Self> {
        let address = earlier.and_then(|url| url.strip_prefix("http://"));
        let again = match address {
            Some(address) => TcpListener::bind(address).await.ok(),
            None => None,
        };
        let listener = match again {
            Some(listener) => listener,
            None => TcpListener::bind("127.0.0.1:0")
                .await
                .context("find a port for the sample upstream")?,
        };
        let url = format!("http://{}", listener.local_addr()?);
        let router = Router::new()
            .route("/forecast", get(forecast))
            .fallback(echo);
        #[expect(
            clippy::disallowed_methods,
            reason = "the task is kept, and ended when this is dropped"
        )]
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(error = %error, "the sample upstream ended");
            }
        });
        Ok(Self { url, task })
    }

    /// Where it listens, without a trailing slash.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Sample {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Deserialize)]
struct Asked {
    place: Option<String>,
    days: Option<u8>,
}

async fn forecast(Query(asked): Query<Asked>) -> Json<Value> {
    let place = asked.place.unwrap_or_else(|| "Kobe".to_owned());
    let seed = place.bytes().fold(7_u32, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(u32::from(byte))
    });
    let days = (1..=u32::from(asked.days.unwrap_or(3).clamp(1, 7))).map(|day| {
        let mixed = seed
            .wrapping_mul(2_654_435_761)
            .wrapping_add(day.wrapping_mul(40_503))
            >> 8;
        let summary = ["clear", "cloudy", "rain", "wind"][(mixed % 4) as usize];
        let low = mixed % 17;
        json!({ "day": day, "summary": summary, "high": low + 4 + mixed % 7, "low": low })
    });
    Json(json!({ "place": place, "days": days.collect::<Vec<_>>() }))
}

/// What reached the upstream: for looking at what the gateway forwards. Credentials are not repeated.
async fn echo(method: Method, uri: Uri, headers: HeaderMap) -> Json<Value> {
    let shown: Map<String, Value> = headers
        .iter()
        .map(|(name, value)| {
            let secret = matches!(name.as_str(), "authorization" | "cookie");
            let text = if secret {
                "(not repeated)".into()
            } else {
                String::from_utf8_lossy(value.as_bytes())
            };
            (name.to_string(), Value::String(text.into_owned()))
        })
        .collect();
    Json(
        json!({ "method": method.as_str(), "path": uri.path(), "query": uri.query(), "headers": shown }),
    )
}
