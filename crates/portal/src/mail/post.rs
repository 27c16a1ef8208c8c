//! Mails in the outbox.

use oauth::{Entropy, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use storage::outbox::{Job, JobError, NewJob};
use storage::seal::Sealer;
use storage::{Database, Error, Tx};

use egress::mail::{Letter, Sender};

use super::kind::of_subject;
use super::template::Written;
use super::{DeliveryError, Mail, Postbox};
use crate::model::EmailTemplate;
use crate::store::portal_mail;

/// The outbox's queue of mails.
pub const QUEUE: &str = "portal.mail";

/// What a mail is sealed for while it waits: it lies in the database, and its link may hold a token.
const CONTEXT: &str = "portal.mail";

/// A mail that is ready for the outbox.
pub(crate) struct Sealed {
    id: String,
    payload: Value,
    due: Timestamp,
}

impl Sealed {
    /// Seals a mail.
    ///
    /// # Errors
    /// [`Error::Other`] if it cannot be written as JSON.
    pub(crate) fn new(sealer: &Sealer, entropy: &Entropy, mail: &Mail) -> Result<Self, Error> {
        let text = serde_json::to_string(mail).map_err(|error| Error::Other(error.to_string()))?;
        let sealed = sealer.seal(CONTEXT, &SecretString::from(text));
        Ok(Self {
            id: entropy.uuid().to_string(),
            payload: json!({ "mail": sealed }),
            due: mail.written_at,
        })
    }

    /// Writes it to the outbox. It leaves when the transaction commits.
    ///
    /// # Errors
    /// Those of [`Tx::enqueue`].
    pub(crate) async fn enqueue(self, tx: &mut Tx) -> Result<(), Error> {
        let job = NewJob {
            queue: QUEUE,
            key: &self.id,
            payload: self.payload,
            due: self.due,
        };
        tx.enqueue(job).await
    }
}

/// Writes a mail to the outbox. It leaves when the transaction commits.
///
/// # Errors
/// Those of [`Tx::enqueue`].
pub async fn post(
    tx: &mut Tx,
    sealer: &Sealer,
    entropy: &Entropy,
    mail: &Mail,
) -> Result<(), Error> {
    Sealed::new(sealer, entropy, mail)?.enqueue(tx).await
}

/// The handler of [`QUEUE`].
///
/// # Errors
/// [`JobError::Permanent`] if the mail cannot be read or is refused for good; else it is tried again.
pub async fn deliver(
    db: &Database,
    postbox: &Postbox,
    sealer: &Sealer,
    job: Job,
) -> Result<(), JobError> {
    let lost = |reason: &str| JobError::Permanent {
        reason: reason.to_owned(),
    };
    let sealed = job.payload["mail"].as_str();
    let sealed = sealed.ok_or_else(|| lost("the job holds no mail"))?;
    let text = sealer
        .open(CONTEXT, sealed)
        .map_err(|error| lost(&error.to_string()))?;
    let mail: Mail = serde_json::from_str(text.expose_secret())
        .map_err(|_| lost("the mail was written by another version of this program"))?;
    let own = own(db, &mail).await.map_err(|error| JobError::Retry {
        after: None,
        reason: error.to_string(),
    });
    let (letter, sender) = own?;
    match postbox.deliver_from(&job.key, &letter, &sender).await {
        Ok(()) => Ok(()),
        Err(DeliveryError::Later(reason)) => Err(JobError::Retry {
            after: None,
            reason,
        }),
        Err(DeliveryError::Never(reason)) => Err(JobError::Permanent { reason }),
    }
}

/// The letter as the portal's team wrote it, and from whom it comes.
async fn own(db: &Database, mail: &Mail) -> Result<(Letter, Sender), Error> {
    let template = match (mail.portal_id, of_subject(mail.subject)) {
        (Some(id), Some(kind)) => portal_mail::template_of(db, id, kind.name).await?,
        _ => None,
    };
    as_sent(db, mail, template.as_ref()).await
}

/// A mail as it leaves with a portal's sender, and with this template where that counts.
///
/// # Errors
/// Those of [`Database::query`].
pub(crate) async fn as_sent(
    db: &Database,
    mail: &Mail,
    template: Option<&EmailTemplate>,
) -> Result<(Letter, Sender), Error> {
    let config = match mail.portal_id {
        Some(id) => portal_mail::config_of(db, id).await?,
        None => None,
    };
    let sender = config.map_or_else(Sender::default, |config| Sender {
        name: config.from_name,
        address: config.from_email,
        reply_to: config.reply_to_email,
    });
    let template = template.filter(|template| template.enabled);
    let reply_to = sender.reply_to.as_deref().unwrap_or_default();
    let written = template.map(|template| Written::of(template, mail, reply_to));
    Ok((mail.compose_saying(written.as_ref()), sender))
}
