//! Client grants: which client may use which API, with which scopes.

use oauth::Timestamp;
use serde_json::json;

use crate::model::Members;

/// Whom a grant is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// One client.
    Client(String),
    /// Every third-party client that has no grant of its own.
    ThirdPartyClients,
}

/// The one value of `default_for`.
pub(crate) const THIRD_PARTY_CLIENTS: &str = "third_party_clients";

impl Holder {
    /// The key under which grants are unique. Client ids have no colon.
    pub(crate) fn key(&self) -> String {
        match self {
            Self::Client(client_id) => client_id.clone(),
            Self::ThirdPartyClients => format!("default:{THIRD_PARTY_CLIENTS}"),
        }
    }

    pub(crate) fn client_id(&self) -> Option<&str> {
        match self {
            Self::Client(client_id) => Some(client_id),
            Self::ThirdPartyClients => None,
        }
    }
}

/// On whose behalf the client acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum SubjectType {
    /// Its own (client credentials).
    Client,
    /// A user's.
    User,
}

impl SubjectType {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::User => "user",
        }
    }

    pub(crate) fn parse(text: &str) -> Self {
        if text == "user" {
            Self::User
        } else {
            Self::Client
        }
    }
}

/// A grant.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ClientGrant {
    pub(crate) id: String,
    pub(crate) holder: Holder,
    /// The API's identifier, as it is now.
    pub(crate) audience: String,
    pub(crate) scope: Vec<String>,
    pub(crate) subject_type: SubjectType,
    /// `allow_all_scopes`, `organization_usage`, `allow_any_organization`,
    /// `authorization_details_types`: as they were sent.
    pub(crate) settings: Members,
    pub(crate) created_at: Timestamp,
}

impl ClientGrant {
    /// Whether every scope of the API is granted, whatever `scope` says.
    pub(crate) fn allows_all_scopes(&self) -> bool {
        self.settings.get("allow_all_scopes") == Some(&json!(true))
    }

    /// The wire shape.
    pub(crate) fn wire(&self) -> Members {
        let mut members = Members::new();
        members.insert("id".to_owned(), json!(self.id));
        match &self.holder {
            Holder::Client(client_id) => {
                members.insert("client_id".to_owned(), json!(client_id));
            }
            Holder::ThirdPartyClients => {
                members.insert("default_for".to_owned(), json!(THIRD_PARTY_CLIENTS));
            }
        }
        members.insert("audience".to_owned(), json!(self.audience));
        members.insert("scope".to_owned(), json!(self.scope));
        members.insert("subject_type".to_owned(), json!(self.subject_type.as_str()));
        members.extend(self.settings.clone());
        members
    }
}
