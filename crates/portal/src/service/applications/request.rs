//! What developers ask for.

use url::Url;

use crate::model::{
    ApplicationId, ApprovalStatus, AuthStrategyId, DeveloperId, Labels, PortalId, ProductVersionId,
};

/// What a developer asks for.
#[derive(Clone, Debug)]
pub struct NewApplication {
    /// The portal that is asked.
    pub portal_id: PortalId,
    /// The developer who asks, signed in and approved.
    pub developer_id: DeveloperId,
    /// The auth strategy; `None` takes the portal's default.
    pub auth_strategy_id: Option<AuthStrategyId>,
    /// The name, 1–255 characters.
    pub name: String,
    /// The description.
    pub description: Option<String>,
    /// Where the code flow returns to, already checked.
    pub redirect_uri: Option<Url>,
    /// The client id at the identity provider, for strategies without DCR.
    pub reference_id: Option<String>,
    /// Scopes, where developers choose.
    pub scopes: Vec<String>,
    /// Lets a developer's client repeat a request whose answer it did not get.
    pub idempotency_key: Option<String>,
    /// Labels, of an administrator.
    pub labels: Labels,
    /// The application for which this is a further way to sign in.
    pub companion_of: Option<ApplicationId>,
}

/// Changes to an application; `None` leaves a member as it is.
#[derive(Clone, Debug, Default)]
pub struct ApplicationChanges {
    /// The new name.
    pub name: Option<String>,
    /// The new description; `Some(None)` removes it.
    pub description: Option<Option<String>>,
    /// The new redirect URI; `Some(None)` removes it.
    pub redirect_uri: Option<Option<Url>>,
    /// The new reference id. With DCR only the one that it has.
    pub reference_id: Option<String>,
}

/// A developer's application asks to call an API.
#[derive(Clone, Debug)]
pub struct NewRegistration {
    /// The product version.
    pub product_version_id: ProductVersionId,
    /// Scopes, where developers choose.
    pub scopes: Vec<String>,
    /// Where it is to stand, if an administrator says so; `None` leaves it to portal and publication.
    pub status: Option<ApprovalStatus>,
}
