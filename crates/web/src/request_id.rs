//! The request's id: in the answer's header, on pages that say what went wrong, in log lines.

use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use http::{HeaderMap, HeaderValue};
use tracing::Instrument as _;
use uuid::Uuid;

use crate::site::Random;

const HEADER: &str = "x-request-id";

/// The id of the request that is being answered; in the request's extensions behind [`identify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// The id as text: letters, digits and `-`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn new(random: &Random) -> Self {
        let mut bytes = [0; 16];
        random(&mut bytes);
        let id = uuid::Builder::from_random_bytes(bytes).into_uuid();
        Self(id.to_string().into())
    }

    /// The id that the caller gave, if it is a plain word: it names lines of a log and proves nothing, so
    /// that anybody may choose it, and nobody may write lines with it.
    fn sent(headers: &HeaderMap) -> Option<Self> {
        let id = headers.get(HEADER)?.to_str().ok()?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let fits = (8..=64).contains(&id.len()) && id.bytes().all(is_plain);
        fits.then(|| Self(id.into()))
    }

    /// The id as a number, for formats that have no room for more; one that is no UUID has none.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        Some(Uuid::parse_str(&self.0).ok()?.as_u64_pair().0)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Gives every request of `router` an id: the one that came in `X-Request-Id` if it is a plain word of 8 to
/// 64 characters, else a new one. Every answer carries it, and every line that is logged on the way.
pub fn identify<S: Clone + Send + Sync + 'static>(router: Router<S>, random: Random) -> Router<S> {
    router.layer(from_fn_with_state(random, give))
}

async fn give(State(random): State<Random>, mut request: Request, next: Next) -> Response {
    // A router around this one may have given it already.
    let given = request.extensions().get::<RequestId>().cloned();
    if given.is_some() {
        return next.run(request).await;
    }
    let id = RequestId::sent(request.headers()).unwrap_or_else(|| RequestId::new(&random));
    request.extensions_mut().insert(id.clone());
    let span = tracing::info_span!("request", request.id = %id);
    let mut response = next.run(request).instrument(span).await;
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use http::Request;
    use tower::ServiceExt as _;

    use super::{RequestId, identify};

    async fn answered(sent: Option<&str>) -> (String, String) {
        let seen =
            get(|axum::Extension(id): axum::Extension<RequestId>| async move { id.to_string() });
        let inner = identify(
            Router::new().route("/", seen),
            Arc::new(|bytes| bytes.fill(7)),
        );
        let router = identify(inner, Arc::new(|bytes| bytes.fill(9)));
        let mut request = Request::get("/");
        if let Some(sent) = sent {
            request = request.header("x-request-id", sent);
        }
        let answer = router.oneshot(request.body(Body::empty()).unwrap()).await;
        let answer = answer.unwrap();
        let header = answer.headers()["x-request-id"]
            .to_str()
            .unwrap()
            .to_owned();
        let body = axum::body::to_bytes(answer.into_body(), 100).await.unwrap();
        (header, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_plain_id_is_kept_and_anything_else_is_replaced() {
        let (header, seen) = answered(Some("edge-0000-1")).await;
        assert_eq!(
            (header.as_str(), seen.as_str()),
            ("edge-0000-1", "edge-0000-1")
        );
        let made = "09090909-0909-4909-8909-090909090909";
        for sent in [
            None,
            Some("short"),
            Some("two words and more"),
            Some("a\"b<c>d=e"),
            Some(&*"x".repeat(65)),
        ] {
            assert_eq!(answered(sent).await, (made.to_owned(), made.to_owned()));
        }
    }

    #[test]
    fn an_id_that_is_a_uuid_has_a_number() {
        let made = RequestId::new(&(Arc::new(|bytes: &mut [u8]| bytes.fill(9)) as _));
        assert_eq!(made.number(), Some(0x0909_0909_0909_4909));
        assert_eq!(RequestId("edge-0000-1".into()).number(), None);
    }
}
