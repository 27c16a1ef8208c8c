//! What a mail says.

use std::sync::LazyLock;

use egress::mail::Letter;
use oauth::Timestamp;
use serde::{Deserialize, Serialize};
use web::{Catalog, LinkMail, Locale, Text, moment_text};

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    Catalog::new(&[
        (Locale::En, include_str!("../../locales/mail.en.ftl")),
        (Locale::Ja, include_str!("../../locales/mail.ja.ftl")),
    ])
});

/// What a mail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The address is to be confirmed.
    Verify,
    /// An administrator made the account: the address is to be confirmed.
    Invited,
    /// A new password was asked for.
    Reset,
    /// Somebody signed up with an address that has an account.
    Exists,
    /// An administrator approved the account.
    Approved,
    /// An administrator refused the account.
    Rejected,
    /// An administrator took the account back.
    Revoked,
    /// An administrator approved a registration for an API.
    AccessApproved,
    /// An administrator refused a registration for an API.
    AccessRejected,
    /// An administrator took a registration for an API back.
    AccessRevoked,
    /// A version of an API, for which an application is registered, became deprecated.
    Deprecated,
    /// An administrator lets an application have a new secret, which is to be taken.
    SecretWaits,
    /// It was not taken, and the old credentials are about to end.
    SecretUntaken,
    /// Old credentials are about to end and are still used.
    SecretUsed,
}

impl Subject {
    const fn key(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Invited => "invited",
            Self::Reset => "reset",
            Self::Exists => "exists",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Revoked => "revoked",
            Self::AccessApproved => "access-approved",
            Self::AccessRejected => "access-rejected",
            Self::AccessRevoked => "access-revoked",
            Self::Deprecated => "deprecated",
            Self::SecretWaits => "secret-waits",
            Self::SecretUntaken => "secret-untaken",
            Self::SecretUsed => "secret-used",
        }
    }
}

/// A mail to one developer. Its link may hold a token: keep it sealed, never log it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Mail {
    /// What it is about.
    pub subject: Subject,
    /// The developer's address.
    pub to: String,
    /// The developer's name.
    pub full_name: String,
    /// The portal's name, for people.
    pub portal: String,
    /// What of theirs it is about: an application and an API, or an API alone; empty
    /// if it is the account.
    #[serde(default)]
    pub about: String,
    /// What the administrator adds; empty if nothing.
    #[serde(default)]
    pub reason: String,
    /// Where it leads.
    pub link: String,
    /// How long the link works, in hours.
    pub hours: i64,
    /// When what it is about ends, if it tells of an end.
    #[serde(default)]
    pub until: Option<Timestamp>,
    /// The language, as a tag (BCP 47).
    pub locale: String,
    /// When it was written.
    pub written_at: Timestamp,
}

impl Mail {
    /// The mail in the developer's language, in text and HTML.
    #[must_use]
    pub fn compose(&self) -> Letter {
        let locale = Locale::from_tag(&self.locale).unwrap_or(Locale::En);
        let text = Text::new(locale).of(&CATALOG);
        let subject = self.line(text, "subject");
        let mut lead = self.line(text, "lead");
        if !self.reason.is_empty() {
            lead.push_str(&text.with("reason", [("reason", (&self.reason).into())]));
        }
        let mail = LinkMail {
            locale,
            subject: &subject,
            hello: &text.with("hello", [("name", (&self.full_name).into())]),
            lead: &lead,
            action: &self.line(text, "action"),
            link: &self.link,
            fallback: &text.get("link-fallback"),
            small: &self.line(text, "small"),
        };
        Letter {
            to: self.to.clone(),
            name: Some(self.full_name.clone()),
            plain: mail.plain(),
            html: mail.html(),
            subject,
            written_at: self.written_at,
        }
    }

    fn line(&self, text: Text, part: &str) -> String {
        let id = format!("{}-{part}", self.subject.key());
        let until = self.until.map(|until| moment_text(text, until.as_millis()));
        text.with(
            &id,
            [
                ("portal", (&self.portal).into()),
                ("about", (&self.about).into()),
                ("hours", self.hours.into()),
                ("until", until.unwrap_or_default().into()),
            ],
        )
    }
}

#[cfg(test)]
mod tests {
    use oauth::Timestamp;

    use super::{CATALOG, Mail, Subject};

    fn mail(subject: Subject, locale: &str) -> Mail {
        Mail {
            subject,
            to: "jane@example.com".into(),
            full_name: "Jane <b>Doe</b>\r\nBcc: all@example.com".into(),
            portal: "Weather".into(),
            about: "cli, Forecast v1".into(),
            reason: "Ask <i>again</i> in May.".into(),
            link: "https://portal.example/login?token=abc&email=jane%40example.com".into(),
            hours: 24,
            until: Some(Timestamp::from_unix_seconds(1_795_755_600)),
            locale: locale.into(),
            written_at: Timestamp::from_unix_seconds(0),
        }
    }

    #[test]
    fn every_mail_is_written_in_every_language() {
        assert_eq!(CATALOG.missing(), Vec::<String>::new());
        for subject in [
            Subject::Verify,
            Subject::Invited,
            Subject::Reset,
            Subject::Exists,
            Subject::Approved,
            Subject::Rejected,
            Subject::Revoked,
            Subject::AccessApproved,
            Subject::AccessRejected,
            Subject::AccessRevoked,
            Subject::Deprecated,
            Subject::SecretWaits,
            Subject::SecretUntaken,
            Subject::SecretUsed,
        ] {
            for locale in ["en", "ja"] {
                let letter = mail(subject, locale).compose();
                assert!(letter.subject.contains("Weather"), "{}", letter.subject);
                assert!(letter.plain.contains("https://portal.example/login"));
                assert!(letter.plain.contains("Ask <i>again</i> in May."));
                assert!(!letter.html.contains("<i>"), "{}", letter.html);
                assert!(letter.html.contains(&format!("lang=\"{locale}\"")));
            }
        }
    }

    #[test]
    fn a_mail_about_a_secret_says_until_when() {
        for (locale, day) in [
            ("en", "27 Nov 2026 05:00 UTC"),
            ("ja", "2026年11月27日 05:00 UTC"),
        ] {
            for subject in [
                Subject::SecretWaits,
                Subject::SecretUntaken,
                Subject::SecretUsed,
            ] {
                let letter = mail(subject, locale).compose();
                assert!(letter.plain.contains(day), "{}", letter.plain);
                assert!(letter.plain.contains("cli, Forecast v1"));
            }
        }
    }

    #[test]
    fn a_name_adds_no_markup() {
        let letter = mail(Subject::Verify, "en").compose();
        assert!(!letter.html.contains("<b>"), "{}", letter.html);
    }
}
