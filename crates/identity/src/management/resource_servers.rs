//! `/api/v2/resource-servers`. In a path, an API is named by its id or by its URL-encoded identifier.

use axum::Json as Reply;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::MethodFilter;
use secrecy::ExposeSecret as _;
use serde_json::Value;

use crate::management::access::Caller;
use crate::management::body::{Id, Json};
use crate::management::operations::Operations;
use crate::management::page::Paging;
use crate::management::problem::Problem;
use crate::management::query::Query;
use crate::management::schema::{
    Body, NO_ANGLE_BRACKETS, Object, Rule, any_object, array, boolean, integer, object, one_of,
    optional, required, text,
};
use crate::model::Members;
use crate::model::resource_server::MAX_TOKEN_LIFETIME;
use crate::service::resource_servers as service;
use crate::store::page::After;
use crate::store::resource_servers::{Key, StoredApi};
use crate::{Error, Tenant, store};

static SCOPE_MEMBERS: Object = Object {
    members: &[
        required("value", text(280).min(1)),
        optional("description", text(500)),
    ],
};
static SCOPE: Rule = object(&SCOPE_MEMBERS);
static POLICY: Object = Object {
    members: &[optional(
        "policy",
        one_of(&["allow_all", "require_client_grant", "deny_all"]),
    )],
};
static POLICIES: Object = Object {
    members: &[
        optional("user", object(&POLICY)),
        optional("client", object(&POLICY)),
    ],
};

macro_rules! members {
    ($($own:expr),* $(,)?) => {
        &[
            $($own,)*
            optional("name", text(200).min(1).format(&NO_ANGLE_BRACKETS)),
            optional("scopes", array(&SCOPE, 1000)),
            optional("signing_alg", one_of(&["HS256", "RS256", "RS512", "PS256"])),
            // RFC 7518 §3.2 asks for as many bytes as the hash has; the vendor allows 16.
            optional("signing_secret", text(1024).min(32)),
            optional("allow_offline_access", boolean()),
            optional("allow_online_access", boolean()),
            optional("token_lifetime", integer(1, MAX_TOKEN_LIFETIME)),
            optional("token_lifetime_for_web", integer(1, MAX_TOKEN_LIFETIME)),
            optional("skip_consent_for_verifiable_first_party_clients", boolean()),
            optional(
                "token_dialect",
                one_of(&[
                    "access_token", "access_token_authz", "rfc9068_profile", "rfc9068_profile_authz",
                ]),
            ),
            optional("enforce_policies", boolean()),
            optional("token_encryption", any_object().nullable()),
            optional("consent_policy", one_of(&["transactional-authorization-with-mfa"]).nullable()),
            optional("authorization_details", array(&ANY, 100).nullable()),
            optional("proof_of_possession", any_object().nullable()),
            optional("subject_type_authorization", object(&POLICIES)),
            optional("verificationLocation", text(600).nullable()),
        ]
    };
}

static ANY: Rule = any_object();
/// What a new one may hold.
pub(crate) static CREATE: Object = Object {
    members: members![required("identifier", text(600).min(1).format(&IDENTIFIER))],
};
/// What a change may hold.
pub(crate) static CHANGE: Object = Object {
    members: members![],
};

static IDENTIFIER: crate::management::schema::Format = crate::management::schema::Format {
    name: "^[^\\s<>]+$",
    pattern: true,
    holds: |text| !text.contains(['<', '>']) && !text.contains(char::is_whitespace),
};

pub(super) fn add(operations: &mut Operations) {
    let (all, one) = ("/resource-servers", "/resource-servers/{id}");
    operations.serve(MethodFilter::GET, all, &["read:resource_servers"], list);
    operations.serve(
        MethodFilter::POST,
        all,
        &["create:resource_servers"],
        create,
    );
    operations.serve(MethodFilter::GET, one, &["read:resource_servers"], read);
    operations.serve(
        MethodFilter::PATCH,
        one,
        &["update:resource_servers"],
        change,
    );
    operations.serve(
        MethodFilter::DELETE,
        one,
        &["delete:resource_servers"],
        delete,
    );
}

fn wire(tenant: &Tenant, stored: &StoredApi) -> Result<Members, Error> {
    let secret = service::reveal(tenant.sealer(), stored)?;
    let secret = secret.as_ref().map(|secret| secret.expose_secret());
    Ok(stored.api.wire(secret))
}

/// The path's id; the Management API answers to any of the tenant's hosts.
fn canonical(tenant: &Tenant, id: String) -> String {
    match tenant.settings().is_management_audience(&id) {
        true => tenant.settings().management_audience(),
        false => id,
    }
}

async fn list(
    State(tenant): State<Tenant>,
    _caller: Caller,
    query: Query,
) -> Result<Reply<Value>, Problem> {
    let paging = Paging::read(&query)?;
    let fields = query.fields()?;
    let named: Vec<String> = query
        .all("identifiers")
        .flat_map(|list| list.split(','))
        .filter(|identifier| !identifier.is_empty())
        .map(|identifier| canonical(&tenant, identifier.to_owned()))
        .collect();
    if named.len() > 10 {
        return Err(Problem(
            query.fault("identifiers", "Array is too long, maximum 10"),
        ));
    }
    let identifiers = (!named.is_empty()).then_some(named.as_slice());
    let apis = store::resource_servers::list(tenant.db(), identifiers, &paging.window()).await?;
    let total = paging
        .total(store::resource_servers::count(tenant.db(), identifiers))
        .await?;
    let mut shown = Vec::with_capacity(apis.len());
    for stored in &apis {
        let place = After {
            created_at: stored.api.created_at,
            id: stored.api.id.clone(),
        };
        shown.push((place, fields.choose(wire(&tenant, stored)?)));
    }
    Ok(Reply(paging.placed("resource_servers", shown, total)))
}

async fn create(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Json(body): Json,
) -> Result<(StatusCode, Reply<Members>), Problem> {
    let members = CREATE.read(body, Body::Create)?;
    let stored = service::create(&tenant, members).await?;
    Ok((StatusCode::CREATED, Reply(wire(&tenant, &stored)?)))
}

async fn read(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
    query: Query,
) -> Result<Reply<Members>, Problem> {
    let id = canonical(&tenant, id);
    let found = store::resource_servers::find(tenant.db(), Key::parse(&id)).await?;
    let stored = found.ok_or_else(Error::no_resource_server)?;
    Ok(Reply(query.fields()?.choose(wire(&tenant, &stored)?)))
}

async fn change(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
    Json(body): Json,
) -> Result<Reply<Members>, Problem> {
    let changes = CHANGE.read(body, Body::Change)?;
    let id = canonical(&tenant, id);
    let stored = service::change(&tenant, Key::parse(&id), changes).await?;
    Ok(Reply(wire(&tenant, &stored)?))
}

async fn delete(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    let id = canonical(&tenant, id);
    service::delete(&tenant, Key::parse(&id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
