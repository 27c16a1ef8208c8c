//! One mail, as it is sent.

use lettre::Message;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use oauth::Timestamp;

/// A mail to one person, in text and HTML. It may hold a link with a token: never log it.
#[derive(Clone)]
pub struct Letter {
    /// The person's address.
    pub to: String,
    /// The person's name, where it is known. Control characters in it are left out.
    pub name: Option<String>,
    /// The subject line.
    pub subject: String,
    /// The text.
    pub plain: String,
    /// The same as a page.
    pub html: String,
    /// When it was written.
    pub written_at: Timestamp,
}

impl Letter {
    /// The whole message (RFC 5322).
    ///
    /// # Errors
    /// If an address is not one that mail can be sent to.
    pub(super) fn compose(
        &self,
        (from, reply_to): (&Mailbox, Option<Mailbox>),
        message_id: &str,
    ) -> Result<Message, String> {
        let address = self.to.parse().map_err(|_| "the address is not valid")?;
        let clean =
            |text: &String| -> String { text.chars().filter(|c| !c.is_control()).collect() };
        let date = std::time::UNIX_EPOCH
            + std::time::Duration::from_millis(self.written_at.as_millis().try_into().unwrap_or(0));
        let message = match reply_to {
            Some(reply_to) => Message::builder().reply_to(reply_to),
            None => Message::builder(),
        };
        message
            .from(from.clone())
            .to(Mailbox::new(self.name.as_ref().map(clean), address))
            .subject(clean(&self.subject))
            .message_id(Some(format!("<{message_id}>")))
            .date(date)
            // Automatic replies (out of office) are nothing to us. RFC 3834 §5.
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ))
            .multipart(
                MultiPart::alternative()
                    .singlepart(SinglePart::plain(self.plain.clone()))
                    .singlepart(SinglePart::html(self.html.clone())),
            )
            .map_err(|error| error.to_string())
    }
}

/// Whether a mail could be sent to the address (RFC 5321 §4.1.2).
#[must_use]
pub fn is_address(text: &str) -> bool {
    text.parse::<lettre::Address>().is_ok()
}

#[cfg(test)]
mod tests {
    use oauth::{Entropy, Timestamp};

    use super::Letter;
    use crate::mail::{Delivery, Postbox, Settings};

    #[tokio::test]
    async fn a_mail_lies_in_a_file_of_its_owner_and_a_name_adds_no_headers() {
        let directory = tempfile::tempdir().unwrap();
        let settings = Settings {
            delivery: Delivery::Files(directory.path().to_owned()),
            from: "Portal <portal@example.com>".into(),
        };
        let postbox = Postbox::new(&settings, Entropy::seeded(1)).unwrap();
        let letter = Letter {
            to: "jane@example.com".into(),
            name: Some("Jane\r\nBcc: all@example.com".into()),
            subject: "Hello\r\nBcc: all@example.com".into(),
            plain: "Hello".into(),
            html: "<p>Hello</p>".into(),
            written_at: Timestamp::from_unix_seconds(0),
        };
        postbox.deliver("one", &letter).await.unwrap();
        postbox.deliver("one", &letter).await.unwrap();
        let mut files = std::fs::read_dir(directory.path()).unwrap();
        let file = files.next().unwrap().unwrap().path();
        assert!(files.next().is_none(), "delivered twice, it is one file");
        let text = std::fs::read_to_string(file).unwrap();
        let headers = text.split("\r\n\r\n").next().unwrap();
        assert!(headers.contains("Date: Thu, 01 Jan 1970"), "{headers}");
        assert!(
            headers.contains("Message-ID: <one@example.com>"),
            "{headers}"
        );
        assert!(
            !headers.lines().any(|line| line.starts_with("Bcc")),
            "{headers}"
        );
        assert!(text.contains("multipart/alternative"), "{text}");
    }
}
