//! One operation: what it takes, what it gives, how it is called.

use web::components::badge;
use web::{Markup, Page, Text, Tone, html};

use super::navigation::{href, name, schemas};
use super::schema::Tree;
use super::{Here, Shown, broken, code, described, method, onward, try_it};
use crate::pages::markdown;
use crate::pages::reference::{
    Body, Call, Content, Document, Entry, Operation, Parameter, Place, Response,
};

/// The page of the operation with this key.
pub(crate) fn operation(shown: &Shown, document: &Document, key: &str) -> Option<Page> {
    let (at, entry) = document.find(key)?;
    let read = Operation::read(document, entry)?;
    let text = shown.text();
    let here = Here::Operation(at);
    let prefix = schemas(here);
    let tree = Tree {
        text,
        schemas: &prefix,
    };
    let bases = shown.bases(document);
    let credentials = shown.credentials(document, read.said);
    let base = bases.first().map_or("", String::as_str);
    let call = Call::of(&read, base, credentials.first());
    let main = html! {
        article.operation {
            (head(text, document, at, base))
            div.operation-columns {
                div.operation-text {
                    (described(read.description.filter(|said| *said != entry.summary)))
                    @if let Some((url, name)) = read.more.filter(|(url, _)| url.contains(':') && markdown::is_safe(url)) {
                        p { a href=(url) rel="noopener" { (name) } }
                    }
                    (parameters(tree, &read))
                    @if let Some(body) = &read.body { (sent(tree, body)) }
                    (responses(tree, &read))
                    (onward::callbacks(tree, &read))
                }
                @if !entry.webhook {
                    div.operation-side {
                        (code::request(text, &call))
                        (code::answers(text, &read))
                    }
                }
            }
            @if !entry.webhook { (try_it::section(shown, &read, &bases, &credentials)) }
            (neighbours(text, document, at))
        }
    };
    Some(shown.page(document, here, &entry.title(), main))
}

fn head(text: Text, document: &Document, at: usize, base: &str) -> Markup {
    let entry = &document.entries()[at];
    let group = document
        .groups()
        .iter()
        .find(|group| group.entries.contains(&at));
    html! {
        div.operation-head {
            @if let Some(group) = group { p.overline { (name(text, group)) } }
            h2 tabindex="-1" {
                (entry.title())
                @if entry.deprecated { " " (badge(Tone::Warning, &text.get("product-version-deprecated"))) }
                @if entry.webhook { " " (badge(Tone::Info, &text.get("reference-webhook"))) }
            }
            p.endpoint {
                (method(&entry.method)) " "
                code.wraps {
                    @if !entry.webhook { span.endpoint-base { (base.trim_end_matches('/')) } }
                    (entry.path)
                }
                @if !entry.webhook { a.button.button-small.button-secondary href="#try" { (text.get("reference-try")) } }
            }
        }
    }
}

fn parameters(tree: Tree<'_>, operation: &Operation<'_>) -> Markup {
    let text = tree.text;
    let of = |place| -> Vec<&Parameter<'_>> {
        let all = operation.parameters.iter();
        all.filter(|parameter| parameter.place == place).collect()
    };
    html! {
        @if !operation.parameters.is_empty() || !operation.broken.is_empty() {
            section.operation-part aria-labelledby="parameters" {
                h3 id="parameters" { (text.get("reference-parameters")) }
                @for reference in &operation.broken { (broken(text, reference)) }
                @for place in Place::ALL {
                    @let found = of(place);
                    @if !found.is_empty() {
                        h4 { (text.get(&format!("reference-in-{}", place.word()))) }
                        ul.members { @for parameter in found { (member(tree, parameter)) } }
                    }
                }
            }
        }
    }
}

fn member(tree: Tree<'_>, parameter: &Parameter<'_>) -> Markup {
    let text = tree.text;
    let more = html! {
        @if parameter.deprecated && !parameter.schema.deprecated {
            " " (badge(Tone::Warning, &text.get("product-version-deprecated")))
        }
        @if let Some(example) = parameter.example.filter(|_| parameter.schema.example.is_none()) {
            " " span.fine { (text.get("reference-example-is")) " "
                code.wraps { (example.as_str().map_or_else(|| example.to_string(), str::to_owned)) } }
        }
    };
    tree.member(
        parameter.name,
        parameter.required,
        parameter.description,
        &parameter.schema,
        more,
    )
}

fn sent(tree: Tree<'_>, body: &Body<'_>) -> Markup {
    let text = tree.text;
    html! {
        section.operation-part aria-labelledby="body" {
            h3 id="body" {
                (text.get("reference-body"))
                @if body.required { " " span.member-required { (text.get("reference-required")) } }
            }
            @if let Some(reference) = body.broken { (broken(text, reference)) }
            (described(body.description))
            @for (at, content) in body.contents.iter().enumerate() {
                (contents(tree, content, body.contents.len() == 1 || at == 0, html! { (code::bodies(text, content, &format!("body-{at}"))) }))
            }
        }
    }
}

pub(super) fn contents(tree: Tree<'_>, content: &Content<'_>, open: bool, more: Markup) -> Markup {
    html! {
        details.content open[open] {
            summary { code.wraps { (content.media_type) } }
            @if let Some(schema) = &content.schema { (tree.whole(schema)) }
            (more)
        }
    }
}

fn responses(tree: Tree<'_>, operation: &Operation<'_>) -> Markup {
    let text = tree.text;
    html! {
        @if !operation.responses.is_empty() {
            section.operation-part aria-labelledby="responses" {
                h3 id="responses" { (text.get("reference-responses")) }
                @for (at, response) in operation.responses.iter().enumerate() { (answer(tree, response, at == 0)) }
            }
        }
    }
}

pub(super) fn answer(tree: Tree<'_>, response: &Response<'_>, open: bool) -> Markup {
    let text = tree.text;
    let description = response.description.unwrap_or_default();
    let (first, rest) = description.split_once('\n').unwrap_or((description, ""));
    let is_plain = rest.trim().is_empty() && !first.contains(['`', '*', '[', '_', '<', '#']);
    html! {
        details.response open[open] {
            summary {
                span class=(code::status_class(response.status)) { (response.status) } " "
                @if is_plain { span { (first) } }
            }
            @if let Some(reference) = response.broken { (broken(text, reference)) }
            @if !is_plain { (described(response.description)) }
            @if !response.headers.is_empty() {
                h4 { (text.get("reference-headers")) }
                ul.members { @for header in &response.headers { (member(tree, header)) } }
            }
            @for (at, content) in response.contents.iter().enumerate() { (contents(tree, content, at == 0, html! {})) }
            @if response.contents.is_empty() && response.headers.is_empty() && response.broken.is_none() {
                p.fine { (text.get("reference-no-body")) }
            }
            (onward::links(text, &response.links))
        }
    }
}

/// The way to the operations before and after this one.
fn neighbours(text: Text, document: &Document, at: usize) -> Markup {
    let entries = document.entries();
    let before = at.checked_sub(1).and_then(|at| entries.get(at));
    let link = |entry: &Entry, word: &str| {
        html! {
            a href=(href(Here::Operation(at), entry)) {
                span.fine { (text.get(word)) } " " span { (entry.title()) }
            }
        }
    };
    html! {
        @if entries.len() > 1 {
            nav.neighbours aria-label=(text.get("reference-neighbours")) {
                @if let Some(entry) = before { (link(entry, "reference-before")) }
                @if let Some(entry) = entries.get(at + 1) { (link(entry, "reference-after")) }
            }
        }
    }
}
