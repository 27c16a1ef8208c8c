//! The roles that there are, and what each allows.
//!
//! Source: Konnect identity v3, `GET /v3/roles`;
//! <https://developer.konghq.com/konnect-platform/teams-and-roles/>.

use super::{EntityType, RoleName};

/// Something that a caller does with an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Reads it, and what belongs to it.
    Read,
    /// Changes it, or something of it that has no act of its own.
    Change,
    /// Removes it.
    Delete,
    /// Makes another one.
    Create,
    /// Changes how a portal looks.
    Appearance,
    /// Writes a portal's pages.
    Content,
    /// Decides about a portal's developers, applications and registrations.
    Approve,
    /// Publishes an API, or publishes in a portal.
    Publish,
    /// Changes services of a control plane.
    Services,
    /// Changes routes of a control plane.
    Routes,
    /// Follows a control plane, as gateways do.
    Follow,
}

impl Act {
    /// What it is called in a sentence that refuses it.
    pub(crate) const fn in_words(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Change => "change",
            Self::Delete => "remove",
            Self::Create => "create",
            Self::Appearance => "change the appearance of",
            Self::Content => "write pages in",
            Self::Approve => "decide about people and applications of",
            Self::Publish => "publish with",
            Self::Services => "change services of",
            Self::Routes => "change routes of",
            Self::Follow => "follow",
        }
    }
}

/// A role that can be assigned.
#[derive(Debug)]
pub(crate) struct Role {
    /// What it is about.
    pub(crate) entity: EntityType,
    /// Its name.
    pub(crate) name: RoleName,
    /// What it allows, in a sentence; of those in the vendor's specification the one that stands there.
    pub(crate) description: &'static str,
    /// What it allows.
    pub(crate) acts: &'static [Act],
}

/// All changes of a portal.
const PORTAL: &[Act] = &[
    Act::Read,
    Act::Change,
    Act::Appearance,
    Act::Content,
    Act::Approve,
    Act::Publish,
];
const WHOLE_PORTAL: &[Act] = &[
    Act::Read,
    Act::Change,
    Act::Appearance,
    Act::Content,
    Act::Approve,
    Act::Publish,
    Act::Delete,
];
const API: &[Act] = &[Act::Read, Act::Change, Act::Publish, Act::Delete];
const PLANE: &[Act] = &[
    Act::Read,
    Act::Change,
    Act::Services,
    Act::Routes,
    Act::Delete,
];

const fn role(
    entity: EntityType,
    name: RoleName,
    acts: &'static [Act],
    description: &'static str,
) -> Role {
    Role {
        entity,
        name,
        description,
        acts,
    }
}

