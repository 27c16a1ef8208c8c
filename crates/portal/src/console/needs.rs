//! What each page of the console asks of its reader: the right to the operation of the platform API that does the
//! same. Which right an operation asks for is said in one place, `platform/needs.rs`. A page of which nothing is
//! said here is opened to nobody.

use http::Method;

use crate::model::Rights;
use crate::platform::needs::{hold, of};

/// The control plane in an operation, which no address of a page names.
pub(super) const PLANE: &str = "{plane}";

/// A page, and the operations that change what it shows, or those that read it where it changes nothing; who may
/// read the same by the API sees it. `*` at the end stands for whatever is below; the longest that fits counts.
///
/// Placeholders of operations are filled in from the page's address. One that is not there stands for every entity
/// of its kind, but `{user_id}` for the reader.
type Page = (&'static str, &'static [&'static str]);

const PAGES: &[Page] = &[
    // Portals
    ("/portals", &["POST /v2/portals"]),
    ("/portals/new", &["POST /v2/portals"]),
    ("/portals/{id}", &["DELETE /v2/portals/{id}"]),
    ("/portals/{id}/delete", &["DELETE /v2/portals/{id}"]),
    ("/portals/{id}/*", &["PATCH /v2/portals/{id}"]),
    (
        // It makes and changes a DCR provider and an auth strategy, whichever the portal has.
        "/portals/{id}/settings/application-setup",
        &[
            "PATCH /v2/portals/{id}",
            "POST /v2/dcr-providers",
            "PATCH /v2/dcr-providers/{all}",
            "POST /v2/application-auth-strategies",
            "PATCH /v2/application-auth-strategies/{all}",
        ],
    ),
    (
        "/portals/{id}/appearance",
        &["PATCH /v2/portals/{id}/appearance"],
    ),
    (
        "/portals/{id}/appearance/*",
        &["PATCH /v2/portals/{id}/appearance"],
    ),
    (
        "/portals/{id}/navigation",
        &["PATCH /v3/portals/{id}/customization"],
    ),
    ("/portals/{id}/pages", &["POST /v3/portals/{id}/pages"]),
    ("/portals/{id}/pages/*", &["POST /v3/portals/{id}/pages"]),
    (
        "/portals/{id}/products",
        &["PUT /v2/portals/{id}/product-versions/{version}"],
    ),
    (
        "/portals/{id}/developers",
        &["PATCH /v2/portals/{id}/developers/{developer}"],
    ),
    (
        "/portals/{id}/developers/*",
        &["PATCH /v2/portals/{id}/developers/{developer}"],
    ),
    (
        "/portals/{id}/registrations",
        &["PATCH /v2/portals/{id}/application-registrations"],
    ),
    (
        "/portals/{id}/registrations/*",
        &["PATCH /v2/portals/{id}/application-registrations"],
    ),
    (
        "/portals/{id}/applications",
        &["DELETE /v2/portals/{id}/applications/{application}"],
    ),
    (
        "/portals/{id}/applications/*",
        &["DELETE /v2/portals/{id}/applications/{application}"],
    ),
    // API products
    ("/api-products", &["POST /v2/api-products"]),
    ("/api-products/new", &["POST /v2/api-products"]),
    ("/api-products/{id}", &["PATCH /v2/api-products/{id}"]),
    (
        "/api-products/{id}/delete",
        &["DELETE /v2/api-products/{id}"],
    ),
    ("/api-products/{id}/*", &["PATCH /v2/api-products/{id}"]),
    (
        "/api-products/{id}/portals",
        &["PUT /v3/apis/{id}/publications/{all}"],
    ),
    (
        "/api-products/{id}/versions/{version}/portals/{portal}",
        &["PUT /v3/apis/{id}/publications/{portal}"],
    ),
    (
        "/api-products/{id}/versions/{version}/portals/{portal}/*",
        &["PUT /v3/apis/{id}/publications/{portal}"],
    ),
    // Application auth
    ("/application-auth", &["GET /v3/roles"]),
    (
        "/application-auth/strategies",
        &["POST /v2/application-auth-strategies"],
    ),
    (
        "/application-auth/strategies/new",
        &["POST /v2/application-auth-strategies"],
    ),
    (
        "/application-auth/strategies/{id}",
        &["PATCH /v2/application-auth-strategies/{id}"],
    ),
    (
        "/application-auth/strategies/{id}/delete",
        &["DELETE /v2/application-auth-strategies/{id}"],
    ),
    ("/application-auth/providers", &["POST /v2/dcr-providers"]),
    (
        "/application-auth/providers/new",
        &["POST /v2/dcr-providers"],
    ),
    (
        "/application-auth/providers/{id}",
        &["PATCH /v2/dcr-providers/{id}"],
    ),
    (
        "/application-auth/providers/{id}/*",
        &["PATCH /v2/dcr-providers/{id}"],
    ),
    (
        "/application-auth/providers/{id}/delete",
        &["DELETE /v2/dcr-providers/{id}"],
    ),
    // Gateway
    (
        "/gateway/services",
        &["POST /v2/control-planes/{plane}/core-entities/services"],
    ),
    (
        "/gateway/services/*",
        &["POST /v2/control-planes/{plane}/core-entities/services"],
    ),
    (
        "/gateway/routes",
        &["POST /v2/control-planes/{plane}/core-entities/routes"],
    ),
    (
        "/gateway/routes/*",
        &["POST /v2/control-planes/{plane}/core-entities/routes"],
    ),
    (
        "/gateway/usage",
        &[
            "GET /v1/gateway/nodes",
            "GET /v2/portals/{all}",
            "GET /v2/api-products/{all}",
        ],
    ),
    ("/gateway/nodes", &["GET /v1/gateway/nodes"]),
    ("/gateway/refusals", &["GET /v1/gateway/nodes"]),
    // Organization
    ("/audit", &["PATCH /v2/audit-log-webhook"]),
    ("/audit/*", &["PATCH /v2/audit-log-webhook"]),
    ("/audit/destinations", &["POST /v2/audit-log-destinations"]),
    (
        "/audit/destinations/*",
        &["PATCH /v2/audit-log-destinations/{id}"],
    ),
    (
        "/removed",
        &[
            "PATCH /v2/portals/{all}",
            "PATCH /v2/api-products/{all}",
            "PATCH /v2/control-planes/{all}",
        ],
    ),
    (
        // Or what it brings back decides.
        "/removed/*",
        &[
            "PATCH /v2/portals/{all}",
            "PATCH /v2/api-products/{all}",
            "PATCH /v2/control-planes/{all}",
        ],
    ),
    ("/tokens", &["POST /v3/users/{user_id}/access-tokens"]),
    ("/tokens/*", &["POST /v3/users/{user_id}/access-tokens"]),
    ("/system-accounts", &["POST /v3/system-accounts"]),
    ("/system-accounts/*", &["POST /v3/system-accounts"]),
    ("/teams", &["POST /v3/teams"]),
    ("/teams/*", &["POST /v3/teams"]),
    (
        "/administrators/{id}/access",
        &["PATCH /v3/users/{id}/assigned-roles"],
    ),
    (
        "/administrators/{id}/access/*",
        &["PATCH /v3/users/{id}/assigned-roles"],
    ),
];

/// How far a page is open to a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Open {
    /// Not at all.
    Shut,
    /// To look at it.
    Reading,
    /// To change what it shows.
    Changing,
}

/// How far the page with this path is open; `matched` is the path as it is routed, and `plane` a control plane
/// that it is about.
pub(super) fn open(rights: &Rights, (matched, path): (&str, &str), plane: &str) -> Open {
    let fitting = PAGES.iter().filter(|(page, _)| fits(page, matched));
    let Some((page, operations)) = fitting.max_by_key(|(page, _)| page.len()) else {
        return Open::Shut;
    };
    let reader = rights.holder.map(|holder| holder.to_string());
    let filled = |template: &str| {
        let parts = template.split('/').map(|part| match part {
            PLANE => plane.to_owned(),
            part if part.starts_with('{') => {
                let at = page.split('/').position(|of_page| of_page == part);
                match at.and_then(|at| path.split('/').nth(at)) {
                    Some(id) => id.to_owned(),
                    None if part == "{user_id}" => reader.clone().unwrap_or_default(),
                    None => part.to_owned(),
                }
            }
            part => part.to_owned(),
        });
        parts.collect::<Vec<_>>().join("/")
    };
    let allowed = |method: Option<Method>| {
        operations.iter().all(|operation| {
            let (own, template) = operation.split_once(' ').unwrap_or(("", operation));
            let method = method.clone().or_else(|| own.parse().ok());
            let needs = method.map_or_else(Vec::new, |method| of(&method, template));
            !needs.is_empty() && hold(rights, &needs, &filled(template)).is_ok()
        })
    };
    let changes = operations.iter().any(|one| !one.starts_with("GET "));
    match (changes && allowed(None), allowed(Some(Method::GET))) {
        (true, _) => Open::Changing,
        (false, true) => Open::Reading,
        (false, false) => Open::Shut,
    }
}

/// Whether what such a page asks depends on a control plane.
pub(super) fn is_of_plane(matched: &str) -> bool {
    let mut fitting = PAGES.iter().filter(|(page, _)| fits(page, matched));
    fitting.any(|(_, operations)| operations.iter().any(|one| one.contains(PLANE)))
}

/// Whether a path, as it is routed or as it came, is such a page.
fn fits(page: &str, matched: &str) -> bool {
    let (mut wanted, mut given) = (page.split('/'), matched.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (Some("*"), Some(_)) | (None, None) => return true,
            (Some(wanted), Some(given))
                if wanted == given || (wanted.starts_with('{') && given.starts_with('{')) => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::{Open, PAGES, open};
    use crate::model::rights::tests::{ONE, ORGANIZATION, OTHER, rights};
    use crate::model::{Access, EntityType, RoleName};
    use crate::platform::needs::of;

    #[test]
    fn every_page_names_operations_that_ask_for_something() {
        for (page, operations) in PAGES {
            assert!(!operations.is_empty(), "{page}");
            for operation in *operations {
                let (method, path) = operation.split_once(' ').unwrap();
                for method in [method.parse().unwrap(), Method::GET] {
                    assert!(!of(&method, path).is_empty(), "{page}: {method} {path}");
                }
            }
        }
    }

    #[test]
    fn a_role_opens_the_pages_of_its_entity_as_far_as_it_goes() {
        let portal = |name| rights(None, &[(EntityType::Portals, name, ONE)]);
        let pages = [
            ("/portals/{id}/settings", "/settings"),
            ("/portals/{id}/appearance", "/appearance"),
            ("/portals/{id}/pages/{page}", "/pages/x"),
            ("/portals/{id}/developers/decide", "/developers/decide"),
            ("/portals/{id}/delete", "/delete"),
        ];
        use Open::{Changing, Reading, Shut};
        for (name, expected) in [
            (RoleName::Viewer, [Reading; 5]),
            (
                RoleName::Maintainer,
                [Changing, Changing, Changing, Changing, Reading],
            ),
            (RoleName::Admin, [Changing; 5]),
            (
                RoleName::ContentEditor,
                [Reading, Reading, Changing, Reading, Reading],
            ),
            (
                RoleName::RegistrationApprover,
                [Reading, Reading, Reading, Changing, Reading],
            ),
        ] {
            let held = portal(name);
            for ((matched, below), expected) in pages.into_iter().zip(expected) {
                let path = format!("/portals/{ONE}{below}");
                assert_eq!(open(&held, (matched, &path), ""), expected, "{name} {path}");
                let path = format!("/portals/{OTHER}{below}");
                assert_eq!(open(&held, (matched, &path), ""), Shut, "{name} {path}");
            }
        }
        let creator = rights(
            None,
            &[(EntityType::Portals, RoleName::Creator, ORGANIZATION)],
        );
        assert_eq!(
            open(&creator, ("/portals/new", "/portals/new"), ""),
            Changing
        );
        assert_eq!(open(&creator, ("/teams", "/teams"), ""), Shut);
    }

    #[test]
    fn publishing_takes_the_consent_of_both_sides() {
        let matched = "/api-products/{id}/versions/{version}/portals/{portal}";
        let path = format!("/api-products/{ONE}/versions/x/portals/{OTHER}");
        let api = (EntityType::ApiProducts, RoleName::Publisher, ONE);
        let portal = (EntityType::Portals, RoleName::ProductPublisher, OTHER);
        assert_eq!(
            open(&rights(None, &[api]), (matched, &path), ""),
            Open::Reading
        );
        assert_eq!(
            open(&rights(None, &[api, portal]), (matched, &path), ""),
            Open::Changing
        );
    }

    #[test]
    fn the_roles_of_the_console_go_as_far_as_ever_and_unknown_pages_are_shut() {
        for (access, portals, accounts) in [
            (Access::Owner, Open::Changing, Open::Changing),
            (Access::Admin, Open::Changing, Open::Reading),
            (Access::Viewer, Open::Reading, Open::Reading),
            (Access::Gateway, Open::Shut, Open::Shut),
        ] {
            let held = rights(Some(access), &[]);
            assert_eq!(open(&held, ("/portals", "/portals"), ""), portals);
            assert_eq!(open(&held, ("/teams/{id}", "/teams/x"), ""), accounts);
        }
        let owner = rights(Some(Access::Owner), &[]);
        assert_eq!(open(&owner, ("/elsewhere", "/elsewhere"), ""), Open::Shut);
    }
}
