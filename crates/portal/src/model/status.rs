//! Closed sets of words that are stored and sent as text.

use storage::{Bind, FromValue, Kind, Value};

macro_rules! words {
    ($($(#[$doc:meta])+ $name:ident { $($(#[$vdoc:meta])+ $variant:ident = $text:literal),+ $(,)? })+) => {$(
        $(#[$doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$vdoc])+ #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// Every word of the set, as sent.
            pub const WORDS: &[&str] = &[$($text),+];

            /// The word as stored and sent.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// Reads the word.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($text => Some(Self::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl From<$name> for Value {
            fn from(word: $name) -> Self {
                Self::Text(word.as_str().into())
            }
        }

        impl Bind for $name {
            const KIND: Kind = Kind::Text;
        }

        impl FromValue for $name {
            fn from_value(value: &Value) -> Result<Self, String> {
                let text = String::from_value(value)?;
                Self::parse(&text).ok_or_else(|| format!("one of {}", Self::WORDS.join(", ")))
            }
        }
    )+};
}

words! {
    /// Where a developer or a registration stands.
    ApprovalStatus {
        /// May sign in; may call.
        Approved = "approved",
        /// Waits for an administrator.
        Pending = "pending",
        /// Was approved and is no more.
        Revoked = "revoked",
        /// Was refused.
        Rejected = "rejected",
    }
    /// What the developers of a team may do with an API product (Konnect's portal roles).
    PortalRole {
        /// They read its documentation.
        Viewer = "API Viewer",
        /// They read it, and register applications for it.
        Consumer = "API Consumer",
    }
    /// Whether developers see something.
    PublishStatus {
        /// They do.
        Published = "published",
        /// They do not.
        Unpublished = "unpublished",
    }
    /// Who sees something in a portal.
    Visibility {
        /// Everybody.
        Public = "public",
        /// Developers who are signed in.
        Private = "private",
    }
    /// By which rules a specification is written.
    SpecificationKind {
        /// Swagger 2.0.
        Oas2 = "oas2",
        /// OpenAPI 3.
        Oas3 = "oas3",
    }
    /// Where an application stands between the portal and the identity provider.
    ApplicationStatus {
        /// The client is being registered at the provider.
        Provisioning = "provisioning",
        /// It can be used.
        Active = "active",
        /// The client is being removed at the provider.
        Deleting = "deleting",
    }
    /// How a client at the identity provider and an application do not fit.
    DriftKind {
        /// The application's client is not at the provider.
        Missing = "missing",
        /// The client is not as the portal made it.
        Changed = "changed",
        /// The client belongs to no application.
        Orphaned = "orphaned",
    }
    /// What is done about it.
    DriftAction {
        /// The portal takes what the provider has.
        Adopt = "adopt",
        /// The provider gets what the portal has.
        Recreate = "recreate",
        /// Both end.
        Delete = "delete",
        /// Nothing.
        Leave = "leave",
    }
    /// Why a provider was verified.
    VerificationOccasion {
        /// Somebody asked whether it works.
        Verify = "verify",
        /// Before it was given other settings.
        Switch = "switch",
    }
    /// Where an application stands in the rotation of a fleet.
    FleetState {
        /// Its turn is still to come.
        Waiting = "waiting",
        /// It has a new credential, or waits for its developer to take one.
        Begun = "begun",
        /// It got none.
        Failed = "failed",
    }
    /// Kinds of identity provider.
    ProviderType {
        /// Auth0, or what speaks its Management API.
        Auth0 = "auth0",
        /// Microsoft Entra ID.
        AzureAd = "azureAd",
        /// Curity.
        Curity = "curity",
        /// Okta.
        Okta = "okta",
        /// The HTTP DCR bridge.
        Http = "http",
        /// Kong Identity.
        KongIdentity = "kongIdentity",
        /// Any server that registers clients as RFC 7591 says: of our own, Konnect has none.
        Rfc7591 = "rfc7591",
    }
    /// Kinds of auth strategy.
    StrategyType {
        /// API keys that the portal makes.
        KeyAuth = "key_auth",
        /// Tokens of an identity provider.
        OpenidConnect = "openid_connect",
    }
    /// How an application proves who it is, as developers see it.
    CredentialType {
        /// An API key.
        KeyAuth = "key_auth",
        /// A client that the portal registers (DCR).
        ClientCredentials = "client_credentials",
        /// A client that the developer brings.
        SelfManagedClientCredentials = "self_managed_client_credentials",
    }
    /// Kinds of platform token.
    PlatformTokenKind {
        /// `kpat_…`
        Personal = "personal",
        /// `spat_…`
        SystemAccount = "system_account",
    }
    /// What a platform token, an account or a team may do with everything there is.
    Access {
        /// Everything.
        Owner = "owner",
        /// Everything but change accounts, their tokens and their roles.
        Admin = "admin",
        /// Read.
        Viewer = "viewer",
        /// Follow the control plane as a gateway, and nothing else.
        Gateway = "gateway",
    }
    /// What a role is about, in the vendor's words.
    EntityType {
        /// Developer portals.
        Portals = "Portals",
        /// APIs, which are API products here.
        Apis = "APIs",
        /// API products.
        ApiProducts = "API Products",
        /// Application auth strategies.
        Strategies = "Application Auth Strategies",
        /// DCR providers.
        Providers = "DCR Providers",
        /// Control planes.
        ControlPlanes = "Control Planes",
        /// The audit, and where it is sent.
        AuditLogs = "Audit Logs",
        /// Users, system accounts, teams, tokens and roles.
        Identity = "Identity",
    }
    /// The name of a role, in the vendor's words.
    RoleName {
        /// Everything about an entity.
        Admin = "Admin",
        /// All changes.
        Maintainer = "Maintainer",
        /// All changes of an API.
        Editor = "Editor",
        /// Reading.
        Viewer = "Viewer",
        /// Making new ones.
        Creator = "Creator",
        /// Publishing an API.
        Publisher = "Publisher",
        /// Publishing in a portal.
        ProductPublisher = "Product Publisher",
        /// How a portal looks.
        AppearanceMaintainer = "Appearance Maintainer",
        /// What stands in a portal.
        ContentEditor = "Content Editor",
        /// Who may use a portal and its APIs.
        RegistrationApprover = "Registration Approver",
        /// Services and routes.
        Deployer = "Deployer",
        /// Services.
        GatewayServiceAdmin = "Gateway Service Admin",
        /// Routes.
        RouteAdmin = "Route Admin",
        /// Following as a gateway.
        Connector = "Connector",
    }
}
