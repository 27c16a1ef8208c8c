//! Which apps changed, by the org's System Log.
//!
//! A request without an end (`until`) follows the log by the time at which entries were kept, so that
//! none is missed, and is always answered with where to go on from. That address is the mark.
//!
//! Source: <https://developer.okta.com/docs/reference/system-log-query/>,
//! <https://developer.okta.com/docs/reference/api/event-types/>.

use std::collections::BTreeSet;
use std::time::Duration;

use http::StatusCode;
use serde::Deserialize;

use super::{Okta, ok};
use crate::call::{self, segment};
use crate::port::{Error, ErrorKind};
use crate::survey::{Changes, Mark};

/// Entries on a page.
const LIMIT: usize = 1000;

/// Most pages; every app is looked at where there are more.
const MOST_PAGES: usize = 20;

/// How far back a mark is set: clocks are never quite the same.
const BACK: Duration = Duration::from_secs(300);

/// Changes of apps, and of the clients that they are.
const FILTER: &str =
    "eventType sw \"application.lifecycle.\" or eventType sw \"app.oauth2.client.lifecycle.\"";

/// How an app is called among the targets of an entry.
const APP: [&str; 2] = ["AppInstance", "PublicClientApp"];

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    target: Option<Vec<Target>>,
}

#[derive(Deserialize)]
struct Target {
    #[serde(default)]
    id: Option<String>,
    #[serde(rename = "type", default)]
    kind: Option<String>,
}

impl Okta {
    pub(super) async fn end_of_log(&self) -> Result<Mark, Error> {
        let now = (self.caller.clock.now() - BACK).to_rfc3339();
        let mark = format!(
            "{}/api/v1/logs?since={}&filter={}&sortOrder=ASCENDING&limit={LIMIT}",
            self.org,
            segment(&now),
            segment(FILTER),
        );
        // Whether the log may be read shows now, and not only in the next pass.
        let (_, next) = self.entries(&mark).await?.ok_or_else(|| {
            let message = "the org does not answer from its System Log";
            Error::new(ErrorKind::Misconfigured, message)
        })?;
        Ok(Mark(next.unwrap_or(mark)))
    }

    pub(super) async fn changed_since(&self, since: &Mark) -> Result<Option<Changes>, Error> {
        let Mark(mut url) = since.clone();
        if !url.starts_with(&format!("{}/api/v1/logs?", self.org)) {
            return Ok(None);
        }
        let mut clients = BTreeSet::new();
        for _ in 0..MOST_PAGES {
            let Some((entries, next)) = self.entries(&url).await? else {
                return Ok(None);
            };
            let last = entries.len() < LIMIT;
            let targets = entries.into_iter().filter_map(|entry| entry.target);
            for target in targets.flatten() {
                if target.kind.is_some_and(|kind| APP.contains(&kind.as_str())) {
                    clients.extend(target.id);
                }
            }
            if let Some(next) = next {
                url = next;
            }
            if last {
                let next = Mark(url);
                return Ok(Some(Changes { clients, next }));
            }
        }
        Ok(None)
    }

    /// One page, and where to go on from; `None` if there is no such place any more.
    async fn entries(&self, url: &str) -> Result<Option<(Vec<Entry>, Option<String>)>, Error> {
        let response = self.page(url, "/api/v1/logs").await?;
        if matches!(
            response.status,
            StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND
        ) {
            return Ok(None);
        }
        let response = ok(response, ErrorKind::Misconfigured)?;
        Ok(Some((call::read(&response)?, self.next_page(&response))))
    }
}
