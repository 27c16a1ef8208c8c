//! Requests and answers to read and to copy.

use web::components::code_block;
use web::{Markup, Text, html};

use crate::pages::reference::{Call, Content, Example, Operation, samples};

/// The request in every language; one of them is open.
pub(super) fn request(text: Text, call: &Call) -> Markup {
    html! {
        section.side-panel aria-labelledby="samples" {
            h3 id="samples" { (text.get("reference-sample")) }
            @for (at, sample) in samples(call).iter().enumerate() {
                details.sample name="samples" open[at == 0] {
                    summary { (sample.language) }
                    (code_block(text, &format!("sample-{}", sample.language.to_lowercase()), &sample.code))
                }
            }
        }
    }
}

/// What answers look like; the first that has an example is open.
pub(super) fn answers(text: Text, operation: &Operation<'_>) -> Markup {
    let contents = operation.responses.iter().flat_map(|response| {
        let contents = response.contents.iter();
        contents.map(|content| (response.status, content))
    });
    let shown = contents.flat_map(|(status, content)| {
        content
            .examples
            .iter()
            .map(move |example| (status, content, example))
    });
    let shown: Vec<(&str, &Content<'_>, &Example)> = shown.collect();
    html! {
        @if !shown.is_empty() {
            section.side-panel aria-labelledby="answers" {
                h3 id="answers" { (text.get("reference-answers")) }
                @for (at, (status, content, example)) in shown.iter().enumerate() {
                    details.sample name="answers" open[at == 0] {
                        summary {
                            span class=(status_class(status)) { (status) } " " (content.media_type)
                            @if !example.name.is_empty() { " · " (example.name) }
                        }
                        (block(text, &format!("answer-{at}"), example))
                    }
                }
            }
        }
    }
}

/// The examples of a body, whose ids begin with `prefix`.
pub(super) fn bodies(text: Text, content: &Content<'_>, prefix: &str) -> Markup {
    html! {
        @for (number, example) in content.examples.iter().enumerate() {
            details.tree {
                summary {
                    (text.get("reference-example"))
                    @if !example.name.is_empty() { " · " (example.name) }
                }
                (block(text, &format!("{prefix}-{number}"), example))
            }
        }
    }
}

/// An example by itself, if there is one.
pub(super) fn example_block(text: Text, id: &str, example: &Example) -> Markup {
    html! {
        @if !example.text.is_empty() {
            section.side-panel aria-labelledby=(format!("{id}-title")) {
                h3 id=(format!("{id}-title")) { (text.get("reference-example")) }
                (block(text, id, example))
            }
        }
    }
}

fn block(text: Text, id: &str, example: &Example) -> Markup {
    html! {
        (code_block(text, id, &example.text))
        @if example.cut { p.fine { (text.get("reference-cut")) } }
    }
}

/// How a status is meant.
pub(super) fn status_class(status: &str) -> &'static str {
    match status.as_bytes().first() {
        Some(b'2') => "badge badge-success",
        Some(b'3') => "badge badge-info",
        Some(b'4') => "badge badge-warning",
        Some(b'5') => "badge badge-danger",
        _ => "badge",
    }
}
