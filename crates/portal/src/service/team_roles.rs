//! What teams may do with API products.
//!
//! Source: Konnect portal-management v2.2.2; what each role lets developers do:
//! <https://developer.konghq.com/dev-portal/developer-rbac/>.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::teams::entry;
use crate::error::{Error, Violation};
use crate::model::{ApiProductId, PortalRole, Team, TeamRole, TeamRoleId};
use crate::rest::check::{Rule, Shape, UUID, required};
use crate::rest::{input, path_id};
use crate::store::team_roles::ENTITY_TYPE;
use crate::{Ctx, Portal, store};

/// The regions of the vendor's specification.
const REGIONS: &[&str] = &["us", "eu", "au", "me", "in", "sg", "*"];

/// Every region: what the console assigns roles for.
const EVERYWHERE: &str = "*";

static SHAPE: Shape = Shape {
    fields: &[
        required("role_name", Rule::Word(PortalRole::WORDS)),
        required("entity_id", UUID),
        required(
            "entity_type_name",
            Rule::Form {
                max: 64,
                rule: "enum",
                // The vendor's guide writes it in lower case.
                holds: |text| text.eq_ignore_ascii_case(ENTITY_TYPE),
                expects: ENTITY_TYPE,
            },
        ),
        required("entity_region", Rule::Word(REGIONS)),
    ],
    open: true,
};

#[derive(Debug, Deserialize)]
struct Asked {
    role_name: PortalRole,
    entity_id: ApiProductId,
    entity_region: String,
}

/// The role of this team with this id, as it stands in an address.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn find(portal: &Portal, team: &Team, id: &str) -> Result<TeamRole, Error> {
    let id: TeamRoleId = path_id("assigned role", id)?;
    let found = store::team_roles::find(portal.db(), id).await?;
    found
        .filter(|role| role.team_id == team.id)
        .ok_or_else(|| Error::not_found("assigned role", id))
}

/// Gives a team a role. Its developers may do what it allows from now on.
///
/// # Errors
/// [`Error::Invalid`], and [`Error::Conflict`] if the team has it.
pub(crate) async fn assign(
    portal: &Portal,
    ctx: &Ctx,
    team: &Team,
    body: Map<String, Value>,
) -> Result<TeamRole, Error> {
    let asked: Asked = input(body, &SHAPE)?;
    let role = TeamRole {
        id: TeamRoleId::new(portal.entropy()),
        team_id: team.id,
        role: asked.role_name,
        product_id: asked.entity_id,
        region: asked.entity_region,
        created_at: ctx.now,
    };
    let mut tx = portal.db().begin().await?;
    let product = store::api_products::find(&mut tx, role.product_id).await?;
    if product.is_none() {
        let reason = format!("there is no API product {}", role.product_id);
        let wrong = Violation::body("entity_id", "missing_reference", reason);
        return Err(Error::invalid(wrong));
    }
    store::team_roles::insert(&mut tx, &role)
        .await
        .map_err(|error| Error::from(error).or_conflict("the team has this role"))?;
    let assigned = entry("assign_role", team).with(detail(&role));
    portal.audit(&mut tx, ctx, assigned).await?;
    tx.commit().await?;
    Ok(role)
}

/// Takes a role away. Its developers may no longer do what it allowed; registrations that there are go on
/// until they are revoked.
///
/// # Errors
/// [`Error::NotFound`] if it is gone.
pub(crate) async fn withdraw(
    portal: &Portal,
    ctx: &Ctx,
    team: &Team,
    role: &TeamRole,
) -> Result<(), Error> {
    let mut tx = portal.db().begin().await?;
    if !store::team_roles::delete(&mut tx, role.id).await? {
        return Err(Error::not_found("assigned role", role.id));
    }
    let withdrawn = entry("remove_role", team).with(detail(role));
    portal.audit(&mut tx, ctx, withdrawn).await?;
    tx.commit().await?;
    Ok(())
}

/// Makes a role the only one that a team has for each of these products, or takes all away; what is that way
/// already stays. Gives how many changed.
///
/// # Errors
/// [`Error::NotFound`] if a product is gone.
pub(crate) async fn settle(
    portal: &Portal,
    ctx: &Ctx,
    team: &Team,
    wanted: &[(ApiProductId, Option<PortalRole>)],
) -> Result<usize, Error> {
    let mut tx = portal.db().begin().await?;
    let present = store::team_roles::of_team(&mut tx, team.id).await?;
    let mut changed = 0;
    for &(product_id, role) in wanted {
        if present.get(&product_id).copied() == role {
            continue;
        }
        changed += 1;
        store::team_roles::delete_for(&mut tx, team.id, product_id).await?;
        let action = match role {
            Some(_) => "assign_role",
            None => "remove_role",
        };
        if let Some(role) = role {
            if store::api_products::find(&mut tx, product_id)
                .await?
                .is_none()
            {
                return Err(Error::not_found("API product", product_id));
            }
            let role = TeamRole {
                id: TeamRoleId::new(portal.entropy()),
                team_id: team.id,
                role,
                product_id,
                region: EVERYWHERE.to_owned(),
                created_at: ctx.now,
            };
            store::team_roles::insert(&mut tx, &role).await?;
        }
        let detail = json!({ "role_name": role, "entity_id": product_id });
        portal
            .audit(&mut tx, ctx, entry(action, team).with(detail))
            .await?;
    }
    tx.commit().await?;
    Ok(changed)
}

fn detail(role: &TeamRole) -> Value {
    json!({ "role_name": role.role, "entity_id": role.product_id })
}
