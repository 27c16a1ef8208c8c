//! Lists of what this tenant has none of, and settings that never change.
//!
//! Tools that export a tenant read them all. Nothing can be added: the operations that would are on
//! the list of unserved ones.

use axum::Json as Reply;
use axum::extract::State;
use axum::routing::MethodFilter;
use serde_json::{Value, json};

use crate::management::access::Caller;
use crate::management::body::Id;
use crate::management::operations::Operations;
use crate::management::page::Paging;
use crate::management::problem::Problem;
use crate::management::query::Query;
use crate::service::users;
use crate::{Error, Tenant};

/// Paths, their scopes, and the name of the collection. They answer with a bare array or with an
/// object, as the caller pages.
const LISTS: &[(&str, &[&str], &str)] = &[
    (
        "/custom-domains",
        &["read:custom_domains"],
        "custom_domains",
    ),
    ("/flows", &["read:flows"], "flows"),
    (
        "/flows/vault/connections",
        &["read:flows_vault_connections"],
        "connections",
    ),
    ("/forms", &["read:forms"], "forms"),
    ("/hooks", &["read:hooks"], "hooks"),
    ("/keys/encryption", &["read:encryption_keys"], "keys"),
    ("/network-acls", &["read:network_acls"], "network_acls"),
    ("/organizations", &["read:organizations"], "organizations"),
    ("/prompts/rendering", &["read:prompts"], "configs"),
    ("/rules", &["read:rules"], "rules"),
    (
        "/self-service-profiles",
        &["read:self_service_profiles"],
        "self_service_profiles",
    ),
];

type Answer = fn() -> Value;

/// Paths, their scopes, and an answer that is the same for everybody.
const SAME: &[(&str, &[&str], Answer)] = &[
    (
        "/actions/modules",
        &["read:actions"],
        || json!({ "modules": [], "page": 0, "per_page": 50, "total": 0 }),
    ),
    (
        "/branding/phone/providers",
        &["read:phone_providers"],
        || json!({ "providers": [] }),
    ),
    (
        "/branding/phone/templates",
        &["read:phone_templates"],
        || json!({ "templates": [] }),
    ),
    (
        "/connection-profiles",
        &["read:connection_profiles"],
        || json!({ "connection_profiles": [] }),
    ),
    (
        "/connections-directory-provisionings",
        &["read:directory_provisionings"],
        || json!({ "directory_provisionings": [] }),
    ),
    (
        "/connections-scim-configurations",
        &["read:scim_config"],
        || json!({ "scim_configurations": [] }),
    ),
    (
        "/event-streams",
        &["read:event_streams"],
        || json!({ "eventStreams": [] }),
    ),
    ("/groups", &["read:groups"], || json!({ "groups": [] })),
    (
        "/rate-limit-policies",
        &["read:rate_limit_policies", "read:limits"],
        || json!({ "rate_limit_policies": [] }),
    ),
    ("/rules-configs", &["read:rules_configs"], || json!([])),
    (
        "/token-exchange-profiles",
        &["read:token_exchange_profiles"],
        || json!({ "token_exchange_profiles": [] }),
    ),
    (
        "/user-attribute-profiles",
        &["read:user_attribute_profiles"],
        || json!({ "user_attribute_profiles": [] }),
    ),
    (
        "/verifiable-credentials/verification/templates",
        &["read:vdcs_templates"],
        || json!({ "templates": [] }),
    ),
];

/// The same of one user.
const OF_USER: &[(&str, &[&str], Answer)] = &[
    (
        "/users/{id}/authentication-methods",
        &["read:authentication_methods"],
        || json!({ "authenticators": [], "start": 0, "limit": 50, "total": 0 }),
    ),
    ("/users/{id}/enrollments", &["read:users"], || json!([])),
    ("/users/{id}/organizations", &["read:organizations"], || {
        json!([])
    }),
];

pub(super) fn add(operations: &mut Operations) {
    for (path, scopes, collection) in LISTS {
        operations.serve(
            MethodFilter::GET,
            path,
            scopes,
            async move |_: Caller, query: Query| Ok::<_, Problem>(Reply(page(&query, collection)?)),
        );
    }
    for (path, scopes, answer) in SAME {
        operations.serve(MethodFilter::GET, path, scopes, async move |_: Caller| {
            Reply(answer())
        });
    }
    for (path, scopes, answer) in OF_USER {
        operations.serve(
            MethodFilter::GET,
            path,
            scopes,
            async move |State(tenant): State<Tenant>, _: Caller, Id(id): Id| {
                let user = users::find(&tenant, &id).await?;
                user.ok_or_else(Error::no_user)?;
                Ok::<_, Problem>(Reply(answer()))
            },
        );
    }
}

/// A page without entries, in the shape that the caller asks for.
pub(super) fn page(query: &Query, collection: &str) -> Result<Value, Error> {
    let paging = Paging::read(query)?;
    Ok(paging.placed(collection, Vec::new(), 0))
}
