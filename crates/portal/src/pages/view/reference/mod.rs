//! The API reference, readable without a script: an overview, and a page for each operation and each schema.
//!
//! However large a document is, a page of it stays small, and an operation's address stays the same when
//! others come and go.

mod authentication;
mod code;
mod navigation;
mod onward;
mod operation;
mod overview;
mod schema;
#[cfg(test)]
mod tests;
mod try_it;

use web::components::{ListQuery, notice};
use web::{Markup, Page, Text, Tone, Visitor, Width, html};

use super::product::{Part, Product, Version, heading};
use crate::pages::assets;
use crate::pages::reference::{Credential, Document, credentials_of};
use crate::pages::text::text;

pub(crate) use operation::operation;
pub(crate) use overview::overview;
pub(crate) use schema::schema;

/// Whose reference it is, and who reads it.
pub(crate) struct Shown {
    pub(crate) visitor: Visitor,
    pub(crate) product: Product,
    pub(crate) version: Version,
    pub(crate) signed_in: bool,
}

/// Which page of it.
#[derive(Clone, Copy)]
enum Here {
    Overview,
    /// By its place in the document's list.
    Operation(usize),
    Schema,
}

impl Here {
    /// How far above this page the overview's address is: links among pages are relative, for a page holds
    /// hundreds of them.
    const fn up(self) -> &'static str {
        match self {
            Here::Overview => "reference",
            Here::Operation(_) | Here::Schema => "../../reference",
        }
    }
}

impl Shown {
    fn text(&self) -> Text {
        text(&self.visitor)
    }

    fn address(&self) -> String {
        format!("/products/{}/versions/{}", self.product.id, self.version.id)
    }

    /// Where requests go: the gateway's address, or where it serves nothing yet the document's own.
    fn bases(&self, document: &Document) -> Vec<String> {
        if !self.version.base_urls.is_empty() {
            return self.version.base_urls.clone();
        }
        let servers = document.root()["servers"].as_array().into_iter().flatten();
        let urls = servers.filter_map(|server| server["url"].as_str());
        urls.map(str::to_owned).take(20).collect()
    }

    /// What the gateway takes, or where it asks for nothing what the document says.
    fn credentials(&self, document: &Document, operation: &serde_json::Value) -> Vec<Credential> {
        match self.version.schemes.as_slice() {
            [] => credentials_of(document, operation),
            schemes => schemes.iter().map(Credential::from).collect(),
        }
    }

    fn page(&self, document: &Document, here: Here, title: &str, main: Markup) -> Page {
        let text = self.text();
        let searched = ListQuery::parse(self.visitor.here());
        let content = html! {
            div.reference {
                section.reference-top aria-label=(text.get("product-reference")) {
                    (heading(&self.visitor, &self.product, Part::Reference))
                    (self.versions())
                    @if self.version.deprecated {
                        (notice(text, Tone::Warning, html! { (text.get("deprecated-notice")) }))
                    }
                }
                (navigation::navigation(text, document, here, searched.search().unwrap_or_default()))
                main.reference-main { (main) }
            }
        };
        let head = html! {
            link rel="stylesheet" href=(assets().path("reference.css"));
            script src=(assets().path("reference.js")) defer {}
        };
        let part = text.get("product-reference");
        let title = match title {
            "" => format!("{} {} · {part}", self.product.name, self.version.name),
            title => format!(
                "{title} · {} {} · {part}",
                self.product.name, self.version.name
            ),
        };
        self.visitor
            .page(&title)
            .width(Width::Full)
            .head(head)
            .main(content)
    }

    fn versions(&self) -> Markup {
        let text = self.text();
        let versions = self
            .product
            .versions
            .iter()
            .filter(|other| other.has_specification);
        html! {
            @if self.product.versions.len() > 1 {
                nav.version-switch aria-label=(text.get("product-versions")) {
                    ul {
                        @for other in versions {
                            li {
                                a href=(format!("/products/{}/versions/{}/reference", self.product.id, other.id))
                                    aria-current=[(other.id == self.version.id).then_some("true")] { (other.name) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A method, coloured by what it does.
fn method(method: &str) -> Markup {
    let class = match method {
        "GET" | "HEAD" | "OPTIONS" | "TRACE" | "QUERY" => "method method-read",
        "POST" => "method method-make",
        "PUT" | "PATCH" => "method method-change",
        "DELETE" => "method method-remove",
        _ => "method",
    };
    html! { span class=(class) { (method) } }
}

/// A reference that leads nowhere.
fn broken(text: Text, reference: &str) -> Markup {
    let said = text.with("reference-broken", [("reference", reference.into())]);
    html! { p.notice.notice-warning.reference-broken { (said) } }
}

/// A description in Markdown.
fn described(description: Option<&str>) -> Markup {
    html! {
        @if let Some(description) = description {
            div.prose { (crate::pages::markdown::fragment(description)) }
        }
    }
}
