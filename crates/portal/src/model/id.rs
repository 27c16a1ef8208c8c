//! Ids: UUIDs that cannot be taken for one another.

use std::fmt;
use std::str::FromStr;

use oauth::Entropy;
use serde::{Deserialize, Serialize};
use storage::{Bind, FromValue, Kind, Value};
use uuid::Uuid;

/// An id that always is the same for the same parts: for what has no row of its own.
pub(crate) fn hashed_id(parts: &[&str]) -> Uuid {
    let mut context = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part.as_bytes());
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&context.finish().as_ref()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

macro_rules! ids {
    ($($(#[$doc:meta])+ $name:ident;)+) => {$(
        $(#[$doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new random id.
            #[must_use]
            pub fn new(entropy: &Entropy) -> Self {
                Self(entropy.uuid())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl From<$name> for Value {
            fn from(id: $name) -> Self {
                Self::Text(id.0.to_string())
            }
        }

        impl From<&$name> for Value {
            fn from(id: &$name) -> Self {
                Self::Text(id.0.to_string())
            }
        }

        impl Bind for $name {
            const KIND: Kind = Kind::Text;
        }

        impl FromValue for $name {
            fn from_value(value: &Value) -> Result<Self, String> {
                Uuid::from_value(value).map(Self)
            }
        }
    )+};
}

ids! {
    /// The organisation's id.
    OrganizationId;
    /// A portal's id.
    PortalId;
    /// A DCR provider's id.
    DcrProviderId;
    /// An application auth strategy's id.
    AuthStrategyId;
    /// An API product's id.
    ApiProductId;
    /// A product version's id.
    ProductVersionId;
    /// The id of a product version's entry in a portal.
    PublicationId;
    /// A specification's id.
    SpecificationId;
    /// A document's id.
    DocumentId;
    /// The id of a page of a portal.
    SitePageId;
    /// The id of a snippet of a portal's pages.
    SnippetId;
    /// The id of what says from whom a portal's mails come.
    EmailConfigId;
    /// A control plane's id.
    ControlPlaneId;
    /// A gateway service's id.
    ServiceId;
    /// A gateway route's id.
    RouteId;
    /// A platform token's id.
    PlatformTokenId;
    /// A system account's id.
    SystemAccountId;
    /// The id of a team of users and system accounts.
    OrganizationTeamId;
    /// The id of a role that somebody has.
    AssignedRoleId;
    /// A developer's id.
    DeveloperId;
    /// The id of a team of developers.
    TeamId;
    /// The id of a role that a team has.
    TeamRoleId;
    /// An application's id.
    ApplicationId;
    /// An API key's id.
    ApplicationKeyId;
    /// A registration's id.
    RegistrationId;
    /// An administrator's id.
    AdministratorId;
    /// The id of the rotation of a provider's applications.
    FleetRotationId;
    /// The id of the provider with which a portal's developers sign in.
    IdentityProviderId;
    /// An audit entry's id.
    AuditId;
    /// The id of a place that audit entries are sent to.
    AuditDestinationId;
    /// The id of something removed that can be brought back.
    RemovalId;
}
