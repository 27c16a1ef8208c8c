//! What a mail says.

use std::sync::LazyLock;

use lettre::Message;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use oauth::Timestamp;
use serde::{Deserialize, Serialize};
use web::{Catalog, Locale, Text, html};

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
    /// A new password was asked for.
    Reset,
    /// Somebody signed up with an address that has an account.
    Exists,
    /// An administrator approved the account.
    Approved,
}

impl Subject {
    const fn key(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Reset => "reset",
            Self::Exists => "exists",
            Self::Approved => "approved",
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
    /// Where it leads.
    pub link: String,
    /// How long the link works, in hours.
    pub hours: i64,
    /// The language, as a tag (BCP 47).
    pub locale: String,
    /// When it was written.
    pub written_at: Timestamp,
}

impl Mail {
    /// The whole message (RFC 5322), in text and HTML.
    ///
    /// # Errors
    /// If an address is not one that mail can be sent to.
    pub fn compose(&self, from: &Mailbox, message_id: &str) -> Result<Message, String> {
        let text = Text::new(Locale::from_tag(&self.locale).unwrap_or(Locale::En)).of(&CATALOG);
        let address = self.to.parse().map_err(|_| "the address is not valid")?;
        let name: String = self.full_name.chars().filter(|c| !c.is_control()).collect();
        let date = std::time::UNIX_EPOCH
            + std::time::Duration::from_millis(self.written_at.as_millis().try_into().unwrap_or(0));
        Message::builder()
            .from(from.clone())
            .to(Mailbox::new(Some(name), address))
            .subject(self.line(text, "subject"))
            .message_id(Some(format!("<{message_id}>")))
            .date(date)
            // Automatic replies (out of office) are nothing to us. RFC 3834 §5.
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ))
            .multipart(
                MultiPart::alternative()
                    .singlepart(SinglePart::plain(self.plain(text)))
                    .singlepart(SinglePart::html(self.html(text))),
            )
            .map_err(|error| error.to_string())
    }

    fn line(&self, text: Text, part: &str) -> String {
        let id = format!("{}-{part}", self.subject.key());
        text.with(
            &id,
            [
                ("portal", (&self.portal).into()),
                ("hours", self.hours.into()),
            ],
        )
    }

    fn hello(&self, text: Text) -> String {
        text.with("hello", [("name", (&self.full_name).into())])
    }

    fn plain(&self, text: Text) -> String {
        format!(
            "{}\r\n\r\n{}\r\n\r\n{}\r\n\r\n{}\r\n",
            self.hello(text),
            self.line(text, "lead"),
            self.link,
            self.line(text, "small"),
        )
    }

    fn html(&self, text: Text) -> String {
        html! {
            (maud::DOCTYPE)
            html lang=(text.locale().tag()) {
                head {
                    meta charset="utf-8";
                    meta name="color-scheme" content="light dark";
                    title { (self.line(text, "subject")) }
                }
                body style="font-family:system-ui,sans-serif;line-height:1.5;max-width:34rem;margin:2rem auto;padding:0 1rem" {
                    p { (self.hello(text)) }
                    p { (self.line(text, "lead")) }
                    p {
                        a href=(self.link) style="display:inline-block;padding:.6rem 1.1rem;border-radius:.4rem;background:#1d4ed8;color:#fff;text-decoration:none" {
                            (self.line(text, "action"))
                        }
                    }
                    p style="font-size:.875rem" {
                        (text.get("link-fallback")) br; a href=(self.link) { (self.link) }
                    }
                    p style="font-size:.875rem" { (self.line(text, "small")) }
                }
            }
        }
        .into_string()
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
            link: "https://portal.example/login?token=abc&email=jane%40example.com".into(),
            hours: 24,
            locale: locale.into(),
            written_at: Timestamp::from_unix_seconds(0),
        }
    }

    fn text_of(mail: &Mail) -> String {
        let from = "Portal <portal@example.com>".parse().unwrap();
        let message = mail.compose(&from, "1@example.com");
        String::from_utf8(message.unwrap().formatted()).unwrap()
    }

    #[test]
    fn every_mail_is_written_in_every_language() {
        assert_eq!(CATALOG.missing(), Vec::<String>::new());
        for subject in [
            Subject::Verify,
            Subject::Reset,
            Subject::Exists,
            Subject::Approved,
        ] {
            for locale in ["en", "ja"] {
                let text = text_of(&mail(subject, locale));
                assert!(text.contains("multipart/alternative"), "{text}");
                assert!(text.contains("Date: Thu, 01 Jan 1970"), "{text}");
            }
        }
    }

    #[test]
    fn a_name_adds_neither_headers_nor_markup() {
        let text = text_of(&mail(Subject::Verify, "en"));
        let headers = text.split("\r\n\r\n").next().unwrap();
        assert!(
            !headers.lines().any(|line| line.starts_with("Bcc")),
            "{headers}"
        );
        let (_, page) = text.split_once("text/html").unwrap();
        assert!(!page.replace("=\r\n", "").contains("<b>"), "{page}");
    }
}
