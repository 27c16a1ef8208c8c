//! The OpenAPI reference, to read and to try.

use web::components::notice;
use web::{ContentPolicy, Page, Tone, Visitor, Width, html};

use super::product::{Part, Product, Version, heading};
use crate::pages::assets;
use crate::pages::specification::Operation;
use crate::pages::text::text;

/// The page that the renderer fills: the one page of the portal that needs a script.
///
/// The renderer is given the specification's address and the path of the portal through which its test
/// requests go; both are on this origin, so the page may connect to nothing else. It makes its own
/// stylesheet at run time, hence inline styles are allowed here and only here.
pub(crate) fn reference(
    visitor: &Visitor,
    product: &Product,
    version: &Version,
    operations: &[Operation],
) -> Page {
    let text = text(visitor);
    let base = format!("/products/{}/versions/{}", product.id, version.id);
    let main = html! {
        section.reference-top aria-label=(text.get("product-reference")) {
            (heading(visitor, product, Part::Reference))
            @if product.versions.len() > 1 {
                nav.version-switch aria-label=(text.get("product-versions")) {
                    ul {
                        @for other in product.versions.iter().filter(|other| other.has_specification) {
                            li {
                                a href=(format!("/products/{}/versions/{}/reference", product.id, other.id))
                                    aria-current=[(other.id == version.id).then_some("page")] { (other.name) }
                            }
                        }
                    }
                }
            }
            @if version.deprecated { (notice(text, Tone::Warning, html! { (text.get("deprecated-notice")) })) }
            noscript {
                p.notice.notice-info { (text.get("reference-needs-script")) }
                p { a href=(format!("{base}/openapi.json")) { (text.get("reference-download")) } }
                ul.operations {
                    @for operation in operations {
                        li { code { strong { (operation.method) } " " (operation.path) } " " (operation.summary) }
                    }
                }
            }
        }
        div id="reference" data-specification=(format!("{base}/openapi.json"))
            data-try=(format!("/try/{}", version.id))
            data-servers=(serde_json::to_string(&version.base_urls).unwrap_or_default()) {}
    };
    let head = html! {
        link rel="stylesheet" href=(assets().path("reference.css"));
        script src=(assets().path("api-reference/standalone.js")) defer {}
        script src=(assets().path("reference.js")) defer {}
    };
    let policy = ContentPolicy::default()
        .allow("style-src", "'unsafe-inline'")
        .allow("font-src", "data:")
        .allow("worker-src", "blob:");
    let title = format!(
        "{} {} · {}",
        product.name,
        version.name,
        text.get("product-reference")
    );
    visitor
        .page(&title)
        .width(Width::Full)
        .policy(policy)
        .head(head)
        .main(main)
}
