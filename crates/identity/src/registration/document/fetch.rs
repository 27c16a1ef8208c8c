//! Fetching a metadata document.

use std::time::Duration;

use axum::http::{StatusCode, header};
use egress::{ErrorKind, Request};
use serde_json::Value;

use super::Trouble;
use crate::Tenant;

/// How large a document may be, in bytes. Source: the vendor's limit.
const MAX: usize = 5 * 1024;
/// How long its server may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a document is kept when its server does not say.
const USUAL: Duration = Duration::from_secs(3600);
/// The shortest and longest time a document is kept, whatever its server says.
const LIFETIMES: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(86_400));

/// A document and how long it is fresh.
pub(super) struct Fetched {
    pub(super) document: Value,
    pub(super) lifetime: Duration,
}

/// Fetches the document. A redirect is no document.
pub(super) async fn fetch(tenant: &Tenant, url: &str) -> Result<Fetched, Trouble> {
    let request = Request::get(url)
        .header("accept", "application/json")
        .timeout(PATIENCE)
        .max_bytes(MAX);
    let response = tenant.egress().send(request).await.map_err(|error| {
        tracing::debug!(error.cause = %error, "a metadata document cannot be fetched");
        // Strangers are not told what there is on this network.
        match error.kind {
            ErrorKind::TooLarge => Trouble::Refused("is larger than 5 kilobytes".to_owned()),
            ErrorKind::Refused | ErrorKind::InvalidRequest => {
                Trouble::Refused("is not at a public address".to_owned())
            }
            _ => Trouble::Away("cannot be fetched".to_owned()),
        }
    })?;
    match response.status {
        StatusCode::OK => {}
        status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
            return Err(Trouble::Away(format!("answers {}", status.as_u16())));
        }
        status => {
            return Err(Trouble::Refused(format!(
                "answers {} and must answer 200, without a redirect",
                status.as_u16()
            )));
        }
    }
    let media_type = response.headers.get(header::CONTENT_TYPE);
    let media_type = media_type
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media_type = media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    if media_type != "application/json" && !media_type.ends_with("+json") {
        return Err(Trouble::Refused(
            "must be of the type application/json".to_owned(),
        ));
    }
    let document: Value = response
        .json()
        .map_err(|_| Trouble::Refused("is not JSON".to_owned()))?;
    if !document.is_object() {
        return Err(Trouble::Refused("must be a JSON object".to_owned()));
    }
    Ok(Fetched {
        lifetime: response.fresh_for(USUAL, LIFETIMES),
        document,
    })
}
