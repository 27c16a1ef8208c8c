//! What may follow a call: operations that a response leads to, and calls that the API makes in return.

use web::{Markup, Text, html};

use super::navigation::href;
use super::operation::{answer, contents};
use super::schema::Tree;
use super::{Here, broken, code, described, method};
use crate::pages::reference::{Callback, Link, Operation};

/// The links of a response, on the page of the operation `here`.
pub(super) fn links(text: Text, links: &[Link<'_>]) -> Markup {
    html! {
        @if !links.is_empty() {
            h4 { (text.get("reference-links")) }
            ul.members { @for link in links { (link_of(text, link)) } }
        }
    }
}

fn link_of(text: Text, link: &Link<'_>) -> Markup {
    html! {
        li.member {
            p.member-head {
                code.member-name.wraps { (link.name) } " "
                @match link.entry {
                    // Every operation has its page beside this one's.
                    Some(entry) => a href=(href(Here::Operation(0), entry)) { (entry.title()) },
                    None => code.wraps { (link.named) },
                }
            }
            (described(link.description))
            @for (name, value) in &link.values {
                p.fine { code { (name) } ": " code.wraps { (value) } }
            }
            @if let Some(body) = &link.body {
                p.fine { (text.get("reference-body")) ": " code.wraps { (body) } }
            }
        }
    }
}

/// The calls that the API makes in return.
pub(super) fn callbacks(tree: Tree<'_>, operation: &Operation<'_>) -> Markup {
    let text = tree.text;
    html! {
        @if !operation.callbacks.is_empty() || !operation.broken_callbacks.is_empty() {
            section.operation-part aria-labelledby="callbacks" {
                h3 id="callbacks" { (text.get("reference-callbacks")) }
                p.fine { (text.get("reference-callbacks-lead")) }
                @for reference in &operation.broken_callbacks { (broken(text, reference)) }
                @for (at, callback) in operation.callbacks.iter().enumerate() { (call(tree, at, callback)) }
            }
        }
    }
}

fn call(tree: Tree<'_>, at: usize, callback: &Callback<'_>) -> Markup {
    let text = tree.text;
    html! {
        details.response open[at == 0] {
            summary { (method(&callback.method)) " " code.wraps { (callback.address) } }
            p { (callback.summary.unwrap_or(callback.name)) }
            (described(callback.description))
            @if let Some(body) = &callback.body {
                h4 { (text.get("reference-body")) }
                @if let Some(reference) = body.broken { (broken(text, reference)) }
                (described(body.description))
                @for (place, content) in body.contents.iter().enumerate() {
                    @let examples = code::bodies(text, content, &format!("callback-{at}-{place}"));
                    (contents(tree, content, place == 0, examples))
                }
            }
            @if !callback.responses.is_empty() {
                h4 { (text.get("reference-responses")) }
                @for response in &callback.responses { (answer(tree, response, false)) }
            }
        }
    }
}
