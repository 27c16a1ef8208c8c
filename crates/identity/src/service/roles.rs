//! Roles, and who holds which permissions.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::model::Members;
use crate::model::resource_server::ResourceServer;
use crate::model::role::{Permission, Role};
use crate::store::resource_servers::{self, Key};
use crate::store::roles::{self, Holder};
use crate::store::users;
use crate::{Error, Tenant};

fn duplicate(error: storage::Error) -> Error {
    match error {
        storage::Error::Unique { .. } => Error::Exists {
            code: "role_conflict",
            message: "The specified role name is used by another role.".into(),
        },
        other => other.into(),
    }
}

fn text(members: &Members, name: &str) -> Option<String> {
    members.get(name).and_then(Value::as_str).map(str::to_owned)
}

/// Makes a role. `members` have passed validation; without a description it has its name for one.
pub(crate) async fn create(tenant: &Tenant, members: &Members) -> Result<Role, Error> {
    let name = text(members, "name").unwrap_or_default();
    let description = text(members, "description").unwrap_or_else(|| name.clone());
    let role = Role::new(name, description, tenant.entropy(), tenant.clock().now());
    let mut tx = tenant.db().begin().await?;
    roles::insert(&mut tx, &role).await.map_err(duplicate)?;
    tx.commit().await?;
    Ok(role)
}

/// Applies a validated PATCH.
pub(crate) async fn change(tenant: &Tenant, id: &str, changes: &Members) -> Result<Role, Error> {
    let mut tx = tenant.db().begin().await?;
    let found = roles::lock(&mut tx, id).await?;
    let mut role = found.ok_or_else(Error::no_role)?;
    if let Some(name) = text(changes, "name") {
        role.name = name;
    }
    if changes.contains_key("description") {
        role.description = text(changes, "description").unwrap_or_default();
    }
    roles::update(&mut tx, &role).await.map_err(duplicate)?;
    tx.commit().await?;
    Ok(role)
}

/// Removes a role. One that is gone already is no error.
pub(crate) async fn delete(tenant: &Tenant, id: &str) -> Result<(), Error> {
    let mut tx = tenant.db().begin().await?;
    if roles::lock(&mut tx, id).await?.is_some() {
        roles::delete(&mut tx, id).await?;
    }
    Ok(tx.commit().await?)
}

/// Gives a user roles.
pub(crate) async fn give(tenant: &Tenant, user_id: &str, ids: &[&str]) -> Result<(), Error> {
    let now = tenant.clock().now();
    let mut tx = tenant.db().begin().await?;
    users::lock(&mut tx, user_id)
        .await?
        .ok_or_else(Error::no_user)?;
    for id in ids {
        roles::lock(&mut tx, id).await?.ok_or_else(Error::no_role)?;
        roles::assign(&mut tx, user_id, id, now).await?;
    }
    Ok(tx.commit().await?)
}

/// Takes roles from a user.
pub(crate) async fn take(tenant: &Tenant, user_id: &str, ids: &[&str]) -> Result<(), Error> {
    let mut tx = tenant.db().begin().await?;
    users::lock(&mut tx, user_id)
        .await?
        .ok_or_else(Error::no_user)?;
    for id in ids {
        roles::unassign(&mut tx, user_id, id).await?;
    }
    Ok(tx.commit().await?)
}

/// Gives a role or a user permissions: an API's identifier and one of its scopes.
///
/// # Errors
/// 404 for an API, a role or a user that does not exist; 400 for a scope that the API does not have.
pub(crate) async fn permit(
    tenant: &Tenant,
    holder: Holder<'_>,
    permissions: &[(String, String)],
) -> Result<(), Error> {
    let mut known = Vec::new();
    for (audience, name) in permissions {
        let api = api(tenant, audience).await?;
        if !api.scopes().iter().any(|scope| scope == name) {
            let shown: String = name.chars().take(100).collect();
            return Err(Error::invalid_body(format!(
                "The permission {shown} does not exist at the resource server {}",
                api.identifier
            )));
        }
        known.push((api.id, name));
    }
    let mut tx = tenant.db().begin().await?;
    lock(&mut tx, holder).await?;
    for (api, name) in known {
        roles::permit(&mut tx, holder, &api, name).await?;
    }
    Ok(tx.commit().await?)
}

