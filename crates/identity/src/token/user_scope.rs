//! Which scopes a client gets on behalf of a user.

use oauth::Scopes;

use super::directory::{KnownApi, KnownClient};
use crate::model::client_grant::SubjectType;
use crate::model::resource_server::UserPolicy;
use crate::{Error, Tenant};

/// The scopes of OpenID Connect Core §5.4, and the vendor's for single claims.
pub(crate) const CLAIM_SCOPES: [&str; 14] = [
    "openid",
    "profile",
    "email",
    "address",
    "phone",
    "name",
    "given_name",
    "family_name",
    "nickname",
    "picture",
    "email_verified",
    "created_at",
    "updated_at",
    "identities",
];

/// The scope that asks for a refresh token (OpenID Connect Core §11).
pub(crate) const OFFLINE_ACCESS: &str = "offline_access";

/// Why a client gets nothing at an API.
#[derive(Debug)]
pub(crate) enum NoScope {
    /// It has no grant there, or nobody may act for users there.
    NotAuthorized,
    Failed(Error),
}

impl From<Error> for NoScope {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// The part of `asked` that the client may have for a user: what the API defines, within the client's
/// grant where the API or the client's profile needs one. Anything else is left out without a word, as
/// the vendor does.
///
/// A client that registered itself is held to the scopes that the operator allows such clients today,
/// whatever they were when it registered.
///
/// A strict third-party client needs a grant whatever the API's policy is, and gets no OpenID Connect.
/// At the Management API a user stands for no more than their own profile.
///
/// # Errors
/// [`NoScope::NotAuthorized`].
///
/// Source: the vendor's "API Access Policies for Applications", "Third-party applications: security
/// modes".
pub(crate) async fn decide(
    tenant: &Tenant,
    client: &KnownClient,
    api: Option<&KnownApi>,
    asked: &Scopes,
) -> Result<Scopes, NoScope> {
    let allowed = match api {
        None => Scopes::new(),
        Some(api) => at_api(tenant, client, api).await?,
    };
    let offline =
        api.is_none_or(|api| api.allows_offline_access) && client.may_use("refresh_token");
    let mut scopes = Scopes::new();
    for scope in asked.iter() {
        let passes = match scope {
            OFFLINE_ACCESS => offline,
            // Even where an API defines a scope of that name, as gateways have it define `openid`.
            _ if CLAIM_SCOPES.contains(&scope) => !client.client.is_strict(),
            _ => allowed.contains(scope),
        };
        if passes && tenant.settings().allows_scope(&client.client, scope) {
            let _ = scopes.insert(scope);
        }
    }
    Ok(scopes)
}

/// Every scope that a client may have for a user at an API.
pub(crate) async fn at_api(
    tenant: &Tenant,
    client: &KnownClient,
    api: &KnownApi,
) -> Result<Scopes, NoScope> {
    if api.is_system {
        return match client.client.is_first_party {
            true => Ok(all(api, |scope| scope.contains("current_user"))),
            false => Err(NoScope::NotAuthorized),
        };
    }
    let policy = match api.user_policy {
        UserPolicy::AllowAll if client.client.is_strict() => UserPolicy::RequireClientGrant,
        policy => policy,
    };
    match policy {
        UserPolicy::DenyAll => Err(NoScope::NotAuthorized),
        UserPolicy::AllowAll => Ok(all(api, |_| true)),
        UserPolicy::RequireClientGrant => {
            let granted = client.granted(tenant, api, SubjectType::User).await?;
            granted
                .map(|granted| granted.at(api))
                .ok_or(NoScope::NotAuthorized)
        }
    }
}

/// The scopes that are left where an API gives a user no more than their roles do. What is no scope of
/// an API passes.
pub(crate) fn permitted(scope: &Scopes, held: &[String]) -> Scopes {
    let mut left = Scopes::new();
    let passes = |word: &str| word == OFFLINE_ACCESS || CLAIM_SCOPES.contains(&word);
    for word in scope.iter() {
        if passes(word) || held.iter().any(|own| own == word) {
            let _ = left.insert(word);
        }
    }
    left
}

fn all(api: &KnownApi, wanted: impl Fn(&str) -> bool) -> Scopes {
    let mut scopes = Scopes::new();
    for scope in api.scopes.iter().filter(|scope| wanted(scope)) {
        let _ = scopes.insert(scope);
    }
    scopes
}

#[cfg(test)]
mod tests {
    use oauth::Scopes;
    use proptest::prelude::*;

    use super::{CLAIM_SCOPES, OFFLINE_ACCESS, permitted};

    proptest! {
        #[test]
        fn roles_only_ever_take_away(
            asked in "([a-z:]{1,6} |openid |offline_access ){0,8}",
            held in prop::collection::vec("[a-z:]{1,6}", 0..6),
        ) {
            let asked: Scopes = asked.parse().unwrap();
            let left = permitted(&asked, &held);
            prop_assert!(left.is_subset(&asked));
            for word in left.iter() {
                let free = word == OFFLINE_ACCESS || CLAIM_SCOPES.contains(&word);
                prop_assert!(free || held.iter().any(|own| own == word));
            }
            for word in asked.iter() {
                prop_assert!(left.contains(word) || !held.iter().any(|own| own == word));
            }
        }
    }
}
