//! Applications, their keys and registrations.

use oauth::Timestamp;

use super::{
    ApplicationId, ApplicationKeyId, ApplicationStatus, ApprovalStatus, AuthStrategyId,
    DeveloperId, Labels, PortalId, ProductVersionId, RegistrationId, TeamId,
};

/// A developer's application.
#[derive(Clone, Debug)]
pub struct Application {
    /// Its id, sent to identity providers as `konnect_application_id`.
    pub id: ApplicationId,
    /// The portal.
    pub portal_id: PortalId,
    /// Whose it is: who made it, or was handed it last.
    pub developer_id: DeveloperId,
    /// The team that owns it instead: every developer in it may do what an owner may, and nobody else.
    pub team_id: Option<TeamId>,
    /// The strategy it was created with; it never changes.
    pub auth_strategy_id: AuthStrategyId,
    /// Where it stands at the identity provider.
    pub status: ApplicationStatus,
    /// Name, for people.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// Where the identity provider sends people back to.
    pub redirect_uri: Option<String>,
    /// The developer's own reference. With DCR and self-managed clients it is the client id.
    pub reference_id: String,
    /// The client at the identity provider: the value of the strategy's credential claim.
    pub client_id: Option<String>,
    /// Scopes the developer chose.
    pub scopes: Vec<String>,
    /// Counts rotations of the secret, from 0.
    pub secret_version: i64,
    /// What the creator sent to make a repeated creation harmless.
    pub idempotency_key: Option<String>,
    /// Labels.
    pub labels: Labels,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A credential that an application had before, and that works for a while beside its present one: a
/// client of its own, or one of the client's secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetiringCredential {
    /// Whose it is.
    pub application_id: ApplicationId,
    /// The client at the identity provider.
    pub client_id: String,
    /// Which of the client's secrets it is, where the provider keeps several and the client stays.
    pub secret_id: Option<String>,
    /// Since when the application has another.
    pub since: Timestamp,
    /// When it stops working.
    pub retires_at: Timestamp,
    /// Whether gateways refuse it already, and only the provider is still to remove it.
    pub retired: bool,
    /// Whether the developer was shown the secret that follows. An administrator may have begun.
    pub collected: bool,
}

impl RetiringCredential {
    /// What it is called among the application's credentials.
    #[must_use]
    pub fn id(&self) -> &str {
        self.secret_id.as_deref().unwrap_or(&self.client_id)
    }

    /// Whether gateways take it.
    #[must_use]
    pub const fn works(&self) -> bool {
        !self.retired
    }
}

/// What a secret of a client is told from its other ones by, while several work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretMark {
    /// What the provider calls it.
    pub id: String,
    /// What is hashed before the secret: random, another one each time.
    pub salt: String,
    /// Lower-case hexadecimal SHA-256 of both.
    pub sha256: String,
}

/// An API key of an application. The key itself is shown once, when it is made.
#[derive(Clone, Debug)]
pub struct ApplicationKey {
    /// Its id.
    pub id: ApplicationKeyId,
    /// Whose it is.
    pub application_id: ApplicationId,
    /// Name, for people.
    pub display_name: String,
    /// The first characters of the key, to tell keys apart by; empty of keys from before they were kept.
    pub prefix: String,
    /// Lower-case hexadecimal SHA-256 of the key.
    pub sha256: String,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl ApplicationKey {
    /// How it stands: `active`, `expired` or `revoked`.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> &'static str {
        match (self.revoked_at, self.expires_at) {
            (Some(_), _) => "revoked",
            (None, Some(end)) if end <= now => "expired",
            _ => "active",
        }
    }
}

/// An application's registration for a product version.
#[derive(Clone, Debug)]
pub struct Registration {
    /// Its id.
    pub id: RegistrationId,
    /// The portal.
    pub portal_id: PortalId,
    /// Who may call.
    pub application_id: ApplicationId,
    /// What.
    pub product_version_id: ProductVersionId,
    /// Only an approved one lets calls through.
    pub status: ApprovalStatus,
    /// Scopes granted for this version; `None` where scopes are not granted one by one.
    pub granted_scopes: Option<Vec<String>>,
    /// When it was requested.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}
