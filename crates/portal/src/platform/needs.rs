//! What each operation of the platform API asks of its caller: the one place where that is said, and the one
//! where it is held. An operation of which nothing is said here is never called.

use std::collections::BTreeSet;

use axum::http::Method;
use uuid::Uuid;

use crate::error::Error;
use crate::model::{Act, EntityType, Holder, Rights, Seen};

/// What an operation asks of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// A token, whatever it may do.
    Token,
    /// To do this with the entity whose id is this segment of the path.
    With(EntityType, usize, Act),
    /// To do this with every entity of the kind.
    Every(EntityType, Act),
    /// To read some entity of the kind: the list shows those that the caller may read.
    Any(EntityType),
    /// To be the user in this segment, or one who may do this with accounts.
    SelfOr(usize, Act),
}

/// Where entities are, and of what kind: the segment after it is an id.
const COLLECTIONS: [(&str, EntityType); 7] = [
    ("/v2/portals", EntityType::Portals),
    ("/v3/portals", EntityType::Portals),
    ("/v2/api-products", EntityType::ApiProducts),
    ("/v3/apis", EntityType::Apis),
    ("/v2/application-auth-strategies", EntityType::Strategies),
    ("/v2/dcr-providers", EntityType::Providers),
    ("/v2/control-planes", EntityType::ControlPlanes),
];

/// Changes below an entity that have an act of their own, by how the rest of the path begins.
const PARTS: [(EntityType, &str, Act); 14] = [
    (EntityType::Portals, "appearance", Act::Appearance),
    (EntityType::Portals, "assets", Act::Appearance),
    (EntityType::Portals, "customization", Act::Appearance),
    (EntityType::Portals, "pages", Act::Content),
    (EntityType::Portals, "snippets", Act::Content),
    (EntityType::Portals, "default-content", Act::Content),
    (EntityType::Portals, "developers", Act::Approve),
    (EntityType::Portals, "applications", Act::Approve),
    (
        EntityType::Portals,
        "application-registrations",
        Act::Approve,
    ),
    (EntityType::Portals, "product-versions", Act::Publish),
    (EntityType::Portals, "publish", Act::Publish),
    (
        EntityType::ControlPlanes,
        "core-entities/services/{service}/routes",
        Act::Routes,
    ),
    (
        EntityType::ControlPlanes,
        "core-entities/services",
        Act::Services,
    ),
    (
        EntityType::ControlPlanes,
        "core-entities/routes",
        Act::Routes,
    ),
];

/// What every token may ask: who it is, what there can be, whether a text is a specification.
const FOR_EVERYBODY: [&str; 11] = [
    "GET /v3/users/me",
    "GET /v3/organizations/me",
    "GET /v2/organizations/me",
    "GET /v3/roles",
    "GET /v2/portal-roles",
    "GET /v3/portal-roles",
    "GET /v2/portals/appearance-defaults",
    "GET /v3/portals/email-templates",
    "GET /v3/portals/email-templates/{template}",
    "GET /v3/portals/email-templates/variables",
    "POST /v3/apis/validate-specification",
];

/// What is about every entity of a kind, by how the path begins.
const ABOUT_ALL: [(&str, EntityType); 17] = [
    ("/v3/portals/email-domains", EntityType::Portals),
    ("/v2/applications", EntityType::Portals),
    ("/v3/applications", EntityType::Portals),
    ("/v3/api-publications", EntityType::Apis),
    ("/v3/api-implementations", EntityType::Apis),
    ("/v3/api-attributes", EntityType::Apis),
    ("/v2/audit-log-destinations", EntityType::AuditLogs),
    ("/v2/audit-log-replay-job", EntityType::AuditLogs),
    ("/v2/audit-log-webhook", EntityType::AuditLogs),
    ("/v1/gateway/nodes", EntityType::ControlPlanes),
    ("/v3/users", EntityType::Identity),
    ("/v3/teams", EntityType::Identity),
    ("/v3/system-accounts", EntityType::Identity),
    ("/v3/invites", EntityType::Identity),
    ("/v3/identity-provider", EntityType::Identity),
    ("/v3/identity-providers", EntityType::Identity),
    ("/v3/authentication-settings", EntityType::Identity),
];

/// What gateways call.
const FOR_GATEWAYS: [&str; 4] = [
    "GET /v1/gateway/stream",
    "POST /v1/gateway/acks",
    "POST /v1/gateway/uses",
    "POST /v1/gateway/traffic",
];

/// What an operation asks: all of it. Nothing, if nobody said what that is.
pub(crate) fn of(method: &Method, path: &str) -> Vec<Need> {
    let read = method == Method::GET || method == Method::HEAD;
    let (method, act) = match read {
        true => (&Method::GET, Act::Read),
        false => (method, Act::Change),
    };
    let operation = format!("{method} {path}");
    if FOR_EVERYBODY.contains(&operation.as_str()) {
        return vec![Need::Token];
    }
    if FOR_GATEWAYS.contains(&operation.as_str()) {
        return vec![Need::Every(EntityType::ControlPlanes, Act::Follow)];
    }
    if under(path, "/v3/users/{user_id}/access-tokens").is_some() {
        return vec![Need::SelfOr(3, act)];
    }
    if path == "/konnect-api/api/runtime_groups" {
        return vec![Need::Any(EntityType::ControlPlanes)];
    }
    for (start, entity) in ABOUT_ALL {
        if under(path, start).is_some() {
            return vec![Need::Every(entity, act)];
        }
    }
    for (start, entity) in COLLECTIONS {
        if let Some(rest) = under(path, start) {
            return below(method, rest, entity, act);
        }
    }
    Vec::new()
}

