//! The bridge's four operations, and the question for a request that got no answer.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use oauth::ClientSecret;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::refusal::Refusal;
use super::wire::{self, Application, Event, Kind, MARK, REQUEST, SCOPES};
use crate::management::clients::{ask_actions, ask_actions_again};
use crate::model::Members;
use crate::model::client::Client;
use crate::model::client_grant::{ClientGrant, Holder, SubjectType};
use crate::model::registration::Creator;
use crate::service::actions::flow::ClientOrigin;
use crate::service::client_grants::{self, NewGrant};
use crate::service::clients;
use crate::store::clients::Filter;
use crate::store::page::Window;
use crate::store::resource_servers::Key;
use crate::visit::Visit;
use crate::{Tenant, store};

/// Answers with secrets are kept by nobody on the way.
type Kept = [(HeaderName, HeaderValue); 1];
const NOWHERE: Kept = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];

/// Makes a client, granted the bridge's API with the scopes that it is made with. A request that is
/// repeated with its idempotency key gets the same client, with another secret: the first answer did not
/// arrive.
pub(super) async fn create(
    State(tenant): State<Tenant>,
    visit: Visit,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Kept, Json<Value>), Refusal> {
    let application: Application = wire::read(&body)?;
    let key = headers.get("idempotency-key").map(HeaderValue::to_str);
    let key = key.transpose().map_err(|_| {
        Refusal::invalid("the Idempotency-Key header holds other characters than visible ASCII")
    })?;
    if let Some(key) = key
        && let Some(made) = made_by(&tenant, key).await?
    {
        let (client, secret) = clients::rotate_secret(&tenant, &made.client_id).await?;
        return Ok(credentials(&client, &secret));
    }
    let members = application.members(key)?;
    let members = ask_actions(&tenant, ClientOrigin::Bridge, &visit, members).await?;
    let created = clients::create(&tenant, members, Vec::new(), Creator::Bridge).await?;
    let client_id = &created.client.client_id;
    if let Some(audience) = &tenant.settings().bridge.audience
        && let Err(refusal) = grant(&tenant, client_id, audience, &application.scopes).await
    {
        // All or nothing: Konnect would not know the client.
        clients::delete(&tenant, client_id).await?;
        return Err(refusal);
    }
    Ok(credentials(&created.client, &created.secret))
}

fn credentials(client: &Client, secret: &ClientSecret) -> (StatusCode, Kept, Json<Value>) {
    let body = json!({
        "client_id": client.client_id,
        "client_secret": secret.expose_secret(),
        "client_id_issued_at": client.created_at.to_rfc3339(),
    });
    (StatusCode::CREATED, NOWHERE, Json(body))
}

/// Which client a request made, by its idempotency key: for a portal that got no answer. The published
/// document has no such question.
pub(super) async fn lookup(
    State(tenant): State<Tenant>,
    Query(asked): Query<Lookup>,
) -> Result<Json<Value>, Refusal> {
    let made = made_by(&tenant, &asked.idempotency_key).await?;
    let client_id = made.map(|client| client.client_id);
    Ok(Json(json!({
        "idempotency_key": asked.idempotency_key,
        "client_id": client_id,
    })))
}

/// `?idempotency_key=…`.
#[derive(Deserialize)]
pub(super) struct Lookup {
    idempotency_key: String,
}

async fn made_by(tenant: &Tenant, key: &str) -> Result<Option<Client>, Refusal> {
    if key.is_empty() {
        return Ok(None);
    }
    let filter = Filter {
        metadata: vec![(REQUEST.to_owned(), key.to_owned())],
        ..Filter::default()
    };
    let first = Window {
        after: None,
        offset: 0,
        limit: 1,
    };
    let found = store::clients::list(tenant.db(), &filter, &first).await?;
    let mut clients = found.into_iter().map(|stored| stored.client);
    Ok(clients.find(is_of_bridge))
}

