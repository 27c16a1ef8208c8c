//! Answers that wait for the gateways.

use http::HeaderMap;

use crate::publish::lagging_nodes;
use crate::service::applications::{Effective, text_for_developers};
use crate::{Error, Portal};

/// Waits until every gateway obeys, and gives the result with the header that names those which do
/// not yet.
pub(super) async fn settled<T>(portal: &Portal, effective: Effective<T>) -> (HeaderMap, T) {
    let mut headers = HeaderMap::new();
    if let Some(revision) = effective.revision {
        let lagging = portal.publisher().settle(revision).await;
        headers.extend(lagging_nodes(&lagging));
    }
    (headers, effective.value)
}

/// What a developer may read of an error.
pub(super) fn told(error: Error) -> Error {
    match error {
        Error::Provider(mut cause) => {
            tracing::warn!(error = %cause, "the identity provider did not do what was asked");
            cause.message = text_for_developers(&cause);
            Error::Provider(cause)
        }
        other => other,
    }
}
