//! What callers of the platform API may do, and the roles that say so.
//!
//! A token of a system account may do what the account and its teams may; an administrator and their tokens
//! what the account's role in the console allows, and what roles add to it; a token that belongs to nobody what
//! was said when it was made.
//!
//! Source: Konnect identity v3.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use storage::Tx;
use uuid::Uuid;
use web::Administrator;

use crate::error::{Bound, Error, Violation};
use crate::model::{
    Access, Act, AssignedRole, AssignedRoleId, AuditId, EntityType, Holder, PlatformToken, ROLES,
    Rights, RoleName, find_role,
};
use crate::rest::check::{Rule, Shape, required, text};
use crate::rest::{input, path_id};
use crate::store::audit::Entry;
use crate::{Ctx, Portal, store};

/// The regions of the vendor's specification.
const REGIONS: &[&str] = &["us", "eu", "au", "me", "in", "sg", "*"];

static SHAPE: Shape = Shape {
    fields: &[
        required("role_name", Rule::Word(RoleName::WORDS)),
        required("entity_id", text(1, 64)),
        required("entity_type_name", Rule::Word(EntityType::WORDS)),
        required("entity_region", Rule::Word(REGIONS)),
    ],
    open: true,
};

#[derive(Debug, Deserialize)]
struct Asked {
    role_name: RoleName,
    entity_id: String,
    entity_type_name: EntityType,
    entity_region: String,
}

impl Portal {
    /// What the bearer of a token may do, at this moment.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub(crate) async fn rights(&self, token: &PlatformToken) -> Result<Rights, Error> {
        let organization = self.organization().id.into();
        let holder = match (token.system_account_id, token.administrator_id) {
            (Some(id), _) => Holder::SystemAccount(id),
            (None, Some(id)) => Holder::User(id),
            (None, None) => {
                return Ok(Rights {
                    access: token.access,
                    roles: Vec::new(),
                    holder: None,
                    organization,
                });
            }
        };
        let access = match holder {
            Holder::User(id) => {
                let user = store::administrators::find(self.db(), id).await?;
                user.and_then(|user| Access::of(user.role))
            }
            Holder::SystemAccount(_) | Holder::Team(_) => {
                let all = store::assigned_roles::accesses(self.db(), holder).await?;
                let order = [
                    Access::Owner,
                    Access::Admin,
                    Access::Viewer,
                    Access::Gateway,
                ];
                order.into_iter().find(|access| all.contains(access))
            }
        };
        Ok(Rights {
            access,
            roles: store::assigned_roles::held(self.db(), holder).await?,
            holder: Some(holder),
            organization,
        })
    }

    /// What somebody who is signed in to the console may do, at this moment.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn rights_of(&self, reader: &Administrator) -> Result<Rights, Error> {
        let holder = reader.id.parse().ok().map(Holder::User);
        let roles = match holder {
            Some(holder) => store::assigned_roles::held(self.db(), holder).await?,
            None => Vec::new(),
        };
        Ok(Rights {
            access: Access::of(reader.role),
            roles,
            holder,
            organization: self.organization().id.into(),
        })
    }
}

/// The role with this id that somebody has, as it stands in an address.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn find(portal: &Portal, holder: Holder, id: &str) -> Result<AssignedRole, Error> {
    let id: AssignedRoleId = path_id("assigned role", id)?;
    let found = store::assigned_roles::find(portal.db(), holder, id).await?;
    found.ok_or_else(|| Error::not_found("assigned role", id))
}

/// Gives somebody a role. Their tokens may do what it allows from now on.
///
/// # Errors
/// [`Error::Invalid`], and [`Error::Conflict`] if they have it.
pub(crate) async fn assign(
    portal: &Portal,
    ctx: &Ctx,
    holder: Holder,
    body: Map<String, Value>,
) -> Result<AssignedRole, Error> {
    let asked: Asked = input(body, &SHAPE)?;
    let (entity, name) = (asked.entity_type_name, asked.role_name);
    if find_role(entity, name).is_none() {
        return Err(no_such_role(entity));
    }
    let mut tx = portal.db().begin().await?;
    let entity_id = entity_id(portal, &mut tx, &asked).await?;
    let role = AssignedRole {
        id: AssignedRoleId::new(portal.entropy()),
        name,
        entity,
        entity_id,
        region: asked.entity_region,
        created_at: ctx.now,
    };
    store::assigned_roles::insert(&mut tx, holder, &role)
        .await
        .map_err(|error| Error::from(error).or_conflict("this role is assigned already"))?;
    let assigned = entry("assign_role", holder, &role);
    portal.audit(&mut tx, ctx, assigned).await?;
    tx.commit().await?;
    Ok(role)
}

