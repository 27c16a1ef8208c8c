//! Telling the team that somebody waits for its decision: one mail for what has come together, and at most
//! one in [`PAUSE`], so that nobody gets a mail for each.

use std::time::Duration;

use oauth::Timestamp;
use serde_json::json;
use storage::Tx;
use storage::outbox::{Job, JobError, NewJob};
use web::{Locale, Role};

use crate::mail::{self, Mail, Subject};
use crate::model::{Administrator, PortalId, Waiting};
use crate::store::team_told as store;
use crate::store::{administrators, portal_mail};
use crate::{Error, Portal};

/// The outbox's queue of what is told; there is one key.
pub(crate) const QUEUE: &str = "portal.team.waiting";

/// The shortest time between two mails.
const PAUSE: Duration = Duration::from_secs(15 * 60);

/// Somebody begins to wait in a portal: the team is told when the transaction has committed, or when the
/// last mail is old enough.
///
/// # Errors
/// Those of [`Tx::enqueue`].
pub(crate) async fn begins(
    tx: &mut Tx,
    portal_id: PortalId,
    now: Timestamp,
) -> Result<(), storage::Error> {
    if !portal_mail::tells_team(&mut *tx, portal_id).await? {
        return Ok(());
    }
    let last = store::told_at(&mut *tx).await?;
    let job = NewJob {
        queue: QUEUE,
        key: "team",
        payload: json!({}),
        due: last.map_or(now, |last| now.max(last + PAUSE)),
    };
    tx.enqueue(job).await
}

/// The handler of [`QUEUE`].
///
/// # Errors
/// [`JobError::Retry`] while the database does not answer.
pub(crate) async fn job(portal: &Portal, _: Job) -> Result<(), JobError> {
    let told = tell(portal).await;
    told.map_err(|error| JobError::Retry {
        after: None,
        reason: error.to_string(),
    })
}

/// Writes a mail to every administrator who may decide and wants to know, if anything waits.
async fn tell(portal: &Portal) -> Result<(), Error> {
    let now = portal.clock().now();
    let mut tx = portal.db().begin().await?;
    let waiting = store::waiting(&mut tx).await?;
    if waiting.is_empty() {
        return Ok(());
    }
    store::note(&mut tx, now).await?;
    for one in administrators::every(&mut tx).await? {
        if one.wants_mail && may_decide(one.role) {
            let mail = letter(portal, &one, &waiting, now);
            mail::post(&mut tx, portal.sealer(), portal.entropy(), &mail).await?;
        }
    }
    Ok(tx.commit().await?)
}

const fn may_decide(role: Role) -> bool {
    role.may_change()
}

fn letter(portal: &Portal, to: &Administrator, waiting: &[Waiting], now: Timestamp) -> Mail {
    let locale = to.locale.as_deref().and_then(Locale::from_tag);
    let locale = locale.unwrap_or(Locale::En);
    let (name, page) = match waiting {
        [one] if one.developers > 0 => (
            one.portal.clone(),
            format!("/portals/{}/developers?status=pending", one.portal_id),
        ),
        [one] => (
            one.portal.clone(),
            format!("/portals/{}/registrations?status=pending", one.portal_id),
        ),
        _ => (portal.organization().name.clone(), "/portals".to_owned()),
    };
    Mail {
        subject: Subject::Waiting,
        to: to.email.clone(),
        full_name: to.name.clone(),
        portal: name,
        about: said(locale, waiting),
        link: format!("{}{page}", portal.console_url()),
        locale: locale.tag().to_owned(),
        written_at: now,
        ..Mail::blank()
    }
}

/// What waits, in words: portal by portal.
fn said(locale: Locale, waiting: &[Waiting]) -> String {
    let text = mail::texts(locale);
    let portals = waiting.iter().map(|one| {
        let counts = [
            ("waiting-developers", one.developers),
            ("waiting-registrations", one.registrations),
        ];
        let counts = counts.into_iter().filter(|(_, count)| *count > 0);
        let counts: Vec<String> = counts
            .map(|(id, count)| text.with(id, [("count", count.into())]))
            .collect();
        let what = counts.join(&text.get("waiting-and"));
        let of = [("portal", (&one.portal).into()), ("what", what.into())];
        text.with("waiting-in", of)
    });
    portals.collect::<Vec<_>>().join(&text.get("waiting-next"))
}
