//! Whether applications and the clients at their identity provider still fit, and what to do if not.
//!
//! A pass surveys the provider and compares ([`Applications::plan`]), or, where the provider tells what
//! changed, looks at that alone. What it finds open is kept. Each difference can then be carried out by
//! itself ([`Applications::carry_out`]), which looks again at the one client and the one application
//! that it is about: a plan may be old when somebody acts on it. Applications that
//! are being made or removed are left to [`Applications::reconcile`].

mod apply;
mod automatic;
mod compare;
mod look;
mod provider;

use aws_lc_rs::digest;
use dcr::{ClientState, Field};
use oauth::Timestamp;

use super::keys::hexadecimal;
use crate::model::{Application, DriftAction, DriftKind, OpenDifference};

use compare::named;

pub use automatic::{RECONCILE_QUEUE, Reconciliation};

/// Longest name of an application.
const NAME: usize = 255;

/// How portal and provider differ.
#[derive(Clone, Debug)]
pub struct Plan {
    /// When this was compared.
    pub at: Timestamp,
    /// How many applications the provider's strategies have.
    pub applications: usize,
    /// How many clients of this organisation there are at the provider.
    pub clients: usize,
    /// How much the provider shows: `all`, `known` or `told` ([`dcr::Sight`]).
    pub sight: String,
    /// What it does not show, in a sentence.
    pub limits: Option<String>,
    /// What does not fit.
    pub differences: Vec<Difference>,
}

/// One client that does not fit.
#[derive(Clone, Debug)]
pub struct Difference {
    /// How.
    pub kind: DriftKind,
    /// The application, unless the client is of none.
    pub application: Option<Application>,
    /// The client as it is; of a missing one, another that says that it is the application's.
    pub client: Option<ClientState>,
    /// The client as it should be.
    pub expected: Option<ClientState>,
    /// What was changed.
    pub fields: Vec<Field>,
}

impl Difference {
    /// Names this very difference: another one about the same client has another id.
    #[must_use]
    pub fn id(&self) -> String {
        let subject = match (&self.application, &self.client) {
            (Some(application), _) if self.kind != DriftKind::Orphaned => {
                application.id.to_string()
            }
            (_, Some(client)) => client.client_id.clone(),
            _ => String::new(),
        };
        // Everything in it is plain data, which always has this text.
        let text = format!("{:?} {:?}", self.client, self.expected);
        let digest = digest::digest(&digest::SHA256, text.as_bytes());
        let short = hexadecimal(digest.as_ref().get(..6).unwrap_or_default());
        format!("{}:{short}:{subject}", self.kind)
    }

    /// What is kept of it.
    fn open(&self, at: Timestamp) -> OpenDifference {
        OpenDifference {
            id: self.id(),
            kind: self.kind,
            application_id: self.application.as_ref().map(|application| application.id),
            client_id: self.client.as_ref().map(|client| client.client_id.clone()),
            found_at: at,
        }
    }

    /// What can be done about it.
    #[must_use]
    pub fn actions(&self) -> Vec<DriftAction> {
        use DriftAction::{Adopt, Delete, Leave, Recreate};
        match self.kind {
            DriftKind::Missing if self.client.is_some() => vec![Adopt, Recreate, Delete, Leave],
            DriftKind::Missing => vec![Recreate, Delete, Leave],
            DriftKind::Changed if self.can_be_adopted() => vec![Adopt, Recreate, Delete, Leave],
            DriftKind::Changed => vec![Recreate, Delete, Leave],
            // Of an application that exists, this is one client too many.
            DriftKind::Orphaned if self.application.is_some() => vec![Delete, Leave],
            DriftKind::Orphaned if self.client.as_ref().and_then(named).is_some() => {
                vec![Adopt, Delete, Leave]
            }
            DriftKind::Orphaned => vec![Delete, Leave],
        }
    }

    /// Whether the portal can say what the provider says: a name, and at most one redirect URI.
    /// Grant types and scopes follow from the auth strategy.
    fn can_be_adopted(&self) -> bool {
        let Some(client) = &self.client else {
            return false;
        };
        let sayable = |field: &Field| match field {
            Field::Name => !client.name.is_empty() && client.name.chars().count() <= NAME,
            Field::RedirectUris => client.redirect_uris.len() <= 1,
            Field::GrantTypes | Field::Scopes | Field::Metadata => false,
        };
        self.fields.iter().all(sayable)
    }
}

/// How carrying out one difference went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is done, or nothing was asked for.
    Done,
    /// The difference is no more, or is another: look at a new plan.
    Outdated,
    /// It was not done, and why.
    Failed(String),
}
