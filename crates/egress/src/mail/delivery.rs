//! Where mails go: to an SMTP server, or into files that a person can open.

use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::transport::smtp::Error as SmtpError;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use oauth::Entropy;
use secrecy::{ExposeSecret, SecretString};

use super::Letter;

/// Where mails go.
#[derive(Clone, Debug)]
pub enum Delivery {
    /// One `.eml` file a mail in this directory.
    Files(PathBuf),
    /// An SMTP server: `smtps://user:password@host:465`, `smtp://host:587?tls=required`.
    Smtp(SecretString),
}

/// How mails are sent.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where they go.
    pub delivery: Delivery,
    /// The sender: `Developer Portal <portal@example.com>`.
    pub from: String,
}

/// Who a letter comes from, where it is not whom the settings name.
#[derive(Clone, Debug, Default)]
pub struct Sender {
    /// The sender's name.
    pub name: Option<String>,
    /// The sender's address.
    pub address: Option<String>,
    /// Whom answers reach.
    pub reply_to: Option<String>,
}

impl Settings {
    /// Mails in files of this directory, from a sender of this machine.
    #[must_use]
    pub fn files(directory: impl Into<PathBuf>) -> Self {
        Self {
            delivery: Delivery::Files(directory.into()),
            from: "Gatehouse <gatehouse@localhost>".to_owned(),
        }
    }
}

/// Why a mail was not delivered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryError {
    /// It may work later.
    #[error("{0}")]
    Later(String),
    /// It will never work: the server refused the mail for good, or it cannot be written.
    #[error("{0}")]
    Never(String),
}

/// Delivers mails.
#[derive(Clone, Debug)]
pub struct Postbox {
    from: Mailbox,
    way: Way,
    entropy: Entropy,
}

#[derive(Clone, Debug)]
enum Way {
    Files(PathBuf),
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
}

impl Postbox {
    /// A postbox as the settings say. Nothing is connected or written yet.
    ///
    /// # Errors
    /// One sentence, if the sender or the server's URL is not well-formed.
    pub fn new(settings: &Settings, entropy: Entropy) -> Result<Self, String> {
        let from = settings.from.parse().map_err(|_| {
            format!(
                "the sender {:?} is no mailbox; write it like `Developer Portal <portal@example.com>`",
                settings.from
            )
        })?;
        let way = match &settings.delivery {
            Delivery::Files(directory) => Way::Files(directory.clone()),
            Delivery::Smtp(url) => {
                // The error of the library may quote the URL, and with it the password.
                let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose_secret())
                    .map_err(|_| {
                    "the SMTP server's URL is not well-formed; write it like \
                         `smtps://user:password@host:465` or `smtp://host:587?tls=required`"
                        .to_owned()
                })?;
                Way::Smtp(builder.timeout(Some(Duration::from_secs(20))).build())
            }
        };
        Ok(Self { from, way, entropy })
    }

    /// Delivers one mail. `id` names it: a mail that is delivered twice after a crash carries the same
    /// `Message-ID`, and lies in one file.
    ///
    /// # Errors
    /// [`DeliveryError`], without the mail's content.
    pub async fn deliver(&self, id: &str, letter: &Letter) -> Result<(), DeliveryError> {
        self.deliver_from(id, letter, &Sender::default()).await
    }

    /// The same, from somebody else than the settings say.
    ///
    /// # Errors
    /// [`DeliveryError`], without the mail's content.
    pub async fn deliver_from(
        &self,
        id: &str,
        letter: &Letter,
        sender: &Sender,
    ) -> Result<(), DeliveryError> {
        let wrong = |_| DeliveryError::Never("the sender's address is not valid".to_owned());
        let mut from = self.from.clone();
        if let Some(address) = &sender.address {
            from.email = address.parse().map_err(wrong)?;
        }
        if let Some(name) = &sender.name {
            from.name = Some(name.chars().filter(|c| !c.is_control()).collect());
        }
        let reply_to = sender
            .reply_to
            .as_ref()
            .map(|address| address.parse::<lettre::Address>());
        let reply_to = reply_to.transpose().map_err(wrong)?;
        let reply_to = reply_to.map(|address| Mailbox::new(None, address));
        let message_id = format!("{id}@{}", self.from.email.domain());
        let message = letter
            .compose((&from, reply_to), &message_id)
            .map_err(DeliveryError::Never)?;
        match &self.way {
            Way::Files(directory) => {
                let name = format!("{:013}-{id}.eml", letter.written_at.as_millis());
                write(directory, &name, &self.entropy.hex(8), &message.formatted())
                    .await
                    .map_err(|error| {
                        DeliveryError::Later(format!(
                            "mails cannot be written to {}: {error}",
                            directory.display()
                        ))
                    })
            }
            Way::Smtp(transport) => match transport.send(message).await {
                Ok(_) => Ok(()),
                Err(error) => Err(refusal(&error)),
            },
        }
    }
}

/// A reader of the directory sees whole mails only. They are for their owner alone: they hold links
/// that set passwords.
async fn write(directory: &Path, name: &str, unique: &str, content: &[u8]) -> std::io::Result<()> {
    tokio::fs::create_dir_all(directory).await?;
    let partial = directory.join(format!(".{unique}.partial"));
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    let mut file = options.open(&partial).await?;
    tokio::io::AsyncWriteExt::write_all(&mut file, content).await?;
    file.sync_all().await?;
    tokio::fs::rename(&partial, directory.join(name)).await
}

fn refusal(error: &SmtpError) -> DeliveryError {
    // The server's own words may quote the recipient.
    let code = error.status().map(|code| code.to_string());
    let what = code.map_or_else(
        || "the SMTP server could not be reached".to_owned(),
        |code| format!("the SMTP server answered {code}"),
    );
    if error.is_permanent() {
        DeliveryError::Never(what)
    } else {
        DeliveryError::Later(what)
    }
}
