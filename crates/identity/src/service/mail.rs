//! Mails to users: written in their language, kept sealed in the outbox until they are delivered.

use std::sync::LazyLock;

use egress::mail::{DeliveryError, Letter};
use oauth::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::json;
use storage::Tx;
use storage::outbox::{Job, JobError, NewJob};
use web::{Catalog, LinkMail, Locale, Text};

use crate::Tenant;

/// The outbox's queue of mails.
pub(crate) const QUEUE: &str = "identity.mail";

/// What a mail is sealed for while it waits: it lies in the database, and its link holds a ticket.
const CONTEXT: &str = "identity.mail";

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    Catalog::new(&[
        (Locale::En, include_str!("../../locales/mail.en.ftl")),
        (Locale::Ja, include_str!("../../locales/mail.ja.ftl")),
    ])
});

/// What a mail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Subject {
    /// The address is to be confirmed.
    Verify,
    /// A new password was asked for.
    Reset,
    /// Somebody signed up with an address that has an account.
    Exists,
    /// The account is blocked from some address after too many wrong passwords.
    Blocked,
}

impl Subject {
    const fn key(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Reset => "reset",
            Self::Exists => "exists",
            Self::Blocked => "blocked",
        }
    }
}

/// A mail to one user. Its link may hold a ticket: never log it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Mail {
    pub(crate) subject: Subject,
    pub(crate) to: String,
    /// What the user is called.
    pub(crate) name: String,
    /// The tenant's name, for people.
    pub(crate) tenant: String,
    pub(crate) link: String,
    /// How long the link works, in hours.
    pub(crate) hours: i64,
    /// The language, as a tag (BCP 47).
    pub(crate) locale: String,
    pub(crate) written_at: Timestamp,
}

/// Writes a mail to the outbox. It leaves when the transaction commits.
pub(crate) async fn post(tx: &mut Tx, tenant: &Tenant, mail: &Mail) -> Result<(), storage::Error> {
    let text =
        serde_json::to_string(mail).map_err(|error| storage::Error::Other(error.to_string()))?;
    let sealed = tenant.sealer().seal(CONTEXT, &SecretString::from(text));
    let id = tenant.entropy().uuid().to_string();
    let job = NewJob {
        queue: QUEUE,
        key: &id,
        payload: json!({ "mail": sealed }),
        due: mail.written_at,
    };
    tx.enqueue(job).await
}

/// The handler of [`QUEUE`].
pub(crate) async fn deliver(tenant: &Tenant, job: Job) -> Result<(), JobError> {
    let lost = |reason: &str| JobError::Permanent {
        reason: reason.to_owned(),
    };
    let sealed = job.payload["mail"].as_str();
    let sealed = sealed.ok_or_else(|| lost("the job holds no mail"))?;
    let text = tenant
        .sealer()
        .open(CONTEXT, sealed)
        .map_err(|error| lost(&error.to_string()))?;
    let mail: Mail = serde_json::from_str(text.expose_secret())
        .map_err(|_| lost("the mail was written by another version of this program"))?;
    match tenant.postbox().deliver(&job.key, &mail.compose()).await {
        Ok(()) => Ok(()),
        Err(DeliveryError::Later(reason)) => Err(JobError::Retry {
            after: None,
            reason,
        }),
        Err(DeliveryError::Never(reason)) => Err(JobError::Permanent { reason }),
    }
}

impl Mail {
    /// The mail in the user's language, in text and HTML.
    fn compose(&self) -> Letter {
        let locale = Locale::from_tag(&self.locale).unwrap_or(Locale::En);
        let text = Text::new(locale).of(&CATALOG);
        let subject = self.line(text, "subject");
        let mail = LinkMail {
            locale,
            subject: &subject,
            hello: &text.with("hello", [("name", (&self.name).into())]),
            lead: &self.line(text, "lead"),
            action: &self.line(text, "action"),
            link: &self.link,
            fallback: &text.get("link-fallback"),
            small: &self.line(text, "small"),
        };
        Letter {
            to: self.to.clone(),
            name: Some(self.name.clone()),
            plain: mail.plain(),
            html: mail.html(),
            subject,
            written_at: self.written_at,
        }
    }

    fn line(&self, text: Text, part: &str) -> String {
        let id = format!("{}-{part}", self.subject.key());
        text.with(
            &id,
            [
                ("tenant", (&self.tenant).into()),
                ("hours", self.hours.into()),
            ],
        )
    }
}

#[cfg(test)]
mod tests {
    use oauth::Timestamp;

    use super::{CATALOG, Mail, Subject};

    #[test]
    fn every_mail_is_written_in_every_language() {
        assert_eq!(CATALOG.missing(), Vec::<String>::new());
        for subject in [Subject::Verify, Subject::Reset, Subject::Blocked] {
            for locale in ["en", "ja"] {
                let mail = Mail {
                    subject,
                    to: "jane@example.com".into(),
                    name: "Jane <b>Doe</b>".into(),
                    tenant: "Acme".into(),
                    link: "https://login.example/u/reset-verify?ticket=abc".into(),
                    hours: 24,
                    locale: locale.into(),
                    written_at: Timestamp::from_unix_seconds(0),
                };
                let letter = mail.compose();
                assert!(letter.subject.contains("Acme"), "{}", letter.subject);
                assert!(letter.plain.contains(&mail.link));
                assert!(!letter.html.contains("<b>"), "{}", letter.html);
            }
        }
    }
}