/// Removes a client. One that is gone already is no error: Konnect may not have got the answer.
pub(super) async fn remove(
    State(tenant): State<Tenant>,
    Path(client_id): Path<String>,
) -> Result<StatusCode, Refusal> {
    let found = store::clients::find(tenant.db(), &client_id).await?;
    match found {
        Some(stored) if is_of_bridge(&stored.client) => {
            clients::delete(&tenant, &client_id).await?
        }
        Some(_) => return Err(Refusal::absent(&client_id)),
        None => {}
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Replaces the secret; the old one ends at once.
pub(super) async fn new_secret(
    State(tenant): State<Tenant>,
    Path(client_id): Path<String>,
) -> Result<(Kept, Json<Value>), Refusal> {
    own(&tenant, &client_id).await?;
    let (_, secret) = clients::rotate_secret(&tenant, &client_id).await?;
    let body = json!({ "client_id": client_id, "client_secret": secret.expose_secret() });
    Ok((NOWHERE, Json(body)))
}

/// Follows the application: its name and redirect URIs, and the APIs that it is registered for.
pub(super) async fn event(
    State(tenant): State<Tenant>,
    visit: Visit,
    Path(client_id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    let event: Event = wire::read(&body)?;
    if event.client_id != client_id {
        return Err(Refusal::invalid(
            "client_id in the body is not the one in the address",
        ));
    }
    let client = own(&tenant, &client_id).await?;
    let mut changes = wire::named(&event.application_name, &event.application_description)?;
    let metadata = json!({ "konnect_application_id": event.application_id });
    changes.insert("client_metadata".to_owned(), metadata);
    match event.kind {
        Kind::UpdateApplication { redirect_uris } => {
            changes.extend(redirects(&client, &redirect_uris)?);
            let origin = ClientOrigin::Bridge;
            changes = ask_actions_again(&tenant, origin, &visit, &client_id, changes).await?;
            clients::change(&tenant, &client_id, changes).await?;
        }
        Kind::AddRegistration { audience, .. } => {
            clients::change(&tenant, &client_id, changes).await?;
            if let Some(audience) = audience {
                let scopes = client.metadata.get(SCOPES).and_then(Value::as_str);
                let scopes = scopes.unwrap_or_default().split_whitespace();
                let scopes: Vec<String> = scopes.map(str::to_owned).collect();
                grant(&tenant, &client_id, &audience, &scopes).await?;
            }
        }
        Kind::RemoveRegistration { audience, .. } => {
            clients::change(&tenant, &client_id, changes).await?;
            // The bridge's own API stays granted: another registration may need it, and the gateway
            // refuses this one.
            if let Some(audience) = audience
                && tenant.settings().bridge.audience.as_ref() != Some(&audience)
                && let Some(held) = held(&tenant, &client_id, &audience).await?
            {
                client_grants::delete(&tenant, &held.id).await?;
            }
        }
    }
    Ok(StatusCode::OK)
}

/// Callbacks, and the grants that the first of them brings.
fn redirects(client: &Client, uris: &[String]) -> Result<Members, Refusal> {
    let held: Vec<String> = client.grant_types().map(str::to_owned).collect();
    let mut grants: Vec<&str> = wire::grant_types(&held, uris);
    grants.dedup();
    Ok(wire::object(json!({
        "callbacks": wire::checked(uris)?,
        "grant_types": grants,
    })))
}

/// The client, if it was made here.
async fn own(tenant: &Tenant, client_id: &str) -> Result<Client, Refusal> {
    let found = store::clients::find(tenant.db(), client_id).await?;
    found
        .map(|stored| stored.client)
        .filter(is_of_bridge)
        .ok_or_else(|| Refusal::absent(client_id))
}

fn is_of_bridge(client: &Client) -> bool {
    client.metadata.contains_key(MARK)
}

async fn held(
    tenant: &Tenant,
    client_id: &str,
    audience: &str,
) -> Result<Option<ClientGrant>, Refusal> {
    let api = store::resource_servers::find(tenant.db(), Key::Identifier(audience)).await?;
    let Some(api) = api else { return Ok(None) };
    let holder = Holder::Client(client_id.to_owned());
    let db = tenant.db();
    Ok(store::client_grants::of_holder(db, &holder, &api.api.id, SubjectType::Client).await?)
}

/// Grants an API, unless the client has it. `openid` is among the scopes, as gateways ask for it with
/// every token.
async fn grant(
    tenant: &Tenant,
    client_id: &str,
    audience: &str,
    scopes: &[String],
) -> Result<(), Refusal> {
    if tenant.settings().is_management_audience(audience) {
        return Err(Refusal::invalid(
            "the Management API is granted to nobody over the bridge",
        ));
    }
    if held(tenant, client_id, audience).await?.is_some() {
        return Ok(());
    }
    let mut scope = vec!["openid".to_owned()];
    for asked in scopes {
        if !scope.contains(asked) {
            scope.push(asked.clone());
        }
    }
    let new = NewGrant {
        holder: Holder::Client(client_id.to_owned()),
        audience: audience.to_owned(),
        scope,
        subject_type: SubjectType::Client,
        settings: Members::new(),
    };
    client_grants::create(tenant, new).await?;
    Ok(())
}
