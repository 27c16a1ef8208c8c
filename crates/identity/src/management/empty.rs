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
use crate::model::Members;
use crate::service::users;
use crate::store::page::After;
use crate::{Error, Tenant};

/// Paths, their scopes, and the name of the collection. They answer with a bare array or with an
/// object, as the caller pages.
const LISTS: &[(&str, &[&str], &str)] = &[
    ("/hooks", &["read:hooks"], "hooks"),
    ("/organizations", &["read:organizations"], "organizations"),
    ("/rules", &["read:rules"], "rules"),
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
    ("/custom-domains", &["read:custom_domains"], || json!([])),
    (
        "/event-streams",
        &["read:event_streams"],
        || json!({ "eventStreams": [] }),
    ),
    (
        "/flows",
        &["read:flows"],
        || json!({ "flows": [], "start": 0, "limit": 50, "total": 0 }),
    ),
    (
        "/flows/vault/connections",
        &["read:flows_vault_connections"],
        || json!({ "connections": [], "start": 0, "limit": 50, "total": 0 }),
    ),
    (
        "/forms",
        &["read:forms"],
        || json!({ "forms": [], "start": 0, "limit": 50, "total": 0 }),
    ),
    (
        "/keys/encryption",
        &["read:encryption_keys"],
        || json!({ "keys": [], "start": 0, "limit": 50, "total": 0 }),
    ),
    ("/log-streams", &["read:log_streams"], || json!([])),
    (
        "/network-acls",
        &["read:network_acls"],
        || json!({ "network_acls": [], "start": 0, "limit": 50, "total": 0 }),
    ),
    (
        "/prompts/rendering",
        &["read:prompts"],
        || json!({ "configs": [], "start": 0, "limit": 50, "total": 0 }),
    ),
    (
        "/rate-limit-policies",
        &["read:rate_limit_policies", "read:limits"],
        || json!({ "rate_limit_policies": [] }),
    ),
    ("/rules-configs", &["read:rules_configs"], || json!([])),
    (
        "/self-service-profiles",
        &["read:self_service_profiles"],
        || json!({ "self_service_profiles": [], "start": 0, "limit": 50, "total": 0 }),
    ),
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
        "/guardian/factors/phone/message-types",
        &["read:guardian_factors"],
        || json!({ "message_types": [] }),
    ),
    (
        "/guardian/factors/phone/selected-provider",
        &["read:guardian_factors"],
        || json!({ "provider": "auth0" }),
    ),
    (
        "/guardian/factors/push-notification/selected-provider",
        &["read:guardian_factors"],
        || json!({ "provider": "guardian" }),
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
            async move |_: Caller, query: Query| {
                let paging = Paging::read(&query)?;
                let none: Vec<Members> = Vec::new();
                let place = |_: &Members| After {
                    created_at: oauth::Timestamp::from_millis(0),
                    id: String::new(),
                };
                Ok::<_, Problem>(Reply(paging.answer(collection, none, 0, place, |one| one)))
            },
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
