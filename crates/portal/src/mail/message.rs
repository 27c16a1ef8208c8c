//! What a mail says.

use std::sync::LazyLock;

use egress::mail::Letter;
use oauth::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;
use web::{Catalog, LinkMail, Locale, Text, html, moment_text};

use super::Subject;
use super::template::Written;
use crate::model::{Developer, PortalId, Site};

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    Catalog::new(&[
        (Locale::En, include_str!("../../locales/mail.en.ftl")),
        (Locale::Ja, include_str!("../../locales/mail.ja.ftl")),
    ])
});

/// The texts of mails in a language.
pub(crate) fn texts(locale: Locale) -> Text {
    Text::new(locale).of(&CATALOG)
}

/// A mail to one developer. Its link may hold a token: keep it sealed, never log it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Mail {
    /// What it is about.
    pub subject: Subject,
    /// The portal, where its own texts and its own sender may count.
    #[serde(default)]
    pub portal_id: Option<PortalId>,
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
    /// The application, the API and its version; empty where it is about none.
    #[serde(default)]
    pub names: [String; 3],
    /// What else has a name in it: a team or a key; empty if nothing.
    #[serde(default)]
    pub named: String,
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
    /// A mail about nothing.
    pub(crate) fn blank() -> Self {
        Self {
            subject: Subject::Verify,
            portal_id: None,
            to: String::new(),
            full_name: String::new(),
            portal: String::new(),
            about: String::new(),
            names: Default::default(),
            named: String::new(),
            reason: String::new(),
            link: String::new(),
            hours: 0,
            until: None,
            locale: String::new(),
            written_at: Timestamp::from_unix_seconds(0),
        }
    }

    /// A mail to a developer of a portal, that leads to `link` and says nothing else yet.
    pub(crate) fn to(
        (site, developer): (&Site, &Developer),
        subject: Subject,
        link: String,
        now: Timestamp,
    ) -> Self {
        Self {
            subject,
            portal_id: Some(site.id),
            to: developer.email.clone(),
            full_name: developer.full_name.clone(),
            portal: site.called().to_owned(),
            link,
            locale: developer.locale.clone().unwrap_or_default(),
            written_at: now,
            ..Self::blank()
        }
    }

    /// Its language.
    pub(super) fn language(&self) -> Locale {
        Locale::from_tag(&self.locale).unwrap_or(Locale::En)
    }

    fn text(&self) -> Text {
        texts(self.language())
    }

    /// One of the usual texts of such a mail: `subject`, `hello`, `lead`, `action`. `until` stands where
    /// the moment of an end would.
    pub(super) fn part(&self, part: &str, until: &str) -> String {
        let text = self.text();
        match part {
            "hello" => text.with("hello", [("name", (&self.full_name).into())]),
            part => self.line(text, part, until),
        }
    }

    /// When what it is about ends, in words; empty if it tells of no end.
    fn until(&self) -> String {
        let until = self.until.map(Timestamp::as_millis);
        until.map_or_else(String::new, |until| moment_text(self.text(), until))
    }

    /// What stands for a variable of a portal's own texts.
    pub(super) fn variable(&self, name: &str, reply_to: &str) -> Option<String> {
        let [application, api, version] = &self.names;
        let domain = || {
            let address = Url::parse(&self.link).ok()?;
            Some(match (address.host_str()?, address.port()) {
                (host, Some(port)) => format!("{host}:{port}"),
                (host, None) => host.to_owned(),
            })
        };
        Some(match name {
            "portal_display_name" => self.portal.clone(),
            "portal_domain" => domain().unwrap_or_default(),
            "developer_email" => self.to.clone(),
            "developer_fullname" => self.full_name.clone(),
            "dev_portal_reply_to" => reply_to.to_owned(),
            "developer_status" => match self.subject {
                Subject::Approved => "approved",
                Subject::Rejected => "rejected",
                Subject::Revoked => "revoked",
                _ => "pending",
            }
            .to_owned(),
            "api_name" => api.clone(),
            "api_version" => version.clone(),
            "application_name" => application.clone(),
            "credential_name" | "team_name" => self.named.clone(),
            "credential_expires_at" => self.until(),
            _ => return None,
        })
    }

    /// The mail in the developer's language, in text and HTML.
    #[must_use]
    pub fn compose(&self) -> Letter {
        self.compose_saying(None)
    }

    /// The same with what the portal's team wrote instead of the usual texts.
    pub(super) fn compose_saying(&self, written: Option<&Written>) -> Letter {
        let (locale, text, until) = (self.language(), self.text(), self.until());
        let own = |part: fn(&Written) -> Option<&String>| written.and_then(part).cloned();
        let subject = own(|written| written.subject.as_ref());
        let subject = subject.unwrap_or_else(|| self.line(text, "subject", &until));
        let action = own(|written| written.button.as_ref());
        let action = action.unwrap_or_else(|| self.line(text, "action", &until));
        let title = own(|written| written.title.as_ref());
        let reason = match self.reason.as_str() {
            "" => String::new(),
            reason => text.with("reason", [("reason", reason.into())]),
        };
        let hello = self.part("hello", &until);
        let lead = format!("{}{reason}", self.line(text, "lead", &until));
        let mail = LinkMail {
            locale,
            subject: &subject,
            hello: &hello,
            lead: &lead,
            action: &action,
            link: &self.link,
            fallback: &text.get("link-fallback"),
            small: &self.line(text, "small", &until),
        };
        let body = written.and_then(|written| written.body.as_ref());
        let heading =
            html! { @if let Some(title) = &title { h1 style="font-size:1.25rem" { (title) } } };
        let (page, plain) = match body {
            Some((page, plain)) => (
                html! { (heading) (page) @if !reason.is_empty() { p { (reason.trim()) } } },
                format!("{plain}\r\n\r\n{}", reason.trim()),
            ),
            None => (
                html! { (heading) p { (hello) } p { (lead) } },
                format!("{hello}\r\n\r\n{lead}"),
            ),
        };
        let plain = match &title {
            Some(title) => format!("{title}\r\n\r\n{plain}"),
            None => plain,
        };
        Letter {
            to: self.to.clone(),
            name: Some(self.full_name.clone()),
            plain: mail.plain_saying(plain.trim_end()),
            html: mail.html_saying(&page),
            subject,
            written_at: self.written_at,
        }
    }

    fn line(&self, text: Text, part: &str, until: &str) -> String {
        let id = format!("{}-{part}", self.subject.key());
        text.with(
            &id,
            [
                ("portal", (&self.portal).into()),
                ("about", (&self.about).into()),
                ("named", (&self.named).into()),
                ("hours", self.hours.into()),
                ("until", until.into()),
            ],
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use oauth::Timestamp;

    use super::{CATALOG, Mail, Subject, Written};
    use crate::model::{EmailContent, EmailTemplate, PortalId};

    fn mail(subject: Subject, locale: &str) -> Mail {
        Mail {
            subject,
            portal_id: None,
            names: ["cli", "Forecast", "v1"].map(str::to_owned),
            named: "Mobile".into(),
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
        for subject in Subject::ALL {
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

    #[test]
    fn what_the_team_wrote_stands_in_the_mail_and_names_are_no_markup() {
        let template = EmailTemplate {
            portal_id: PortalId::new(&oauth::Entropy::seeded(1)),
            name: "confirm-email-address".into(),
            content: EmailContent {
                subject: Some("{{developer_fullname}}: {{ portal_display_name }}".into()),
                title: Some("Almost there".into()),
                body: Some("**Hi** {{developer_fullname}} at {{portal_domain}}".into()),
                button_label: None,
            },
            translations: BTreeMap::from([(
                "ja".to_owned(),
                EmailContent {
                    title: Some("あと少しです".into()),
                    ..EmailContent::default()
                },
            )]),
            enabled: true,
            created_at: Timestamp::from_unix_seconds(0),
            updated_at: Timestamp::from_unix_seconds(0),
        };
        let mut mail = mail(Subject::Verify, "en");
        mail.full_name = "[x](https://evil.example) <i>".into();
        let letter = mail.compose_saying(Some(&Written::of(&template, &mail, "")));
        assert_eq!(letter.subject, "[x](https://evil.example) <i>: Weather");
        assert!(
            letter.html.contains("<strong>Hi</strong>"),
            "{}",
            letter.html
        );
        assert!(
            letter.html.contains(">Almost there</h1>"),
            "{}",
            letter.html
        );
        assert!(letter.html.contains("portal.example"), "{}", letter.html);
        assert!(
            letter.html.contains("Confirm my address"),
            "the usual button"
        );
        assert!(
            !letter.html.contains("href=\"https://evil"),
            "{}",
            letter.html
        );
        assert!(!letter.html.contains("<i>"), "{}", letter.html);
        assert!(
            letter
                .plain
                .starts_with("Almost there\r\n\r\n**Hi** [x](https://evil")
        );
        assert!(letter.plain.contains(&mail.link));

        mail.locale = "ja-JP".into();
        let letter = mail.compose_saying(Some(&Written::of(&template, &mail, "")));
        assert!(
            letter.html.contains(">あと少しです</h1>"),
            "the title of this language"
        );
        assert!(
            letter.html.contains("<strong>Hi</strong>"),
            "the text for all languages"
        );
    }
}
