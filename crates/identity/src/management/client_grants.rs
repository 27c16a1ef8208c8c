//! `/api/v2/client-grants`.

use axum::Json as Reply;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::MethodFilter;
use serde_json::Value;

use crate::management::access::Caller;
use crate::management::body::{Id, Json};
use crate::management::empty;
use crate::management::operations::Operations;
use crate::management::page::Paging;
use crate::management::problem::Problem;
use crate::management::query::Query;
use crate::management::schema::{
    Body, Object, Rule, array, boolean, one_of, optional, required, text,
};
use crate::model::client_grant::{ClientGrant, Holder, SubjectType, THIRD_PARTY_CLIENTS};
use crate::model::{Members, strings};
use crate::service::client_grants::{self, NewGrant};
use crate::store::client_grants::Filter;
use crate::store::page::After;
use crate::{Error, Tenant, store};

static SCOPE: Rule = text(280).min(1);

static CREATE: Object = Object {
    members: &[
        optional("client_id", text(255).min(1)),
        optional("default_for", one_of(&[THIRD_PARTY_CLIENTS])),
        required("audience", text(600).min(1)),
        optional("scope", array(&SCOPE, 1000).unique()),
        optional("subject_type", one_of(&["client", "user"])),
        optional("allow_all_scopes", boolean()),
        optional("organization_usage", one_of(&["deny", "allow", "require"])),
        optional("allow_any_organization", boolean()),
        optional("authorization_details_types", array(&SCOPE, 100).unique()),
    ],
};

static CHANGE: Object = Object {
    members: &[
        optional("scope", array(&SCOPE, 1000).unique()),
        optional("allow_all_scopes", boolean()),
        optional("organization_usage", one_of(&["deny", "allow", "require"])),
        optional("allow_any_organization", boolean()),
        optional("authorization_details_types", array(&SCOPE, 100).unique()),
        optional("subject_type", one_of(&["client", "user"])),
    ],
};

pub(super) fn add(operations: &mut Operations) {
    let (all, one) = ("/client-grants", "/client-grants/{id}");
    operations.serve(MethodFilter::GET, all, &["read:client_grants"], list);
    operations.serve(MethodFilter::POST, all, &["create:client_grants"], create);
    operations.serve(MethodFilter::GET, one, &["read:client_grants"], read);
    operations.serve(MethodFilter::PATCH, one, &["update:client_grants"], change);
    operations.serve(MethodFilter::DELETE, one, &["delete:client_grants"], delete);
    operations.serve(
        MethodFilter::GET,
        "/client-grants/{id}/organizations",
        &["read:organization_client_grants"],
        organizations,
    );
}

async fn list(
    State(tenant): State<Tenant>,
    _caller: Caller,
    query: Query,
) -> Result<Reply<Value>, Problem> {
    let paging = Paging::read(&query)?;
    let text = |name: &str| query.text(name).map(str::to_owned);
    let audience = query.text("audience").map(|audience| {
        match tenant.settings().is_management_audience(audience) {
            true => tenant.settings().management_audience(),
            false => audience.to_owned(),
        }
    });
    let filter = Filter {
        audience,
        client_id: text("client_id"),
        subject_type: text("subject_type"),
        default_for: query.text("default_for").is_some(),
        allow_any_organization: query.boolean("allow_any_organization")?,
    };
    let grants = store::client_grants::list(tenant.db(), &filter, &paging.window()).await?;
    let total = paging
        .total(store::client_grants::count(tenant.db(), &filter))
        .await?;
    let place = |grant: &ClientGrant| After {
        created_at: grant.created_at,
        id: grant.id.clone(),
    };
    let body = paging.answer("client_grants", grants, total, place, |grant| grant.wire());
    Ok(Reply(body))
}

/// The log names the client whose grant it is.
fn note(caller: &Caller, holder: &Holder) {
    if let Some(client_id) = holder.client_id() {
        caller.changed(client_id);
    }
}

async fn create(
    State(tenant): State<Tenant>,
    caller: Caller,
    Json(body): Json,
) -> Result<(StatusCode, Reply<Members>), Problem> {
    let mut members = CREATE.read(body, Body::Create)?;
    let mut text = |name: &str| match members.shift_remove(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    let (client_id, default_for) = (text("client_id"), text("default_for"));
    let audience = text("audience").unwrap_or_default();
    let subject_type = SubjectType::parse(&text("subject_type").unwrap_or_default());
    let holder = match (client_id, default_for) {
        (Some(client_id), None) => Holder::Client(client_id),
        (None, Some(_)) => Holder::ThirdPartyClients,
        (None, None) => {
            return Err(Problem(Error::invalid_body(
                "Payload validation error: 'Missing required property: client_id'.",
            )));
        }
        (Some(_), Some(_)) => {
            return Err(Problem(Error::invalid_body(
                "Payload validation error: 'client_id and default_for exclude each other'.",
            )));
        }
    };
    let scope = members.shift_remove("scope");
    let new = NewGrant {
        holder,
        audience,
        scope: strings(scope.as_ref()).map(str::to_owned).collect(),
        subject_type,
        settings: members,
    };
    let grant = client_grants::create(&tenant, new).await?;
    note(&caller, &grant.holder);
    Ok((StatusCode::CREATED, Reply(grant.wire())))
}

async fn read(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
) -> Result<Reply<Members>, Problem> {
    let found = store::client_grants::find(tenant.db(), &id).await?;
    Ok(Reply(found.ok_or_else(Error::no_client_grant)?.wire()))
}

async fn change(
    State(tenant): State<Tenant>,
    caller: Caller,
    Id(id): Id,
    Json(body): Json,
) -> Result<Reply<Members>, Problem> {
    let mut changes = CHANGE.read(body, Body::Change)?;
    if let Some(sent) = changes.shift_remove("subject_type") {
        stays(&tenant, &id, &sent).await?;
    }
    let grant = client_grants::change(&tenant, &id, changes).await?;
    note(&caller, &grant.holder);
    Ok(Reply(grant.wire()))
}

/// Compat: earlier versions of the vendor's deploying tool send a grant's subject back as they read it.
async fn stays(tenant: &Tenant, id: &str, sent: &Value) -> Result<(), Error> {
    let found = store::client_grants::find(tenant.db(), id).await?;
    let grant = found.ok_or_else(Error::no_client_grant)?;
    match sent.as_str() == Some(grant.subject_type.as_str()) {
        true => Ok(()),
        false => Err(Error::invalid_body(
            "Payload validation error: 'Additional properties not allowed: subject_type'.",
        )),
    }
}

async fn delete(
    State(tenant): State<Tenant>,
    caller: Caller,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    if let Some(holder) = client_grants::delete(&tenant, &id).await? {
        note(&caller, &holder);
    }
    Ok(StatusCode::NO_CONTENT)
}

/// None: this tenant has no organizations.
async fn organizations(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
    query: Query,
) -> Result<Reply<Value>, Problem> {
    let found = store::client_grants::find(tenant.db(), &id).await?;
    found.ok_or_else(Error::no_client_grant)?;
    Ok(Reply(empty::page(&query, "organizations")?))
}
