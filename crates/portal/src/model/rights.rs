//! What callers of the platform API may do, and who has which role.

use std::collections::BTreeSet;

use oauth::Timestamp;
use storage::Value;
use uuid::Uuid;

use crate::error::Error;

use super::roles::{Act, ROLES, find_role};
use super::{
    Access, AdministratorId, AssignedRoleId, EntityType, Labels, OrganizationTeamId, PortalId,
    RoleName, SystemAccountId,
};

impl Access {
    /// What a role in the console allows by itself.
    pub(crate) const fn of(role: web::Role) -> Option<Self> {
        match role {
            web::Role::Owner => Some(Self::Owner),
            web::Role::Admin => Some(Self::Admin),
            web::Role::Viewer => Some(Self::Viewer),
            web::Role::Member => None,
        }
    }
}

impl EntityType {
    /// APIs are API products: a role for one of both is one for the other.
    fn covers(self, other: Self) -> bool {
        let one = |entity| match entity {
            Self::ApiProducts => Self::Apis,
            entity => entity,
        };
        one(self) == one(other)
    }

    /// Whether there is one of it, so that a role for it names no entity.
    pub(crate) const fn is_single(self) -> bool {
        matches!(self, Self::AuditLogs | Self::Identity)
    }
}

/// Who has a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Every token of a system account.
    SystemAccount(SystemAccountId),
    /// Every personal token of an administrator.
    User(AdministratorId),
    /// Everybody in a team.
    Team(OrganizationTeamId),
}

impl Holder {
    /// What the audit calls it.
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::SystemAccount(_) => "system_account",
            Self::User(_) => "administrator",
            Self::Team(_) => "organization_team",
        }
    }
}

impl From<Holder> for Value {
    fn from(holder: Holder) -> Self {
        match holder {
            Holder::SystemAccount(id) => id.into(),
            Holder::User(id) => id.into(),
            Holder::Team(id) => id.into(),
        }
    }
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::SystemAccount(id) => id.fmt(f),
            Self::User(id) => id.fmt(f),
            Self::Team(id) => id.fmt(f),
        }
    }
}

/// A role that somebody has.
#[derive(Clone, Debug)]
pub struct AssignedRole {
    /// Its id.
    pub id: AssignedRoleId,
    /// Which.
    pub name: RoleName,
    /// For what kind of entity.
    pub entity: EntityType,
    /// For which: an entity's id, or the organisation's for all.
    pub entity_id: Uuid,
    /// The region that was named. There are none here: it is kept and shown, and decides nothing.
    pub region: String,
    /// When it was assigned.
    pub created_at: Timestamp,
}

/// Users and system accounts that have the same roles.
#[derive(Clone, Debug)]
pub struct OrganizationTeam {
    /// Its id.
    pub id: OrganizationTeamId,
    /// Its name, unique.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// Its labels.
    pub labels: Labels,
    /// What its members may do with everything: of the teams that are always there.
    pub access: Option<Access>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Which entities of a kind a caller may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// Every one.
    All,
    /// These alone; none, without any.
    Only(BTreeSet<Uuid>),
}

/// What a caller may do.
#[derive(Clone, Debug)]
pub struct Rights {
    /// With everything there is.
    pub(crate) access: Option<Access>,
    /// Beyond that.
    pub(crate) roles: Vec<AssignedRole>,
    /// Whose they are.
    pub(crate) holder: Option<Holder>,
    /// The organisation's id, which stands for every entity.
    pub(crate) organization: Uuid,
}

impl Rights {
    /// Whether this may be done: with this entity, or with every one of its kind.
    pub(crate) fn allow(&self, entity: EntityType, id: Option<Uuid>, act: Act) -> bool {
        self.access_allows(entity, act)
            || self.roles.iter().any(|held| {
                let fits = held.entity_id == self.organization || Some(held.entity_id) == id;
                fits && held.entity.covers(entity) && held.allows(act)
            })
    }

    /// Why something may not be done, and who can change that.
    pub(crate) fn refusal(&self, entity: EntityType, id: Option<Uuid>, act: Act) -> Error {
        let roles = ROLES
            .iter()
            .filter(|role| role.entity == entity && role.acts.contains(&act));
        let names: Vec<&str> = roles.map(|role| role.name.as_str()).collect();
        let which = id.map_or_else(|| "all of them".to_owned(), |id| id.to_string());
        let how = match self.holder {
            Some(Holder::SystemAccount(id)) => format!(
                "an organization admin assigns it to the system account \
                 (POST /v3/system-accounts/{id}/assigned-roles)"
            ),
            Some(Holder::User(id)) => format!(
                "an owner assigns it to the user (POST /v3/users/{id}/assigned-roles), \
                 or gives the account another role in the console"
            ),
            Some(Holder::Team(_)) | None => {
                "whoever runs Gatehouse makes a token that may do more \
                 (`gatehouse token create --role`)"
                    .to_owned()
            }
        };
        Error::Forbidden(format!(
            "to {} \"{entity}\" ({which}), one of these roles for it is needed: {}; {how}",
            act.in_words(),
            names.join(", ")
        ))
    }

