//! Text to copy.

use maud::{Markup, html};

use crate::locale::Text;

/// A block of code with a button that copies it. The button appears where scripts run; without them the
/// text can be selected as usual.
#[must_use]
pub fn code_block(text: Text, id: &str, code: &str) -> Markup {
    html! {
        div.code-block {
            pre tabindex="0" { code id=(id) { (code) } }
            (copy_button(text, id, None))
        }
    }
}

/// One value with its label and a button that copies it.
#[must_use]
pub fn copyable(text: Text, id: &str, label: &str, value: &str) -> Markup {
    html! {
        div.copyable {
            span.copyable-label id=(format!("{id}-label")) { (label) }
            div.copyable-row {
                code id=(id) aria-labelledby=(format!("{id}-label")) role="group" { (value) }
                (copy_button(text, id, Some(label)))
            }
        }
    }
}

fn copy_button(text: Text, id: &str, label: Option<&str>) -> Markup {
    html! {
        button.button.button-small.button-secondary.copy-button type="button" hidden
            data-copy=(id) data-copied=(text.get("copied")) {
            (text.get("copy"))
            @if let Some(label) = label { span.visually-hidden { " " (label) } }
        }
    }
}

/// A secret that this page alone shows: says so, and lets it be copied.
#[must_use]
pub fn shown_once(text: Text, values: Markup) -> Markup {
    html! {
        section.panel.shown-once aria-labelledby="shown-once-title" {
            div.notice.notice-warning role="status" {
                h2 id="shown-once-title" { (text.get("shown-once-title")) }
                p { (text.get("shown-once-lead")) }
            }
            (values)
        }
    }
}
