//! Trees of Markdown pages in the console: documents of a product, pages of a portal.

use std::fmt::Display;

use web::components::Choice;
use web::{Markup, Text, Visitor, html};

use super::portals::{status, text};
use crate::model::PublishStatus;
use crate::model::tree::{self, Node};

/// The pages with what their rows need.
pub(super) struct Tree<'a, T> {
    pub(super) visitor: &'a Visitor,
    pub(super) all: &'a [T],
    /// Whether the reader may move and publish them.
    pub(super) may_change: bool,
    /// A page's title.
    pub(super) title: fn(&T) -> &str,
    /// The address of a page's form; below it are `/move` and `/status`.
    pub(super) address: &'a dyn Fn(&T) -> String,
    /// What more its row says.
    pub(super) more: &'a dyn Fn(&T) -> Markup,
}

impl<T: Node> Tree<'_, T> {
    /// The whole tree.
    pub(super) fn shown(&self) -> Markup {
        self.branch(None)
    }

    fn branch(&self, parent: Option<T::Id>) -> Markup {
        let children: Vec<&T> = tree::siblings(self.all, parent).collect();
        html! {
            @if !children.is_empty() {
                ul.document-tree {
                    @for (at, one) in children.iter().enumerate() {
                        li {
                            (self.row(one, at > 0, at + 1 < children.len()))
                            (self.branch(Some(one.id())))
                        }
                    }
                }
            }
        }
    }

    fn row(&self, one: &T, up: bool, down: bool) -> Markup {
        let text = text(self.visitor);
        let here = (self.address)(one);
        let published = one.status() == PublishStatus::Published;
        let turn = if published { "unpublish" } else { "publish" };
        html! {
            div.document-row {
                div {
                    a href=(here) { strong { ((self.title)(one)) } }
                    " " (self.slug(one)) " " (status(text, one.status())) " " ((self.more)(one))
                }
                @if self.may_change {
                    div.row-actions {
                        @if up { (self.act(one, &format!("{here}/move"), "up", "documents-up")) }
                        @if down { (self.act(one, &format!("{here}/move"), "down", "documents-down")) }
                        (self.act(one, &format!("{here}/status"), turn, turn))
                    }
                }
            }
        }
    }

    fn slug(&self, one: &T) -> Markup {
        let slug = match one.slug() {
            "" => "/",
            slug => slug,
        };
        html! { code.fine { (slug) } }
    }

    /// A button that does one thing with one page.
    fn act(&self, one: &T, action: &str, what: &str, label: &str) -> Markup {
        html! {
            form.form-inline method="post" action=(action) {
                (self.visitor.csrf_field())
                input type="hidden" name="do" value=(what);
                button.button.button-small.button-secondary type="submit" {
                    (text(self.visitor).get(label)) span.visually-hidden { " " ((self.title)(one)) }
                }
            }
        }
    }
}

/// Where a page may stand: at the top, or below any that is not below it. `own` is the page itself, if
/// there is one already.
pub(super) fn parents<T: Node<Id: Display>>(
    text: Text,
    all: &[T],
    (own, chosen): (Option<T::Id>, Option<T::Id>),
    title: fn(&T) -> &str,
) -> Vec<Choice> {
    let mut choices = vec![Choice {
        label: text.get("documents-top"),
        ..Choice::default()
    }];
    descend(all, None, 0, &mut |one: &T, depth| {
        if Some(one.id()) == own {
            return false;
        }
        choices.push(Choice {
            value: one.id().to_string(),
            label: format!("{}{}", "\u{2003}".repeat(depth), title(one)),
            hint: None,
            chosen: chosen == Some(one.id()),
        });
        true
    });
    choices
}

/// The titles of everything below a page.
pub(super) fn below<'a, T: Node>(
    all: &'a [T],
    id: T::Id,
    title: fn(&'a T) -> &'a str,
) -> Vec<&'a str> {
    let mut found = Vec::new();
    descend(all, Some(id), 0, &mut |one, _| {
        found.push(title(one));
        true
    });
    found
}

/// Meets everything below a parent, and what is below that where `meet` says so.
fn descend<'a, T: Node>(
    all: &'a [T],
    parent: Option<T::Id>,
    depth: usize,
    meet: &mut impl FnMut(&'a T, usize) -> bool,
) {
    for one in tree::siblings(all, parent) {
        if meet(one, depth) {
            descend(all, Some(one.id()), depth + 1, meet);
        }
    }
}
