//! What the API is, where it is, how one gets in, and the list of its operations.

use serde_json::Value;
use web::components::{Definition, Pagination, badge, definitions, empty_state};
use web::{Markup, Page, Text, Tone, html, query_value};

use super::navigation::{href, name};
use super::{Here, Shown, authentication, described, method};
use crate::pages::markdown;
use crate::pages::reference::{Document, Entry, Group};

/// How many operations one page lists.
const SIZE: usize = 250;
/// How many schemas are listed.
const SCHEMAS: usize = 500;

/// Operations whose words hold `query`, in pages.
pub(crate) fn overview(shown: &Shown, document: &Document, query: &str, page: u32) -> Page {
    let text = shown.text();
    let info = &document.root()["info"];
    let title = info["title"].as_str().unwrap_or(&shown.product.name);
    let description = info["description"].as_str().unwrap_or_default();
    let main = html! {
        div.reference-text {
            @if query.is_empty() && page == 1 {
                section aria-labelledby="about" {
                    div.section-heading {
                        h2 id="about" { (title) }
                        @if let Some(version) = info["version"].as_str().filter(|version| !version.is_empty()) {
                            (badge(Tone::Neutral, &text.with("reference-version", [("version", version.into())])))
                        }
                    }
                    @if let Some(summary) = info["summary"].as_str() { p.lead { (summary) } }
                    @if !description.trim().is_empty() { div.prose { (markdown::render(title, description)) } }
                    (facts(shown, document, info))
                }
                (authentication::section(shown, document))
            }
            (operations(shown, document, query, page))
            @if query.is_empty() && page == 1 { (schemas(text, document)) }
        }
    };
    shown.page(document, Here::Overview, "", main)
}

fn facts(shown: &Shown, document: &Document, info: &Value) -> Markup {
    let text = shown.text();
    let mut facts = Vec::new();
    let bases = shown.bases(document);
    if !bases.is_empty() {
        let value = html! { @for base in &bases { div { code.wraps { (base) } } } };
        facts.push(Definition::new(text.get("product-base-url"), value));
    }
    let (contact, licence) = (&info["contact"], &info["license"]);
    let mail = contact["email"]
        .as_str()
        .map(|mail| format!("mailto:{mail}"));
    let said = [
        contact["name"].as_str(),
        contact["email"].as_str(),
        contact["url"].as_str(),
    ];
    if let Some(name) = said.into_iter().flatten().next() {
        let to = contact["url"].as_str().map(str::to_owned).or(mail);
        facts.push(Definition::new(
            text.get("reference-contact"),
            link(to.as_deref(), name),
        ));
    }
    if let Some(name) = licence["name"].as_str() {
        facts.push(Definition::new(
            text.get("reference-licence"),
            link(licence["url"].as_str(), name),
        ));
    }
    if let Some(terms) = info["termsOfService"].as_str() {
        facts.push(Definition::new(
            text.get("reference-terms"),
            link(Some(terms), terms),
        ));
    }
    let more = &document.root()["externalDocs"];
    if let Some(url) = more["url"].as_str() {
        let name = more["description"].as_str().unwrap_or(url);
        facts.push(Definition::new(
            text.get("reference-more"),
            link(Some(url), name),
        ));
    }
    let address = shown.address();
    let files = html! {
        a href=(format!("{address}/openapi.json")) download { "JSON" } ", "
        a href=(format!("{address}/openapi.yaml")) download { "YAML" }
    };
    facts.push(Definition::new(text.get("reference-download"), files));
    html! { div.reference-facts { (definitions(&facts)) } }
}

/// A link, if it leads where a document may lead.
fn link(url: Option<&str>, name: &str) -> Markup {
    let url = url.filter(|url| url.contains(':') && markdown::is_safe(url));
    html! {
        @match url {
            Some(url) => { a.wraps href=(url) rel="noopener" { (name) } }
            None => (name),
        }
    }
}

fn operations(shown: &Shown, document: &Document, query: &str, page: u32) -> Markup {
    let text = shown.text();
    let all = document
        .groups()
        .iter()
        .flat_map(|group| group.entries.iter().map(move |at| (group, *at)));
    let found: Vec<(&Group, usize)> = all
        .filter(|(group, at)| holds(group, &document.entries()[*at], query))
        .collect();
    let from = SIZE * usize::try_from(page.saturating_sub(1)).unwrap_or(0);
    let listed = found
        .get(from..(from + SIZE).min(found.len()))
        .unwrap_or_default();
    let prefix = match query {
        "" => "reference?page=".to_owned(),
        query => format!("reference?q={}&page=", query_value(query)),
    };
    let pages = Pagination {
        text,
        page,
        size: u32::try_from(SIZE).unwrap_or(1),
        total: u64::try_from(found.len()).unwrap_or(0),
        prefix: &prefix,
    };
    html! {
        section.section aria-labelledby="operations" {
            h2 id="operations" { (text.get("reference-operations")) }
            @if !query.is_empty() {
                p.fine.spaced {
                    (text.with("reference-found", [("count", found.len().into()), ("query", query.into())])) " "
                    a href="reference" { (text.get("reference-show-all")) }
                }
            }
            @if found.is_empty() && query.is_empty() {
                div.spaced { (empty_state(&text.get("reference-none"), &text.get("reference-none-next"), None)) }
            }
            @for part in listed.chunk_by(|a, b| a.0.anchor == b.0.anchor) {
                @let group = part[0].0;
                div.operation-group {
                    h3 id=(group.anchor) { (name(text, group)) }
                    @if !group.description.is_empty() { (described(Some(&group.description))) }
                    ul.operation-list { @for (_, at) in part { (row(text, &document.entries()[*at])) } }
                }
            }
            (pages)
        }
    }
}

fn holds(group: &Group, entry: &Entry, query: &str) -> bool {
    let query = query.to_lowercase();
    let words = format!(
        "{} {} {} {} {}",
        entry.method, entry.path, entry.summary, entry.key, group.name
    );
    words.to_lowercase().contains(&query)
}

fn row(text: Text, entry: &Entry) -> Markup {
    html! {
        li {
            (method(&entry.method))
            div {
                a href=(href(Here::Overview, entry)) { (entry.title()) }
                @if entry.deprecated { " " (badge(Tone::Warning, &text.get("product-version-deprecated"))) }
                @if entry.webhook { " " (badge(Tone::Info, &text.get("reference-webhook"))) }
                @if !entry.summary.is_empty() { code.wraps { (entry.path) } }
            }
        }
    }
}

fn schemas(text: Text, document: &Document) -> Markup {
    let names: Vec<&str> = document.schema_names().take(SCHEMAS + 1).collect();
    html! {
        @if !names.is_empty() {
            section.section aria-labelledby="schemas" {
                h2 id="schemas" { (text.get("reference-schemas")) }
                details.schema-list {
                    summary { (text.get("reference-schemas-show")) }
                    ul {
                        @for name in names.iter().take(SCHEMAS) {
                            li { a.wraps href=(format!("reference/schemas/{}", query_value(name))) { (name) } }
                        }
                    }
                    @if names.len() > SCHEMAS { p.fine { (text.get("reference-limit")) } }
                }
            }
        }
    }
}