/// Every role that has an effect here.
pub(crate) static ROLES: &[Role] = {
    use EntityType::{
        ApiProducts, Apis, AuditLogs, ControlPlanes, Identity, Portals, Providers, Strategies,
    };
    use RoleName::{
        Admin, AppearanceMaintainer, Connector, ContentEditor, Creator, Deployer, Editor,
        GatewayServiceAdmin, Maintainer, ProductPublisher, Publisher, RegistrationApprover,
        RouteAdmin, Viewer,
    };
    &[
        role(
            Portals,
            Admin,
            WHOLE_PORTAL,
            "All changes of a portal, and its removal.",
        ),
        role(Portals, Maintainer, PORTAL, "All changes of a portal."),
        role(
            Portals,
            Creator,
            &[Act::Create],
            "Makes portals, and is Admin of those it makes.",
        ),
        role(
            Portals,
            Viewer,
            &[Act::Read],
            "Reads a portal and all that belongs to it.",
        ),
        role(
            Portals,
            AppearanceMaintainer,
            &[Act::Read, Act::Appearance],
            "Changes how a portal looks.",
        ),
        role(
            Portals,
            ContentEditor,
            &[Act::Read, Act::Content],
            "Writes the pages and snippets of a portal.",
        ),
        role(
            Portals,
            ProductPublisher,
            &[Act::Read, Act::Publish],
            "Publishes APIs in a portal, as far as it may publish them.",
        ),
        role(
            Portals,
            RegistrationApprover,
            &[Act::Read, Act::Approve],
            "Decides about developers, applications and registrations of a portal.",
        ),
        role(
            Apis,
            Admin,
            API,
            "All changes of an API, publishing it, and its removal.",
        ),
        role(
            Apis,
            Creator,
            &[Act::Create],
            "Makes APIs, and is Admin of those it makes.",
        ),
        role(
            Apis,
            Editor,
            &[Act::Read, Act::Change],
            "Changes an API, its versions, specifications and documents.",
        ),
        role(
            Apis,
            Publisher,
            &[Act::Read, Act::Publish],
            "Publishes an API in portals, as far as it may publish there.",
        ),
        role(
            Apis,
            Viewer,
            &[Act::Read],
            "Reads an API and all that belongs to it.",
        ),
        role(
            ApiProducts,
            Admin,
            API,
            "This role grants full write access to an API product and its versions.",
        ),
        role(
            ApiProducts,
            Creator,
            &[Act::Create],
            "This access is required to create API products. This access is not for creating sub-entities such as versions, API specs, etc.",
        ),
        role(
            ApiProducts,
            Maintainer,
            &[Act::Read, Act::Change, Act::Publish],
            "This role grants all write permission to manage an API product and to administer plugins.",
        ),
        role(
            ApiProducts,
            Publisher,
            &[Act::Read, Act::Publish],
            "This role grants permission to publish an API product to one or more portals.",
        ),
        role(
            ApiProducts,
            Viewer,
            &[Act::Read],
            "Viewer has read-only access to an API product and its sub-entities.",
        ),
        role(
            Strategies,
            Creator,
            &[Act::Create],
            "Makes auth strategies, and is Maintainer of those it makes.",
        ),
        role(
            Strategies,
            Maintainer,
            &[Act::Read, Act::Change, Act::Delete],
            "All changes of an auth strategy, and its removal.",
        ),
        role(Strategies, Viewer, &[Act::Read], "Reads an auth strategy."),
        role(
            Providers,
            Creator,
            &[Act::Create],
            "Makes DCR providers, and is Maintainer of those it makes.",
        ),
        role(
            Providers,
            Maintainer,
            &[Act::Read, Act::Change, Act::Delete],
            "All changes of a DCR provider, and its removal.",
        ),
        role(Providers, Viewer, &[Act::Read], "Reads a DCR provider."),
        role(
            ControlPlanes,
            Admin,
            PLANE,
            "This role grants full write access to all entities within a control plane.",
        ),
        role(
            ControlPlanes,
            Connector,
            &[Act::Follow],
            "Follows the control plane as a gateway, and nothing else.",
        ),
        role(
            ControlPlanes,
            Creator,
            &[Act::Create],
            "Creates a new Control Plane in an organization. The creator becomes the owner of the Control Plane they create.",
        ),
        role(
            ControlPlanes,
            Deployer,
            &[Act::Read, Act::Services, Act::Routes],
            "This role grants full write access to administer services, routes and plugins necessary to deploy services in Service Hub.",
        ),
        role(
            ControlPlanes,
            GatewayServiceAdmin,
            &[Act::Read, Act::Services],
            "This role grants full write access to administer gateway services.",
        ),
        role(
            ControlPlanes,
            RouteAdmin,
            &[Act::Read, Act::Routes],
            "This role grants full write access to administer routes.",
        ),
        role(
            ControlPlanes,
            Viewer,
            &[Act::Read],
            "This role grants read only access to all entities within a control plane.",
        ),
        role(
            AuditLogs,
            Admin,
            &[Act::Read, Act::Change],
            "This role grants full write access to the Audit log configuration.",
        ),
        role(
            Identity,
            Admin,
            &[Act::Read, Act::Change],
            "This role grants full write access to the Identity configuration.",
        ),
    ]
};

/// The role with this name for this kind of entity.
pub(crate) fn find_role(entity: EntityType, name: RoleName) -> Option<&'static Role> {
    let mut roles = ROLES.iter();
    roles.find(|role| role.entity == entity && role.name == name)
}

#[cfg(test)]
mod tests {
    use super::{ROLES, find_role};

    #[test]
    fn no_role_stands_in_the_table_twice() {
        for role in ROLES {
            let found = find_role(role.entity, role.name).unwrap();
            assert!(std::ptr::eq(found, role), "{role:?}");
        }
    }
}
