//! Who asks, when, and in which request.

use std::sync::Arc;

use oauth::Timestamp;
use uuid::Uuid;
use web::Caller;

use crate::error::Error;
use crate::model::{Act, DeveloperId, EntityType, PlatformTokenId, PortalId, Rights};

/// The context of one use case: it comes first in every service function.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// Who asks.
    pub actor: Actor,
    /// When: one moment for everything that a request does.
    pub now: Timestamp,
    /// The request's id, for the audit and the log.
    pub request_id: String,
    /// From where it came; nothing inside this process.
    pub caller: Caller,
    /// What they may do, where a role decides that; somebody without is bound by the surface alone.
    pub rights: Option<Arc<Rights>>,
}

impl Ctx {
    /// The same, from there.
    #[must_use]
    pub fn from(self, caller: &Caller) -> Self {
        Self {
            caller: caller.clone(),
            ..self
        }
    }

    /// That this may be done with another entity than the one that the address names.
    ///
    /// # Errors
    /// [`Error::Forbidden`], with the roles that allow it.
    pub(crate) fn may(
        &self,
        entity: EntityType,
        id: impl Into<Uuid>,
        act: Act,
    ) -> Result<(), Error> {
        let id = Some(id.into());
        match &self.rights {
            Some(rights) if !rights.allow(entity, id, act) => Err(rights.refusal(entity, id, act)),
            _ => Ok(()),
        }
    }
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// An administrator or an automation, by platform token.
    PlatformToken(PlatformTokenId),
    /// An administrator who is signed in to the console, by address: it says who it was when the account is
    /// gone.
    Administrator(String),
    /// A developer who is signed in to a portal.
    Developer {
        /// Who.
        id: DeveloperId,
        /// Where.
        portal_id: PortalId,
    },
    /// Somebody who is not signed in, at a surface that allows it (sign-up).
    Anonymous,
    /// This program by itself: reconciliation, expiry, first start.
    System,
}

impl Actor {
    /// The kind and the id as the audit stores them.
    #[must_use]
    pub fn audit(&self) -> (&'static str, Option<String>) {
        match self {
            Self::PlatformToken(id) => ("platform_token", Some(id.to_string())),
            Self::Administrator(email) => ("administrator", Some(email.clone())),
            Self::Developer { id, .. } => ("developer", Some(id.to_string())),
            Self::Anonymous => ("anonymous", None),
            Self::System => ("system", None),
        }
    }
}
