//! What is different between two states of an Action.

use similar::{ChangeTag, TextDiff};
use web::{Markup, Text, html};

use crate::model::action::Content;

/// Unchanged lines around what changed.
const AROUND: usize = 3;

/// The differences in code, packages and names of secrets.
pub(in crate::console::actions) fn shown(text: Text, before: &Content, after: &Content) -> Markup {
    let packages = |content: &Content| -> String {
        let list = content.dependencies.iter();
        list.map(|package| format!("{} {}\n", package.name, package.version))
            .collect()
    };
    let secrets = |content: &Content| -> String {
        let list = content.secret_names.iter();
        // A value that was replaced shows by its time.
        list.map(|secret| format!("{} ({})\n", secret.name, secret.updated_at.to_rfc3339()))
            .collect()
    };
    let parts = [
        ("actions-code", before.code.clone(), after.code.clone()),
        ("actions-dependencies", packages(before), packages(after)),
        ("actions-secrets", secrets(before), secrets(after)),
    ];
    let changed: Vec<_> = parts.iter().filter(|(_, old, new)| old != new).collect();
    html! {
        @if changed.is_empty() {
            p.fine { (text.get("actions-no-difference")) }
        }
        @for (title, old, new) in changed {
            h3.diff-title { (text.get(title)) }
            (lines(text, &text.get(title), old, new))
        }
    }
}

fn lines(text: Text, title: &str, old: &str, new: &str) -> Markup {
    let diff = TextDiff::from_lines(old, new);
    let groups = diff.grouped_ops(AROUND);
    let number = |index: Option<usize>| index.map(|index| index + 1);
    html! {
        div.diff tabindex="0" role="region" aria-label=(title) {
            table {
                caption.visually-hidden { (text.get("actions-diff-caption")) }
                thead.visually-hidden {
                    tr {
                        th scope="col" { (text.get("actions-diff-old")) }
                        th scope="col" { (text.get("actions-diff-new")) }
                        th scope="col" { (text.get("actions-diff-line")) }
                    }
                }
                @for group in &groups {
                    tbody {
                        @for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
                            @let (class, sign, word) = match change.tag() {
                                ChangeTag::Delete => (Some("diff-removed"), "−", Some("actions-diff-removed")),
                                ChangeTag::Insert => (Some("diff-added"), "+", Some("actions-diff-added")),
                                ChangeTag::Equal => (None, " ", None),
                            };
                            tr class=[class] {
                                td.diff-number { @if let Some(n) = number(change.old_index()) { (n) } }
                                td.diff-number { @if let Some(n) = number(change.new_index()) { (n) } }
                                td.diff-line {
                                    span aria-hidden="true" { (sign) }
                                    @if let Some(word) = word { span.visually-hidden { (text.get(word)) ": " } }
                                    (change.value().trim_end_matches('\n'))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use web::{Locale, Text};

    use super::lines;
    use crate::console::actions::CATALOG;

    #[test]
    fn a_difference_shows_lines_that_went_and_came_with_their_numbers() {
        let text = Text::new(Locale::En).of(&CATALOG);
        let html = lines(text, "Code", "a\n<b>\nc\n", "a\nd\nc\n").into_string();
        assert!(
            html.contains("diff-removed") && html.contains("diff-added"),
            "{html}"
        );
        assert!(html.contains("&lt;b&gt;"), "{html}");
    }
}
