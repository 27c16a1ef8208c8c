//! What is told of an API key that ends: a while before, and when it has.
//!
//! Source: Konnect portal-management v3.9.8, the templates `api-key-expiring-soon` and `api-key-expired`.
//! How long before is a choice of ours.

use std::time::Duration;

use serde_json::json;
use storage::Tx;
use storage::outbox::{Job, JobError, NewJob};

use super::settle::retry;
use super::tell::News;
use super::{Applications, delete};
use crate::Error;
use crate::mail::Subject;
use crate::model::{ApplicationId, ApplicationKey};
use crate::store;

/// The outbox's queue of keys that end. The key is the API key's id.
pub const KEY_QUEUE: &str = "portal.application.key_end";

/// How long before the end, at most and at least: a quarter of the key's life in between.
const WEEK: Duration = Duration::from_secs(7 * 86_400);
const SHORT: Duration = Duration::from_secs(3600);

/// Leaves a job that tells of a key's end, if it has one.
pub(super) async fn later(tx: &mut Tx, key: &ApplicationKey) -> Result<(), Error> {
    let Some(end) = key.expires_at else {
        return Ok(());
    };
    let before = (end.saturating_since(key.created_at) / 4).min(WEEK);
    let due = match before < SHORT {
        true => end,
        false => end - before,
    };
    let job = NewJob {
        queue: KEY_QUEUE,
        key: &key.id.to_string(),
        payload: payload(key),
        due,
    };
    Ok(tx.enqueue(job).await?)
}

/// Whose key it is, and which end is told of: a key that was replaced ends earlier, and nobody waits for
/// that.
fn payload(key: &ApplicationKey) -> serde_json::Value {
    json!({
        "application": key.application_id,
        "end": key.expires_at.map(oauth::Timestamp::as_millis),
    })
}

impl Applications {
    pub(super) async fn key_end_job(&self, job: Job) -> Result<(), JobError> {
        let id: Option<ApplicationId> = job.payload["application"]
            .as_str()
            .and_then(|id| id.parse().ok());
        let id = id.ok_or_else(|| JobError::Permanent {
            reason: "the job names no application".to_owned(),
        })?;
        self.tell_of_end(id, &job).await.map_err(retry)
    }

    async fn tell_of_end(&self, id: ApplicationId, job: &Job) -> Result<(), Error> {
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        let found = store::applications::find(&mut tx, id).await?;
        let Some(application) = found.and_then(delete::visible) else {
            return Ok(());
        };
        let keys = store::applications::keys(&mut tx, id).await?;
        let key = keys.into_iter().find(|key| key.id.to_string() == job.key);
        let Some(key) = key.filter(|key| payload(key) == job.payload) else {
            return Ok(());
        };
        let subject = match key.status(now) {
            "active" => Subject::KeyEnding,
            "expired" => Subject::KeyEnded,
            _ => return Ok(()),
        };
        let to = self.at_work_on(&mut tx, &application).await?;
        let news = News {
            named: &key.display_name,
            until: key.expires_at,
            ..News::of(subject, &application)
        };
        self.write_to(&mut tx, &to, &news).await?;
        if let (Subject::KeyEnding, Some(end)) = (subject, key.expires_at) {
            tx.enqueue(NewJob {
                queue: KEY_QUEUE,
                key: &job.key,
                payload: job.payload.clone(),
                due: end,
            })
            .await?;
        }
        Ok(tx.commit().await?)
    }
}
