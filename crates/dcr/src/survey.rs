//! What a provider shows of its clients, and what it says of changes to them.

use std::collections::BTreeSet;

use tokio::sync::mpsc;

use crate::port::{Error, ErrorKind};
use crate::state::ClientState;

/// How much a provider shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Every client: missing, changed and orphaned ones are seen.
    All,
    /// Each client that it registered for us and that we know the id of. A client that nobody here
    /// knows of cannot be seen.
    Known,
    /// Nothing. Clients are compared with what the provider was last told, so that only what never
    /// reached it is seen.
    Told,
}

impl Sight {
    /// As APIs and pages write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Known => "known",
            Self::Told => "told",
        }
    }
}

/// Where a survey's clients go, some at a time, so that nobody ever holds them all.
#[derive(Debug)]
pub struct Pages(mpsc::Sender<Vec<ClientState>>);

impl Pages {
    /// A way for pages, and its end: a page waits there until it is taken.
    #[must_use]
    pub fn new() -> (Self, mpsc::Receiver<Vec<ClientState>>) {
        let (sender, receiver) = mpsc::channel(1);
        (Self(sender), receiver)
    }

    /// Shows some clients, as they are there now, once those before are taken. Those that carry no
    /// `konnect_application_id` are left out.
    pub async fn show(&self, mut clients: Vec<ClientState>) {
        clients.retain(|client| !client.metadata.konnect_application_id.is_empty());
        // Whoever stopped looking also drops the survey.
        let _ = self.0.send(clients).await;
    }
}

/// How much a survey showed.
#[derive(Clone, Debug)]
pub struct Survey {
    /// Of the provider's clients.
    pub sight: Sight,
    /// What cannot be seen here and why, in a sentence for the administrator.
    pub limits: Option<String>,
}

impl Survey {
    /// All of a provider's clients.
    pub const ALL: Self = Self {
        sight: Sight::All,
        limits: None,
    };
}

/// A place in a provider's log of changes; the text is the adapter's own, and no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark(pub String);

/// What changed since a mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    /// Ids of clients that were made, changed or removed: too many rather than too few.
    pub clients: BTreeSet<String>,
    /// Where to go on from.
    pub next: Mark,
}

pub(crate) fn tells_no_changes() -> Error {
    Error::new(
        ErrorKind::Unsupported,
        "the identity provider does not tell which clients changed, so that every pass looks at all",
    )
}