/// What is asked below a collection, at the rest of the path.
fn below(method: &Method, rest: &str, entity: EntityType, act: Act) -> Vec<Need> {
    let Some(rest) = rest.strip_prefix('/') else {
        return match *method {
            Method::GET => vec![Need::Any(entity)],
            Method::POST => vec![Need::Every(entity, Act::Create)],
            _ => Vec::new(),
        };
    };
    let (id, part) = rest.split_once('/').unwrap_or((rest, ""));
    if !id.starts_with('{') {
        return Vec::new();
    }
    if part.is_empty() && method == Method::DELETE {
        return vec![Need::With(entity, 3, Act::Delete)];
    }
    if part.starts_with("publications/") && act == Act::Change {
        // Both sides have a say.
        return vec![
            Need::With(entity, 3, Act::Publish),
            Need::With(EntityType::Portals, 5, Act::Publish),
        ];
    }
    let mut parts = PARTS.iter();
    let own = parts.find(|(of, start, _)| *of == entity && under(part, start).is_some());
    let act = match (act, own) {
        (Act::Change, Some((.., own))) => *own,
        _ => act,
    };
    vec![Need::With(entity, 3, act)]
}

/// The rest of a path that begins with these whole segments.
fn under<'a>(path: &'a str, start: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(start)?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

/// Holds what an operation asks against what the caller may do. Gives what they may see of a list, if that is
/// not all.
///
/// # Errors
/// [`Error::Forbidden`], with the roles that would allow it.
pub(crate) fn hold(
    rights: &Rights,
    needs: &[Need],
    path: &str,
) -> Result<Option<BTreeSet<Uuid>>, Error> {
    let mut visible = None;
    for need in needs {
        match *need {
            Need::Token => {}
            Need::With(entity, at, act) => allowed(rights, entity, segment(path, at), act)?,
            Need::Every(entity, act) => allowed(rights, entity, None, act)?,
            Need::Any(entity) => match rights.seen(entity) {
                Seen::All => {}
                Seen::Only(none) if none.is_empty() => {
                    return Err(rights.refusal(entity, None, Act::Read));
                }
                Seen::Only(some) => visible = Some(some),
            },
            Need::SelfOr(at, act) => {
                if !is_user(rights, segment(path, at)) {
                    allowed(rights, EntityType::Identity, None, act)?;
                }
            }
        }
    }
    Ok(visible)
}

fn allowed(rights: &Rights, entity: EntityType, id: Option<Uuid>, act: Act) -> Result<(), Error> {
    match rights.allow(entity, id, act) {
        true => Ok(()),
        false => Err(rights.refusal(entity, id, act)),
    }
}

fn is_user(rights: &Rights, id: Option<Uuid>) -> bool {
    match rights.holder {
        Some(Holder::User(user)) => id == Some(user.into()),
        _ => false,
    }
}

/// The id in a segment of a path; what is none names nothing, and a role for one entity never fits it.
fn segment(path: &str, at: usize) -> Option<Uuid> {
    Uuid::parse_str(path.split('/').nth(at)?).ok()
}

#[cfg(test)]
mod tests {
    use axum::http::Method;

    use super::{FOR_EVERYBODY, Need, of};
    use crate::model::{Act, EntityType};
    use crate::platform::routes;

    #[test]
    fn of_every_operation_it_is_said_what_it_asks() {
        let mut open = Vec::new();
        for (method, path, _) in routes() {
            let needs = of(&method, path);
            assert!(
                !needs.is_empty(),
                "say in needs.rs what {method} {path} asks"
            );
            if needs.contains(&Need::Token) {
                open.push(format!("{method} {path}"));
            }
        }
        let listed = FOR_EVERYBODY.iter().map(|&one| one.to_owned());
        let mut listed: Vec<String> = listed.collect();
        listed.sort();
        open.sort();
        assert_eq!(open, listed, "served to every token");
    }

    #[test]
    fn an_operation_that_nobody_spoke_of_asks_for_what_nobody_has() {
        for path in ["/v3/anything", "/v2/portals-of-old", "/v3/portals/anything"] {
            assert_eq!(of(&Method::GET, path), []);
        }
    }

    #[test]
    fn parts_of_entities_have_acts_of_their_own() {
        let portals = |act| vec![Need::With(EntityType::Portals, 3, act)];
        let planes = |act| vec![Need::With(EntityType::ControlPlanes, 3, act)];
        for (method, path, needs) in [
            ("GET", "/v3/portals/{id}/pages", portals(Act::Read)),
            ("POST", "/v3/portals/{id}/pages", portals(Act::Content)),
            ("DELETE", "/v2/portals/{id}", portals(Act::Delete)),
            (
                "PUT",
                "/v3/portals/{id}/custom-domain",
                portals(Act::Change),
            ),
            (
                "PUT",
                "/v2/control-planes/{plane}/core-entities/services/{service}",
                planes(Act::Services),
            ),
            (
                "PUT",
                "/v2/control-planes/{plane}/core-entities/services/{service}/routes/{route}",
                planes(Act::Routes),
            ),
        ] {
            assert_eq!(of(&method.parse().unwrap(), path), needs, "{method} {path}");
        }
    }
}
