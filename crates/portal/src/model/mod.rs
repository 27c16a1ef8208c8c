//! Types that are valid by construction, without I/O.

mod access;
mod administrator;
mod api_icon;
mod application;
mod audit;
mod catalogue;
mod core_entity;
mod developer;
mod drift;
mod fleet;
mod front_matter;
mod id;
mod identity_provider;
mod plugin_secrets;
mod portal_mail;
mod provider;
mod removal;
pub(crate) mod rights;
mod roles;
mod site;
mod site_page;
mod slug;
mod span;
mod status;
mod strategy;
mod team;
pub(crate) mod tree;
mod verification;
mod waiting;

use std::collections::BTreeMap;

/// Labels: at most 50 short keys and values.
pub type Labels = BTreeMap<String, String>;

pub use access::{Organization, PlatformToken, SystemAccount};
pub use administrator::Administrator;
pub use api_icon::ApiIcon;
pub use application::{Application, ApplicationKey, Registration, RetiringCredential, SecretMark};
pub use audit::{AuditDestination, AuditReplay, AuditScope, AuditWebhook, LogFormat, ReplayStatus};
pub use catalogue::{ApiProduct, Attributes, Document, ProductVersion, Publication, Specification};
pub use core_entity::{ControlPlane, Route, Service};
pub use developer::Developer;
pub use drift::{DriftPolicy, LastPass, OpenDifference, PastPasses, Standing};
pub use fleet::{FleetFailure, FleetMember, FleetProgress, FleetRotation};
pub use front_matter::{front_matter, heading};
pub(crate) use id::hashed_id;
pub use id::{
    AdministratorId, ApiProductId, ApplicationId, ApplicationKeyId, AssignedRoleId,
    AuditDestinationId, AuditId, AuthStrategyId, ControlPlaneId, DcrProviderId, DeveloperId,
    DocumentId, EmailConfigId, FleetRotationId, IdentityProviderId, OrganizationId,
    OrganizationTeamId, PlatformTokenId, PortalId, ProductVersionId, PublicationId, RegistrationId,
    RemovalId, RouteId, ServiceId, SitePageId, SnippetId, SpecificationId, SystemAccountId, TeamId,
    TeamRoleId,
};
pub use identity_provider::{ClaimMappings, IdentityProvider};
pub use plugin_secrets::STRATEGY_SECRETS;
pub use portal_mail::{EmailConfig, EmailContent, EmailTemplate};
pub use provider::{Connection, DcrConfig, DcrProvider, PROVIDER_SECRETS, PossibleOrphan};
pub use removal::{Removal, Removed, RemovedMember, RemovedPublication, RemovedTeam};
pub(crate) use rights::Seen;
pub use rights::{AssignedRole, Holder, OrganizationTeam, Rights};
pub(crate) use roles::{Act, ROLES, find_role};
pub use site::{AllowedNetworks, Appearance, AuthenticationSettings, Customization, Site};
pub use site_page::{SitePage, Snippet};
pub use slug::slugify;
pub use span::Span;
pub use status::{
    Access, ApplicationStatus, ApprovalStatus, CredentialType, DriftAction, DriftKind, EntityType,
    FleetState, PlatformTokenKind, PortalRole, ProviderType, PublishStatus, RoleName,
    SpecificationKind, StrategyType, VerificationOccasion, Visibility,
};
pub use strategy::{AuthStrategy, KeyAuth, KeyTtl, OpenidConnect, StrategyConfig, TtlUnit};
pub use team::{Team, TeamRole};
pub use verification::PastVerification;
pub use waiting::Waiting;
