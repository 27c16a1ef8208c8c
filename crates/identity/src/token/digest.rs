//! How codes and tokens are looked up without being kept.

use crate::Tenant;

/// What the text is; a digest of one kind is no digest of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    AuthorizationCode,
    AccessToken,
    RefreshTokenSelector,
    RefreshToken,
    DeviceCode,
    UserCode,
    RequestUri,
}

impl Kind {
    const fn purpose(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "identity.authorization_code",
            Self::AccessToken => "identity.access_token",
            Self::RefreshTokenSelector => "identity.refresh_token_selector",
            Self::RefreshToken => "identity.refresh_token",
            Self::DeviceCode => "identity.device_code",
            Self::UserCode => "identity.user_code",
            Self::RequestUri => "identity.request_uri",
        }
    }
}

/// The keyed digest under which a code or token is kept. Finding a row by it says nothing about how
/// much of a wrong text was right.
pub(crate) fn digest(tenant: &Tenant, kind: Kind, text: &str) -> String {
    tenant.sealer().digest(kind.purpose(), text.as_bytes())
}
