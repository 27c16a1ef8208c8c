//! How a client came to be, and what one that registered itself said.

use oauth::Timestamp;
use oauth::client_metadata::ClientMetadata;
use oauth::jose::KeySet;
use serde::{Deserialize, Serialize};
use web::Locale;

use crate::model::Members;

/// Who made a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CreatedBy {
    /// An administrator, over the Management API.
    Management,
    /// The client itself, at the registration endpoint (RFC 7591).
    Dcr,
    /// The client itself, with a software statement of an issuer that the operator trusts (RFC 7591 §2.3).
    SoftwareStatement,
    /// The client itself, by a metadata document at the URL that is its id.
    MetadataDocument,
}

impl CreatedBy {
    /// The word in the database, and in the vendor's `external_metadata_type` where it has one.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Management => "management",
            Self::Dcr => "dcr",
            Self::SoftwareStatement => "software_statement",
            Self::MetadataDocument => "cimd",
        }
    }

    pub(crate) fn parse(text: &str) -> Self {
        match text {
            "dcr" => Self::Dcr,
            "software_statement" => Self::SoftwareStatement,
            "cimd" => Self::MetadataDocument,
            _ => Self::Management,
        }
    }
}

/// Members that a client may give in several languages: `client_name#ja` (RFC 7591 §2.2).
pub(crate) const LOCALIZED: [&str; 5] = [
    "client_name",
    "client_uri",
    "logo_uri",
    "policy_uri",
    "tos_uri",
];

/// Who made a client that did not register itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Creator {
    /// An administrator at the console, by address.
    Administrator(String),
    /// A caller of the Management API, by client id.
    Client(String),
    /// A command on the tenant's machine.
    Command,
    /// A portal, over the HTTP DCR bridge.
    Bridge,
}

impl Creator {
    /// What the database keeps of an administrator begins with this.
    pub(crate) const ADMINISTRATOR: &'static str = "administrator ";
    const CLIENT: &'static str = "client ";
    const COMMAND: &'static str = "command";
    const BRIDGE: &'static str = "bridge";

    /// As the database keeps it.
    pub(crate) fn to_text(&self) -> String {
        match self {
            Self::Administrator(email) => format!("{}{email}", Self::ADMINISTRATOR),
            Self::Client(client_id) => format!("{}{client_id}", Self::CLIENT),
            Self::Command => Self::COMMAND.to_owned(),
            Self::Bridge => Self::BRIDGE.to_owned(),
        }
    }

    /// Reads what the database keeps.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Some(email) = text.strip_prefix(Self::ADMINISTRATOR) {
            return Some(Self::Administrator(email.to_owned()));
        }
        if let Some(client_id) = text.strip_prefix(Self::CLIENT) {
            return Some(Self::Client(client_id.to_owned()));
        }
        match text {
            Self::COMMAND => Some(Self::Command),
            Self::BRIDGE => Some(Self::Bridge),
            _ => None,
        }
    }
}

/// What a client that registered itself said, as far as it was accepted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Registration {
    /// The metadata as the client was told that they are.
    pub(crate) metadata: ClientMetadata,
    /// The id of the initial access token that it registered with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) initial_access_token: Option<String>,
    /// Who issued its software statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) software_issuer: Option<String>,
    /// For a metadata document, in milliseconds since the epoch: until when it need not be fetched anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) fresh_until: Option<i64>,
}

/// Where the keys of a client that registered itself are.
pub(crate) enum RegisteredKeys {
    /// Here.
    Inline(KeySet),
    /// There.
    At(String),
}

impl Registration {
    /// The client's keys, if it has any.
    pub(crate) fn keys(&self) -> Option<RegisteredKeys> {
        if let Some(uri) = &self.metadata.jwks_uri {
            return Some(RegisteredKeys::At(uri.clone()));
        }
        let set = self.metadata.jwks.as_ref()?;
        Some(RegisteredKeys::Inline(KeySet::from_jwks(set)))
    }

    /// A member of OpenID Connect's registration, such as `subject_type` or `request_uris`.
    pub(crate) fn openid(&self, name: &str) -> Option<&serde_json::Value> {
        self.metadata.extra.get(name)
    }

    /// What the client says of itself in a language; the plain member where it says nothing there.
    pub(crate) fn localized(&self, name: &str, locale: Locale) -> Option<&str> {
        let tagged = self.metadata.extra.iter().find_map(|(member, value)| {
            let (own, tag) = member.split_once('#')?;
            let fits = own == name && Locale::from_tag(tag) == Some(locale);
            value.as_str().filter(|_| fits)
        });
        tagged.or_else(|| self.plain(name))
    }

    /// One of the members that may be localized, in no language.
    pub(crate) fn plain(&self, name: &str) -> Option<&str> {
        let said = &self.metadata;
        let value = match name {
            "client_name" => &said.client_name,
            "client_uri" => &said.client_uri,
            "policy_uri" => &said.policy_uri,
            "tos_uri" => &said.tos_uri,
            _ => &said.logo_uri,
        };
        value.as_deref()
    }

    /// What the host part of pairwise subjects is made from (OpenID Connect Core §8.1), if the client
    /// asked for such subjects.
    pub(crate) fn sector(&self) -> Option<String> {
        if self.openid("subject_type")?.as_str() != Some("pairwise") {
            return None;
        }
        let named = self.openid("sector_identifier_uri");
        let first = self.metadata.redirect_uris.as_ref()?.first();
        let uri = named
            .and_then(|uri| uri.as_str())
            .or(first.map(|uri| &**uri))?;
        Some(url::Url::parse(uri).ok()?.host_str()?.to_owned())
    }

    /// Until when a metadata document need not be fetched anew.
    pub(crate) fn fresh_until(&self) -> Option<Timestamp> {
        self.fresh_until.map(Timestamp::from_millis)
    }

    /// The metadata as a JSON object.
    pub(crate) fn members(&self) -> Members {
        match serde_json::to_value(&self.metadata) {
            Ok(serde_json::Value::Object(members)) => members,
            _ => Members::new(),
        }
    }
}