/// Takes a role away. Tokens may no longer do what it allowed, from their next request on.
///
/// # Errors
/// [`Error::NotFound`] if it is gone.
pub(crate) async fn withdraw(
    portal: &Portal,
    ctx: &Ctx,
    holder: Holder,
    role: &AssignedRole,
) -> Result<(), Error> {
    let mut tx = portal.db().begin().await?;
    if !store::assigned_roles::delete(&mut tx, role.id).await? {
        return Err(Error::not_found("assigned role", role.id));
    }
    let withdrawn = entry("remove_role", holder, role);
    portal.audit(&mut tx, ctx, withdrawn).await?;
    tx.commit().await?;
    Ok(())
}

/// Gives the say over what was created to who created it and has none over all things of its kind, in the same
/// transaction. Nothing, for what has no roles of its own.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn give_to_creator(
    portal: &Portal,
    tx: &mut Tx,
    (ctx, rights): (&Ctx, &Rights),
    created: &Entry<'_>,
) -> Result<(), Error> {
    let (entity, name) = match created.entity_type {
        "portal" => (EntityType::Portals, RoleName::Admin),
        "api_product" => (EntityType::ApiProducts, RoleName::Admin),
        "control_plane" => (EntityType::ControlPlanes, RoleName::Admin),
        "auth_strategy" => (EntityType::Strategies, RoleName::Maintainer),
        "dcr_provider" => (EntityType::Providers, RoleName::Maintainer),
        _ => return Ok(()),
    };
    let Some(creator) = rights
        .holder
        .filter(|_| !rights.allow(entity, None, Act::Change))
    else {
        return Ok(());
    };
    let Ok(entity_id) = Uuid::parse_str(&created.entity_id) else {
        return Ok(());
    };
    let role = AssignedRole {
        id: AssignedRoleId::new(portal.entropy()),
        name,
        entity,
        entity_id,
        region: "*".to_owned(),
        created_at: ctx.now,
    };
    store::assigned_roles::insert(tx, creator, &role).await?;
    let assigned = entry("assign_role", creator, &role);
    store::audit::record(tx, ctx, AuditId::new(portal.entropy()), assigned).await?;
    Ok(())
}

/// What the audit says of a role.
fn entry<'a>(action: &'a str, holder: Holder, role: &AssignedRole) -> Entry<'a> {
    Entry::new(action, holder.kind(), holder).with(json!({
        "role_name": role.name,
        "entity_type_name": role.entity,
        "entity_id": role.entity_id,
    }))
}

/// The entity that a role is for: one that there is, or the organisation for all (`*` says the same).
async fn entity_id(portal: &Portal, tx: &mut Tx, asked: &Asked) -> Result<Uuid, Error> {
    let (entity, all) = (asked.entity_type_name, Uuid::from(portal.organization().id));
    let wrong =
        |reason: String| Error::invalid(Violation::body("entity_id", "missing_reference", reason));
    let id = match asked.entity_id.as_str() {
        "*" => all,
        text => Uuid::parse_str(text).map_err(|_| {
            let reason = "value of \"entity_id\" must be a UUID, or * for all";
            Error::invalid(Violation::body("entity_id", "is_uuid", reason))
        })?,
    };
    if id == all {
        return Ok(all);
    }
    if entity.is_single() || asked.role_name == RoleName::Creator {
        let reason = format!(
            "this role is not for one entity: name the organization ({all}), or *, as \"entity_id\""
        );
        return Err(wrong(reason));
    }
    match store::assigned_roles::exists(tx, entity, id).await? {
        true => Ok(id),
        false => Err(wrong(format!(
            "there is none of \"{entity}\" with the id {id}; the organization's ({all}) stands for all"
        ))),
    }
}

fn no_such_role(entity: EntityType) -> Error {
    let roles = ROLES.iter().filter(|role| role.entity == entity);
    let names: Vec<String> = roles.map(|role| role.name.to_string()).collect();
    let reason = format!(
        "roles for \"{entity}\" that have an effect here: {}",
        names.join(", ")
    );
    let violation = Violation::body("role_name", "enum", reason);
    Error::invalid(violation.with(Bound::Choices(names)))
}
