//! A way to a server on which one call meets trouble.

use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Json, Response};
use http::StatusCode;
use serde_json::json;

/// What happens on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The server refuses for want of a permission.
    Refused,
    /// The server asks to wait for longer than anybody does.
    RateLimited,
    /// The request never arrives.
    RequestLost,
    /// The request has its effect; the answer is lost.
    AnswerLost,
    /// The request has its effect; the answer never comes.
    Slow,
    /// The request has its effect; half of the answer comes.
    HalfWritten,
}

impl Trouble {
    pub(crate) const ALL: [Self; 6] = [
        Self::Refused,
        Self::RateLimited,
        Self::RequestLost,
        Self::AnswerLost,
        Self::Slow,
        Self::HalfWritten,
    ];

    /// Whether nobody can know what the server did.
    pub(crate) const fn hides_the_effect(self) -> bool {
        !matches!(self, Self::Refused | Self::RateLimited)
    }
}

/// The trouble that waits for one call below a path. Copies are one way.
#[derive(Clone)]
pub(crate) struct Way {
    below: &'static str,
    waiting: Arc<Mutex<Option<(usize, Trouble)>>>,
}

impl Way {
    /// Calls whose path starts so may meet trouble.
    pub(crate) fn new(below: &'static str) -> Self {
        Self {
            below,
            waiting: Arc::default(),
        }
    }

    /// This service, at the end of the way.
    pub(crate) fn leads_to(&self, service: Router) -> Router {
        service.layer(from_fn_with_state(self.clone(), meet))
    }

    /// Lets the call after `skip` others meet the trouble.
    pub(crate) fn spoil(&self, skip: usize, trouble: Trouble) {
        *self.waiting() = Some((skip, trouble));
    }

    /// Whether the trouble was still to come.
    pub(crate) fn mend(&self) -> bool {
        self.waiting().take().is_some()
    }

    fn waiting(&self) -> MutexGuard<'_, Option<(usize, Trouble)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self, path: &str) -> Option<Trouble> {
        if !path.starts_with(self.below) {
            return None;
        }
        let mut waiting = self.waiting();
        let (skip, trouble) = (*waiting)?;
        *waiting = skip.checked_sub(1).map(|skip| (skip, trouble));
        (skip == 0).then_some(trouble)
    }
}

async fn meet(State(way): State<Way>, request: Request, next: Next) -> Response {
    let Some(trouble) = way.next(request.uri().path()) else {
        return next.run(request).await;
    };
    match trouble {
        Trouble::Refused => refusal(StatusCode::FORBIDDEN, "insufficient_scope"),
        Trouble::RateLimited => {
            let limited = refusal(StatusCode::TOO_MANY_REQUESTS, "too_many_requests");
            ([("retry-after", "60")], limited).into_response()
        }
        Trouble::RequestLost => StatusCode::BAD_GATEWAY.into_response(),
        Trouble::AnswerLost => {
            next.run(request).await;
            StatusCode::BAD_GATEWAY.into_response()
        }
        Trouble::Slow => {
            next.run(request).await;
            pending().await
        }
        Trouble::HalfWritten => {
            let answer = next.run(request).await;
            let status = answer.status();
            let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await;
            let body = body.expect("a body");
            (status, body.slice(..body.len() / 2)).into_response()
        }
    }
}

/// In the shapes of several vendors at once.
fn refusal(status: StatusCode, code: &str) -> Response {
    let body = json!({
        "statusCode": status.as_u16(), "message": "Insufficient scope", "errorCode": code,
        "error": code, "error_description": "Insufficient scope",
    });
    (status, Json(body)).into_response()
}
