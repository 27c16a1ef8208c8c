//! An API: what it is, its versions, its documents.

use web::components::{
    Crumb, Definition, Tab, badge, breadcrumbs, definitions, empty_state, notice, picture, tabs,
};
use web::{Markup, Page, Text, Tone, Visitor, html};

use crate::pages::markdown;
use crate::pages::specification::Scheme;
use crate::pages::text::{credential, text};

/// An API with what the reader may see of it.
#[derive(Clone, Debug)]
pub(crate) struct Product {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    /// The address of its picture.
    pub(crate) icon: Option<String>,
    /// Newest first.
    pub(crate) versions: Vec<Version>,
    /// In order; children follow their parents.
    pub(crate) documents: Vec<DocumentLink>,
}

/// A version as it is published.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) deprecated: bool,
    pub(crate) has_specification: bool,
    /// `key_auth`, `client_credentials`, … of the strategy it asks for.
    pub(crate) credential_type: Option<String>,
    pub(crate) registration: Registration,
    /// Where the gateway serves it.
    pub(crate) base_urls: Vec<String>,
    /// The credentials that it takes.
    pub(crate) schemes: Vec<Scheme>,
    /// What developers may choose from when they register; empty if they do not choose.
    pub(crate) scopes: Vec<String>,
}

/// How one registers for a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Registration {
    Open,
    Reviewed,
    Closed,
    /// The reader may not: no team of theirs has the role.
    Denied,
}

impl Registration {
    /// Whether the reader can register.
    pub(crate) const fn takes(self) -> bool {
        matches!(self, Self::Open | Self::Reviewed)
    }
}

/// A document in the tree.
#[derive(Clone, Debug)]
pub(crate) struct DocumentLink {
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) children: Vec<DocumentLink>,
}

/// A document to read.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) markdown: String,
}

/// What the tabs lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Overview,
    Documents,
    Reference,
}

/// The top of every page about the product: way back, name, tabs.
pub(crate) fn heading(visitor: &Visitor, product: &Product, part: Part) -> Markup {
    let text = text(visitor);
    let home = format!("/products/{}", product.id);
    let labels = [
        text.get("product-overview"),
        text.get("product-documents"),
        text.get("product-reference"),
    ];
    let mut shown = vec![Tab {
        label: &labels[0],
        href: home.clone(),
        current: part == Part::Overview,
    }];
    if let Some(first) = product.documents.first() {
        let href = format!("{home}/docs/{}", first.slug);
        shown.push(Tab {
            label: &labels[1],
            href,
            current: part == Part::Documents,
        });
    }
    if let Some(version) = product
        .versions
        .iter()
        .find(|version| version.has_specification)
    {
        let href = format!("{home}/versions/{}/reference", version.id);
        shown.push(Tab {
            label: &labels[2],
            href,
            current: part == Part::Reference,
        });
    }
    html! {
        (breadcrumbs(text, &[Crumb { label: &text.get("nav-catalogue"), href: "/apis" }]))
        @match &product.icon {
            Some(icon) => div.pictured { (picture(icon)) h1 { (product.name) } },
            None => h1 { (product.name) },
        }
        div.spaced { (tabs(&product.name, &shown)) }
    }
}

pub(crate) fn overview(visitor: &Visitor, product: &Product) -> Page {
    let text = text(visitor);
    let main = html! {
        (heading(visitor, product, Part::Overview))
        div.prose {
            @match product.description.as_deref().map(str::trim).filter(|description| !description.is_empty()) {
                Some(description) => (markdown::render(&product.name, description)),
                None => p.fine { (text.get("product-no-description")) },
            }
        }
        section.section aria-labelledby="versions" {
            div.section-heading { h2 id="versions" { (text.get("product-versions")) } }
            @if product.versions.is_empty() {
                (empty_state(&text.get("product-no-versions-title"), &text.get("product-no-versions-next"), None))
            }
            @for (at, version) in product.versions.iter().enumerate() {
                (version_panel(text, product, version, at == 0 && product.versions.len() > 1))
            }
        }
        @if !product.documents.is_empty() {
            section.section aria-labelledby="documents" {
                div.section-heading { h2 id="documents" { (text.get("product-documents")) } }
                div.panel.sidebar { (tree(product, &product.documents, None)) }
            }
        }
    };
    visitor.page(&product.name).main(main)
}

fn version_panel(text: Text, product: &Product, version: &Version, latest: bool) -> Markup {
    let base = format!("/products/{}/versions/{}", product.id, version.id);
    let (tone, access) = match version.registration {
        Registration::Open => (Tone::Success, "product-access-open"),
        Registration::Reviewed => (Tone::Info, "product-access-review"),
        Registration::Closed => (Tone::Neutral, "product-access-closed"),
        Registration::Denied => (Tone::Neutral, "product-access-denied"),
    };
    let mut facts = Vec::new();
    if !version.base_urls.is_empty() {
        let value = html! { @for url in &version.base_urls { div { code { (url) } } } };
        facts.push(Definition::new(text.get("product-base-url"), value));
    }
    if let Some(kind) = &version.credential_type {
        facts.push(Definition::new(
            text.get("product-how-to-sign"),
            html! { (credential(text, kind)) },
        ));
    }
    facts.push(Definition::new(
        text.get("product-access"),
        badge(tone, &text.get(access)),
    ));
    html! {
        section.panel aria-label=(format!("{} {}", text.get("product-version"), version.name)) {
            div.section-heading {
                h3 {
                    (version.name)
                    @if latest { " " (badge(Tone::Info, &text.get("product-version-latest"))) }
                    @if version.deprecated { " " (badge(Tone::Warning, &text.get("product-version-deprecated"))) }
                }
                div.actions {
                    @if version.has_specification {
                        a.button.button-small.button-secondary href=(format!("{base}/reference")) {
                            (text.get("product-read-reference")) span.visually-hidden { " " (version.name) }
                        }
                    }
                    @if version.registration.takes() {
                        a.button.button-small.button-primary href=(format!("{base}/register")) {
                            (text.get("product-register")) span.visually-hidden { " " (version.name) }
                        }
                    }
                }
            }
            @if version.deprecated { (notice(text, Tone::Warning, html! { (text.get("deprecated-notice")) })) }
            (definitions(&facts))
        }
    }
}

pub(crate) fn document(visitor: &Visitor, product: &Product, document: &Document) -> Page {
    let text = text(visitor);
    let main = html! {
        (heading(visitor, product, Part::Documents))
        div.with-sidebar {
            nav.sidebar aria-label=(text.get("product-documents")) {
                (tree(product, &product.documents, Some(&document.slug)))
            }
            article.prose {
                h2 { (document.title) }
                (markdown::render(&document.title, &document.markdown))
            }
        }
    };
    visitor
        .page(&format!("{} · {}", document.title, product.name))
        .main(main)
}

fn tree(product: &Product, documents: &[DocumentLink], current: Option<&str>) -> Markup {
    html! {
        ul {
            @for document in documents {
                li {
                    a href=(format!("/products/{}/docs/{}", product.id, document.slug))
                        aria-current=[(current == Some(document.slug.as_str())).then_some("page")] { (document.title) }
                    @if !document.children.is_empty() { (tree(product, &document.children, current)) }
                }
            }
        }
    }
}
