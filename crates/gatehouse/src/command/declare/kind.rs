//! The kinds of object that can be declared: how each is called, and where it stands.

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
    /// The picture of a product in catalogues.
    Icon,
    Version,
    Specification,
    Document,
    /// Where audit entries are sent.
    Destination,
    /// What is the same in every portal.
    Organization,
    OrganizationWebhook,
    Portal,
    Appearance,
    /// The looks that v3 knows.
    Customization,
    Authentication,
    /// From where a portal may be reached.
    AllowList,
    /// From whom the mails of a portal come.
    Sender,
    /// What a mail of a portal says.
    Template,
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

    /// The file in the folder of one that has more files than one.
    pub(super) const fn main_file(self) -> Option<&'static str> {
        match self {
            Self::Product => Some("product"),
            Self::Portal => Some("portal"),
            _ => None,
        }
    }

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
            Self::Icon => "icon",
            Self::Version => "version",
            Self::Specification => "specification",
            Self::Document => "document",
            Self::Destination => "audit log destination",
            Self::Organization => "organization",
            Self::OrganizationWebhook => "audit log webhook of the organization",
            Self::Portal => "portal",
            Self::Appearance => "appearance",
            Self::Customization => "customization",
            Self::Authentication => "sign-in settings",
            Self::AllowList => "IP allow list",
            Self::Sender => "email config",
            Self::Template => "email template",
            Self::Publication => "publication",
            Self::Offer => "published version",
            Self::Team => "team",
            Self::Webhook => "audit log webhook",
            Self::Snippet => "snippet",
            Self::Page => "page",
        }
    }

    /// The words with an article: "an API product".
    pub(super) fn one(self) -> String {
        let words = self.words();
        let vowel = words.starts_with(['a', 'e', 'i', 'o', 'A', 'I']);
        format!("{} {words}", if vowel { "an" } else { "a" })
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
            single("icon", Kind::Icon),
            list("versions", Kind::Version),
            list("documents", Kind::Document),
        ];
        const VERSION: &[Child] = &[single("specification", Kind::Specification)];
        const DOCUMENT: &[Child] = &[list("documents", Kind::Document)];
        const ORGANIZATION: &[Child] = &[single("audit_log_webhook", Kind::OrganizationWebhook)];
        const PORTAL: &[Child] = &[
            single("appearance", Kind::Appearance),
            single("customization", Kind::Customization),
            single("authentication_settings", Kind::Authentication),
            single("ip_allow_list", Kind::AllowList),
            single("email_config", Kind::Sender),
            list("email_templates", Kind::Template),
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
            Self::Organization => ORGANIZATION,
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
                | Self::Organization
                | Self::OrganizationWebhook
                | Self::Appearance
                | Self::Customization
                | Self::Authentication
                | Self::AllowList
                | Self::Sender
                | Self::Webhook
        )
    }

    /// Whether siblings stand in an order of their own.
    pub(super) const fn is_ordered(self) -> bool {
        matches!(self, Self::Document | Self::Page)
    }

    /// The member whose content may lie in a file of its own.
    pub(super) const fn aside(self) -> Option<&'static str> {
        match self {
            Self::Icon => Some("data"),
            kind if kind.has_text() => Some("content"),
            _ => None,
        }
    }

    /// Whether that is a text.
    pub(super) const fn has_text(self) -> bool {
        matches!(
            self,
            Self::Specification | Self::Document | Self::Snippet | Self::Page
        )
    }
}
