//! What is around every page of the console.

use portal::console::is_open;
use portal::model::Rights;
use web::{Account, Administrator, Brand, Frame, Link, MenuItem, Role, Section, Visitor};

use super::{Console, text};

/// The frame for this reader; outsiders see the way in alone.
pub(super) fn around(
    console: &Console,
    visitor: &Visitor,
    reader: Option<(&Administrator, &Rights)>,
) -> Frame {
    let text = text(visitor);
    let here = visitor.here();
    let mut frame = Frame {
        brand: Brand {
            name: console.portal.organization().name.clone(),
            ..Brand::default()
        },
        ..Frame::default()
    };
    let Some((administrator, rights)) = reader else {
        frame.welcome = vec![Link::new(text.get("sign-in"), "/sign-in", here)];
        return frame;
    };
    frame.sections = sections(console, visitor, (administrator.role, rights));
    frame.account = Some(Account {
        name: administrator.name.clone(),
        detail: administrator.email.clone(),
        menu: vec![
            MenuItem::Link(Link::new(text.get("nav-account"), "/account", here)),
            MenuItem::Link(Link::new(text.get("nav-tokens"), "/tokens", here)),
            MenuItem::Action {
                label: visitor.text().get("sign-out"),
                action: "/sign-out".into(),
            },
        ],
    });
    frame
}

/// Every part of the console, in the order of the navigation: heading, then text and address of each page.
const TENANT: &[(&str, &str)] = &[
    ("nav-clients", "/tenant/clients"),
    ("nav-apis", "/tenant/apis"),
    ("nav-connections", "/tenant/connections"),
    ("nav-users", "/tenant/users"),
    ("nav-roles", "/tenant/roles"),
    ("nav-logs", "/tenant/logs"),
    ("nav-settings", "/tenant/settings"),
];
const ACTIONS: &[(&str, &str)] = &[
    ("nav-actions-library", "/actions/library"),
    ("nav-actions-triggers", "/actions/triggers"),
    ("nav-actions-executions", "/actions/executions"),
];
const PORTAL: &[(&str, &str)] = &[
    ("nav-portals", "/portals"),
    ("nav-api-products", "/api-products"),
    ("nav-application-auth", "/application-auth"),
];
const GATEWAY: &[(&str, &str)] = &[
    ("nav-usage", "/gateway/usage"),
    ("nav-services", "/gateway/services"),
    ("nav-routes", "/gateway/routes"),
    ("nav-nodes", "/gateway/nodes"),
    ("nav-refusals", "/gateway/refusals"),
];
const TEAM: &[(&str, &str)] = &[
    ("nav-administrators", "/administrators"),
    ("nav-teams", "/teams"),
    ("nav-system-accounts", "/system-accounts"),
    ("nav-audit", "/audit"),
    ("nav-removed", "/removed"),
];

/// Whether a page is open to somebody. Whoever has no role in the console itself sees what their roles allow, and
/// nothing of the tenant, of which no role speaks.
pub(super) fn shows((role, rights): (Role, &Rights), href: &str) -> bool {
    let pages = match href {
        "/" => return true,
        "/application-auth" => vec![
            "/application-auth/strategies",
            "/application-auth/providers",
        ],
        href => vec![href],
    };
    role != Role::Member || pages.iter().any(|page| is_open(rights, page))
}

fn sections(console: &Console, visitor: &Visitor, reader: (Role, &Rights)) -> Vec<Section> {
    let text = text(visitor);
    let section = |title: String, pages: &[(&str, &str)]| Section {
        title,
        links: pages
            .iter()
            .filter(|(_, href)| shows(reader, href))
            .map(|(label, href)| Link::new(text.get(label), *href, visitor.here()))
            .collect(),
    };
    let mut sections = vec![section(String::new(), &[("nav-overview", "/")])];
    sections.push(section(text.get("nav-dev-portal"), PORTAL));
    if console.facts.tenant {
        sections.push(section(text.get("nav-tenant"), TENANT));
        sections.push(section(text.get("nav-actions"), ACTIONS));
    }
    sections.push(section(text.get("nav-gateway"), GATEWAY));
    sections.push(section(text.get("nav-team"), TEAM));
    sections.retain(|section| !section.links.is_empty());
    sections
}
