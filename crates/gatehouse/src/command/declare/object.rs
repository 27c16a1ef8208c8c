//! What is declared: objects by name, each with the members that can be written.

use serde_json::{Map, Value};

/// A kind of object. The order is that in which objects are made: what is referred to comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    ControlPlane,
    Service,
    Route,
    Provider,
    Strategy,
    Product,
    /// What v3 alone says of a product.
    Api,
    Version,
    Specification,
    Document,
    /// Where audit entries are sent.
    Destination,
    Portal,
    Appearance,
    /// The looks that v3 knows.
    Customization,
    Authentication,
    /// A product in a portal.
    Publication,
    /// A version of a product in a portal.
    Offer,
    /// Who may see and do what in a portal.
    Team,
    /// The sending of a portal's audit entries.
    Webhook,
    /// What pages of a portal include by name.
    Snippet,
    /// A page of a portal.
    Page,
}

/// Where objects of a kind stand inside the one that they belong to.
pub(super) struct Child {
    /// The member that holds them.
    pub(super) member: &'static str,
    pub(super) kind: Kind,
    /// A list, each under its name; otherwise one without a name.
    pub(super) many: bool,
}

const fn list(member: &'static str, kind: Kind) -> Child {
    Child {
        member,
        kind,
        many: true,
    }
}

const fn single(member: &'static str, kind: Kind) -> Child {
    Child {
        member,
        kind,
        many: false,
    }
}

impl Kind {
    /// The kinds that have files of their own, and the folder of each.
    pub(super) const FOLDERS: [(Self, &'static str); 6] = [
        (Self::ControlPlane, "control-planes"),
        (Self::Provider, "dcr-providers"),
        (Self::Strategy, "auth-strategies"),
        (Self::Product, "api-products"),
        (Self::Destination, "audit-log-destinations"),
        (Self::Portal, "portals"),
    ];

    /// The words for people.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::ControlPlane => "control plane",
            Self::Service => "service",
            Self::Route => "route",
            Self::Provider => "DCR provider",
            Self::Strategy => "auth strategy",
            Self::Product => "API product",
            Self::Api => "API settings",
            Self::Version => "version",
            Self::Specification => "specification",
            Self::Document => "document",
            Self::Destination => "audit log destination",
            Self::Portal => "portal",
            Self::Appearance => "appearance",
            Self::Customization => "customization",
            Self::Authentication => "sign-in settings",
            Self::Publication => "publication",
            Self::Offer => "published version",
            Self::Team => "team",
            Self::Webhook => "audit log webhook",
            Self::Snippet => "snippet",
            Self::Page => "page",
        }
    }

    /// The member that names an object among its siblings.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Document | Self::Page => "slug",
            Self::Publication => "product",
            Self::Offer => "version",
            _ => "name",
        }
    }

    /// What objects of this kind hold.
    pub(super) const fn children(self) -> &'static [Child] {
        const PLANE: &[Child] = &[list("services", Kind::Service)];
        const SERVICE: &[Child] = &[list("routes", Kind::Route)];
        const PRODUCT: &[Child] = &[
            single("api", Kind::Api),
            list("versions", Kind::Version),
            list("documents", Kind::Document),
        ];
        const VERSION: &[Child] = &[single("specification", Kind::Specification)];
        const DOCUMENT: &[Child] = &[list("documents", Kind::Document)];
        const PORTAL: &[Child] = &[
            single("appearance", Kind::Appearance),
            single("customization", Kind::Customization),
            single("authentication_settings", Kind::Authentication),
            list("products", Kind::Publication),
            list("teams", Kind::Team),
            single("audit_log_webhook", Kind::Webhook),
            list("snippets", Kind::Snippet),
            list("pages", Kind::Page),
        ];
        const PAGE: &[Child] = &[list("pages", Kind::Page)];
        const PUBLICATION: &[Child] = &[list("versions", Kind::Offer)];
        match self {
            Self::ControlPlane => PLANE,
            Self::Service => SERVICE,
            Self::Product => PRODUCT,
            Self::Version => VERSION,
            Self::Document => DOCUMENT,
            Self::Portal => PORTAL,
            Self::Publication => PUBLICATION,
            Self::Page => PAGE,
            _ => &[],
        }
    }

    /// Whether an object is there as soon as the one that it belongs to is.
    pub(super) const fn comes_with_parent(self) -> bool {
        matches!(
            self,
            Self::Api
                | Self::Appearance
                | Self::Customization
                | Self::Authentication
                | Self::Webhook
        )
    }
}