    /// Whether a portal may be looked at.
    #[must_use]
    pub fn shows_portal(&self, id: PortalId) -> bool {
        self.allow(EntityType::Portals, Some(id.into()), Act::Read)
    }

    /// Which entities of a kind may be read.
    pub(crate) fn seen(&self, entity: EntityType) -> Seen {
        if self.allow(entity, None, Act::Read) {
            return Seen::All;
        }
        let held = self
            .roles
            .iter()
            .filter(|held| held.entity.covers(entity) && held.allows(Act::Read));
        Seen::Only(held.map(|held| held.entity_id).collect())
    }

    fn access_allows(&self, entity: EntityType, act: Act) -> bool {
        match self.access {
            Some(Access::Owner) => true,
            Some(Access::Admin) => entity != EntityType::Identity || act == Act::Read,
            Some(Access::Viewer) => act == Act::Read,
            Some(Access::Gateway) => act == Act::Follow,
            None => false,
        }
    }
}

impl AssignedRole {
    fn allows(&self, act: Act) -> bool {
        find_role(self.entity, self.name).is_some_and(|role| role.acts.contains(&act))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use oauth::{Entropy, Timestamp};
    use uuid::Uuid;

    use super::{AssignedRole, Rights, Seen};
    use crate::model::{Access, Act, AssignedRoleId, EntityType, RoleName};

    pub(crate) const ORGANIZATION: Uuid = Uuid::from_u128(1);
    pub(crate) const ONE: Uuid = Uuid::from_u128(2);
    pub(crate) const OTHER: Uuid = Uuid::from_u128(3);

    /// What somebody may do with an access and these roles.
    pub(crate) fn rights(access: Option<Access>, roles: &[(EntityType, RoleName, Uuid)]) -> Rights {
        let entropy = Entropy::seeded(1);
        let assigned = |&(entity, name, entity_id): &(EntityType, RoleName, Uuid)| AssignedRole {
            id: AssignedRoleId::new(&entropy),
            name,
            entity,
            entity_id,
            region: "*".into(),
            created_at: Timestamp::from_unix_seconds(0),
        };
        Rights {
            access,
            roles: roles.iter().map(assigned).collect(),
            holder: None,
            organization: ORGANIZATION,
        }
    }

    #[test]
    fn a_role_allows_what_it_says_with_its_entity_and_no_other() {
        let held = rights(None, &[(EntityType::Apis, RoleName::Editor, ONE)]);
        for entity in [EntityType::Apis, EntityType::ApiProducts] {
            assert!(held.allow(entity, Some(ONE), Act::Change));
            assert!(!held.allow(entity, Some(ONE), Act::Publish));
            assert!(!held.allow(entity, Some(OTHER), Act::Read));
            assert!(!held.allow(entity, None, Act::Read));
        }
        assert!(!held.allow(EntityType::Portals, Some(ONE), Act::Read));
        assert_eq!(held.seen(EntityType::Apis), Seen::Only([ONE].into()));
        assert_eq!(held.seen(EntityType::Portals), Seen::Only([].into()));
    }

    #[test]
    fn the_organization_stands_for_every_entity() {
        let held = rights(
            None,
            &[(EntityType::Portals, RoleName::Viewer, ORGANIZATION)],
        );
        assert!(held.allow(EntityType::Portals, Some(OTHER), Act::Read));
        assert!(held.allow(EntityType::Portals, None, Act::Read));
        assert!(!held.allow(EntityType::Portals, Some(OTHER), Act::Change));
        assert_eq!(held.seen(EntityType::Portals), Seen::All);
    }

    #[test]
    fn accesses_hold_for_everything_as_far_as_they_go() {
        for (access, read, change, account, follow) in [
            (Some(Access::Owner), true, true, true, true),
            (Some(Access::Admin), true, true, false, true),
            (Some(Access::Viewer), true, false, false, false),
            (Some(Access::Gateway), false, false, false, true),
            (None, false, false, false, false),
        ] {
            let held = rights(access, &[]);
            assert_eq!(held.allow(EntityType::Portals, Some(ONE), Act::Read), read);
            assert_eq!(
                held.allow(EntityType::Portals, Some(ONE), Act::Change),
                change
            );
            assert_eq!(held.allow(EntityType::Identity, None, Act::Change), account);
            assert_eq!(held.allow(EntityType::Identity, None, Act::Read), read);
            assert_eq!(
                held.allow(EntityType::ControlPlanes, None, Act::Follow),
                follow
            );
        }
    }
}
