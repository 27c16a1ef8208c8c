//! A client as it is at the provider, and how it differs from what it should be.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::port::{Metadata, NewClient};

/// Grant types that redirect URIs bring with them. Some providers keep them when the last redirect
/// URI goes, and without one they open nothing.
const OF_REDIRECTS: [&str; 2] = ["authorization_code", "refresh_token"];

/// Stands for the audience where a provider grants scopes for none in particular.
pub const ANY_AUDIENCE: &str = "*";

/// What counts of a client, in the provider's own terms.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClientState {
    /// The client's id at the provider.
    pub client_id: String,
    /// Its name there.
    pub name: String,
    /// Where the code flow may return to.
    pub redirect_uris: BTreeSet<String>,
    /// Its grant types.
    pub grant_types: BTreeSet<String>,
    /// The scopes that it is granted, by audience; [`ANY_AUDIENCE`] where they go with none.
    pub scopes: BTreeMap<String, BTreeSet<String>>,
    /// Who it belongs to, as far as it says.
    pub metadata: Metadata,
}

/// What of a client was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Its name.
    Name,
    /// Its redirect URIs.
    RedirectUris,
    /// Its grant types.
    GrantTypes,
    /// The scopes of some audience, or an audience that it is granted beside its own.
    Scopes,
    /// The `konnect_*` ids.
    Metadata,
}

impl Field {
    /// As APIs and pages write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::RedirectUris => "redirect_uris",
            Self::GrantTypes => "grant_types",
            Self::Scopes => "scopes",
            Self::Metadata => "metadata",
        }
    }
}

impl ClientState {
    /// A client for which the provider takes everything as it is sent.
    #[must_use]
    pub fn registered(client: &NewClient) -> Self {
        let scopes = client.audience.as_ref().map(|audience| {
            let scopes = client.scopes.iter().cloned().collect();
            (audience.clone(), scopes)
        });
        Self {
            client_id: String::new(),
            name: client.name.clone(),
            redirect_uris: client
                .redirect_uris
                .iter()
                .map(ToString::to_string)
                .collect(),
            grant_types: BTreeSet::new(),
            scopes: scopes.into_iter().collect(),
            metadata: client.metadata.clone(),
        }
    }

    /// What is not as expected. The client's id does not count.
    #[must_use]
    pub fn differences(&self, expected: &Self) -> Vec<Field> {
        let grants = |state: &Self| -> BTreeSet<String> {
            let mut grants = state.grant_types.clone();
            if state.redirect_uris.is_empty() && expected.redirect_uris.is_empty() {
                grants.retain(|grant| !OF_REDIRECTS.contains(&grant.as_str()));
            }
            grants
        };
        [
            (Field::Name, self.name != expected.name),
            (
                Field::RedirectUris,
                self.redirect_uris != expected.redirect_uris,
            ),
            (Field::GrantTypes, grants(self) != grants(expected)),
            (Field::Scopes, self.scopes != expected.scopes),
            (Field::Metadata, self.metadata != expected.metadata),
        ]
        .into_iter()
        .filter_map(|(field, differs)| differs.then_some(field))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{ClientState, Field};

    fn client(grant_types: &[&str], redirect_uris: &[&str]) -> ClientState {
        ClientState {
            grant_types: grant_types.iter().map(ToString::to_string).collect(),
            redirect_uris: redirect_uris.iter().map(ToString::to_string).collect(),
            ..ClientState::default()
        }
    }

    #[test]
    fn grants_of_a_redirect_uri_that_is_gone_are_no_difference() {
        let kept = client(&["client_credentials", "authorization_code"], &[]);
        let expected = client(&["client_credentials"], &[]);
        assert!(kept.differences(&expected).is_empty());
        let widened = client(&["client_credentials", "password"], &[]);
        assert_eq!(widened.differences(&expected), [Field::GrantTypes]);
    }

    #[test]
    fn a_redirect_uri_needs_its_grants() {
        let uri = ["https://app.example/callback"];
        let expected = client(&["authorization_code", "refresh_token"], &uri);
        let lost = client(&["refresh_token"], &uri);
        assert_eq!(lost.differences(&expected), [Field::GrantTypes]);
        let moved = client(&["authorization_code", "refresh_token"], &[]);
        assert_eq!(moved.differences(&expected), [Field::RedirectUris]);
    }
}