/// Which object: its kind, and the names from the outermost to its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key {
    pub(super) kind: Kind,
    pub(super) path: Vec<String>,
}

impl Key {
    pub(super) fn new(kind: Kind, path: &[&str]) -> Self {
        let path = path.iter().map(|&name| name.to_owned()).collect();
        Self { kind, path }
    }

    /// The key of the object that this one belongs to, which is of `kind`.
    pub(super) fn above(&self, kind: Kind) -> Self {
        let end = self.path.len().saturating_sub(1);
        let path = self.path[..end].to_vec();
        Self { kind, path }
    }

    /// The object's own name.
    pub(super) fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// Whether this object goes when `other` does.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        let family = |kind: Kind| match kind {
            Kind::ControlPlane | Kind::Service | Kind::Route => 0,
            Kind::Provider => 1,
            Kind::Strategy => 2,
            Kind::Product | Kind::Api | Kind::Version | Kind::Specification | Kind::Document => 3,
            Kind::Portal
            | Kind::Appearance
            | Kind::Customization
            | Kind::Authentication
            | Kind::Publication
            | Kind::Offer
            | Kind::Snippet
            | Kind::Page
            | Kind::Team
            | Kind::Webhook => 4,
            Kind::Destination => 5,
        };
        // A version and a document may have one name, and a page, a snippet, a team and a product in a portal.
        let branch = |kind: Kind| match kind {
            Kind::Version | Kind::Specification => 1,
            Kind::Document => 2,
            Kind::Publication | Kind::Offer => 3,
            Kind::Snippet => 4,
            Kind::Page => 5,
            Kind::Team => 6,
            _ => 0,
        };
        let (theirs, own) = (branch(other.kind), branch(self.kind));
        let apart = theirs != 0 && theirs != own;
        !apart
            && self != other
            && family(self.kind) == family(other.kind)
            && self.path.len() >= other.path.len()
            && self.path.starts_with(&other.path)
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.kind.words(), self.path.join(" / "))
    }
}

/// A page's slug without the slashes that the vendor puts around it; the start page's is `/`.
pub(super) fn page_slug(slug: &str) -> &str {
    match slug.trim_matches('/') {
        "" => "/",
        slug => slug,
    }
}

/// One object and what can be written of it. References are names, texts are plain.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Object {
    pub(super) key: Key,
    pub(super) members: Map<String, Value>,
}

/// `${NAME}` as a whole value: the environment variable that holds it.
pub(super) fn placeholder(value: &Value) -> Option<&str> {
    let name = value.as_str()?.strip_prefix("${")?.strip_suffix('}')?;
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    (!name.is_empty() && name.bytes().all(fits)).then_some(name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Key, Kind, placeholder};

    #[test]
    fn what_an_object_holds_goes_with_it() {
        let product = Key::new(Kind::Product, &["Weather"]);
        let version = Key::new(Kind::Version, &["Weather", "v1"]);
        let document = Key::new(Kind::Document, &["Weather", "v1"]);
        let specification = Key::new(Kind::Specification, &["Weather", "v1"]);
        assert!(version.is_within(&product) && specification.is_within(&version));
        assert!(!document.is_within(&version) && !specification.is_within(&document));
        assert!(!product.is_within(&Key::new(Kind::Portal, &["Weather"])));
        let snippet = Key::new(Kind::Snippet, &["Docs", "help"]);
        let page = Key::new(Kind::Page, &["Docs", "help", "more"]);
        assert!(!page.is_within(&snippet) && page.is_within(&Key::new(Kind::Portal, &["Docs"])));
    }

    #[test]
    fn only_a_whole_value_is_a_placeholder() {
        assert_eq!(placeholder(&json!("${API_KEY_1}")), Some("API_KEY_1"));
        for other in [
            json!("x${API_KEY}"),
            json!("${}"),
            json!("${a b}"),
            json!(1),
        ] {
            assert_eq!(placeholder(&other), None);
        }
    }
}