/// Takes permissions from a role or a user.
pub(crate) async fn forbid(
    tenant: &Tenant,
    holder: Holder<'_>,
    permissions: &[(String, String)],
) -> Result<(), Error> {
    let mut known = Vec::new();
    for (audience, name) in permissions {
        known.push((api(tenant, audience).await?.id, name));
    }
    let mut tx = tenant.db().begin().await?;
    lock(&mut tx, holder).await?;
    for (api, name) in known {
        roles::forbid(&mut tx, holder, &api, name).await?;
    }
    Ok(tx.commit().await?)
}

async fn lock(tx: &mut storage::Tx, holder: Holder<'_>) -> Result<(), Error> {
    match holder {
        Holder::Role(id) => roles::lock(tx, id)
            .await?
            .map(drop)
            .ok_or_else(Error::no_role),
        Holder::User(id) => users::lock(tx, id)
            .await?
            .map(drop)
            .ok_or_else(Error::no_user),
    }
}

async fn api(tenant: &Tenant, audience: &str) -> Result<ResourceServer, Error> {
    let found = resource_servers::find(tenant.db(), Key::Identifier(audience)).await?;
    Ok(found.ok_or_else(Error::no_resource_server)?.api)
}

/// A permission of a user, with where it comes from.
pub(crate) struct Held {
    pub(crate) permission: Permission,
    /// Whether the user holds it without any role.
    pub(crate) is_direct: bool,
    pub(crate) roles: Vec<Role>,
}

/// The permissions that a role or a user holds itself, in order.
pub(crate) async fn permissions(
    tenant: &Tenant,
    holder: Holder<'_>,
) -> Result<Vec<Permission>, Error> {
    let held = roles::held(tenant.db(), holder).await?;
    let mut apis = Apis::default();
    let mut permissions = Vec::with_capacity(held.len());
    for (api, name) in held {
        permissions.extend(apis.permission(tenant, &api, name).await?);
    }
    permissions.sort_by_key(order);
    Ok(permissions)
}

/// The permissions that a user holds, directly or by roles, in order.
pub(crate) async fn held_by(tenant: &Tenant, user_id: &str) -> Result<Vec<Held>, Error> {
    let mut all: BTreeMap<(String, String), (bool, Vec<Role>)> = BTreeMap::new();
    for key in roles::held(tenant.db(), Holder::User(user_id)).await? {
        all.entry(key).or_default().0 = true;
    }
    for (role, api, name) in roles::sources(tenant.db(), user_id).await? {
        all.entry((api, name)).or_default().1.push(role);
    }
    let mut apis = Apis::default();
    let mut held = Vec::with_capacity(all.len());
    for ((api, name), (is_direct, roles)) in all {
        let permission = apis.permission(tenant, &api, name).await?;
        held.extend(permission.map(|permission| Held {
            permission,
            is_direct,
            roles,
        }));
    }
    held.sort_by_key(|held| order(&held.permission));
    Ok(held)
}

fn order(permission: &Permission) -> String {
    format!("{} {}", permission.audience, permission.name)
}

/// The APIs that permissions belong to, each read once.
#[derive(Default)]
struct Apis(BTreeMap<String, Option<ResourceServer>>);

impl Apis {
    /// The permission with the names of its API; `None` if the API is gone.
    async fn permission(
        &mut self,
        tenant: &Tenant,
        id: &str,
        name: String,
    ) -> Result<Option<Permission>, Error> {
        if !self.0.contains_key(id) {
            let found = resource_servers::find(tenant.db(), Key::Id(id)).await?;
            self.0.insert(id.to_owned(), found.map(|found| found.api));
        }
        let Some(Some(api)) = self.0.get(id) else {
            return Ok(None);
        };
        Ok(Some(Permission {
            audience: api.identifier.clone(),
            audience_name: api.name().unwrap_or(&api.identifier).to_owned(),
            description: api.described(&name).unwrap_or_default().to_owned(),
            name,
        }))
    }
}
