//! Forms, their buttons, and what went wrong with them.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::layout::{Page, Width};
use crate::locale::Text;
use crate::visitor::Visitor;

/// What was wrong, by field. Messages are in the reader's language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldErrors {
    by_field: BTreeMap<String, String>,
}

impl FieldErrors {
    /// Nothing wrong.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            by_field: BTreeMap::new(),
        }
    }

    /// Adds what is wrong with `field`; the first message of a field stays.
    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.by_field
            .entry(field.into())
            .or_insert_with(|| message.into());
    }

    /// What is wrong with `field`.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<&str> {
        self.by_field.get(field).map(String::as_str)
    }

    /// Every field with what is wrong with it.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.by_field.iter();
        all.map(|(field, message)| (field.as_str(), message.as_str()))
    }

    /// The first message, for where there are no fields to put them beside.
    #[must_use]
    pub fn first(&self) -> Option<&str> {
        self.by_field.values().next().map(String::as_str)
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_field.is_empty()
    }
}

/// A form that posts to `action`, protected against other sites, with the list of what was wrong above
/// it. The server checks everything and answers beside the fields, so browsers' own bubbles are off.
#[must_use]
pub fn form(visitor: &Visitor, action: &str, errors: &FieldErrors, content: Markup) -> Markup {
    form_of(visitor, action, None, errors, content)
}

/// The same for a form with files, which [`crate::Upload`] takes.
#[must_use]
pub fn upload_form(
    visitor: &Visitor,
    action: &str,
    errors: &FieldErrors,
    content: Markup,
) -> Markup {
    form_of(
        visitor,
        action,
        Some("multipart/form-data"),
        errors,
        content,
    )
}

/// A form of what is set. `action` is where whoever may change it sends it; who may not sees what is set, and
/// no button that would be refused.
#[must_use]
pub fn settings_form(
    visitor: &Visitor,
    action: Option<&str>,
    errors: &FieldErrors,
    fields: Markup,
    buttons: Markup,
) -> Markup {
    match action {
        Some(action) => {
            let content = html! { (fields) div.form-actions { (buttons) } };
            form(visitor, action, errors, content)
        }
        None => html! { fieldset.bare.form disabled { (fields) } },
    }
}

fn form_of(
    visitor: &Visitor,
    action: &str,
    enctype: Option<&str>,
    errors: &FieldErrors,
    content: Markup,
) -> Markup {
    html! {
        (error_summary(visitor.text(), errors))
        form.form method="post" action=(action) enctype=[enctype] novalidate {
            (visitor.csrf_field())
            (content)
        }
    }
}

/// What was wrong, as links to the fields. Nothing if nothing was.
#[must_use]
pub fn error_summary(text: Text, errors: &FieldErrors) -> Markup {
    html! {
        @if !errors.is_empty() {
            div.notice.notice-danger.error-summary role="alert" {
                div {
                    h2 { (text.with("form-problem-title", [("count", errors.by_field.len().into())])) }
                    ul {
                        @for (field, message) in &errors.by_field {
                            li { a href=(format!("#{field}")) { (message) } }
                        }
                    }
                }
            }
        }
    }
}

/// The button that sends the form it stands in.
#[must_use]
pub fn button(label: &str) -> Markup {
    html! { button.button.button-primary type="submit" { (label) } }
}

/// The button that sends a form which destroys something.
#[must_use]
pub fn danger_button(label: &str) -> Markup {
    html! { button.button.button-danger type="submit" { (label) } }
}

/// A link that looks like a button beside [`button`].
#[must_use]
pub fn link_button(href: &str, label: &str) -> Markup {
    html! { a.button.button-secondary href=(href) { (label) } }
}

/// A page that asks before something is done that cannot be undone: what will happen, one button that
/// does it, one way back.
pub fn confirm(
    visitor: &Visitor,
    title: &str,
    consequences: Markup,
    action: &str,
    button: Markup,
    back: (&str, &str),
) -> Page {
    let said = (consequences, html! {});
    confirm_choosing(visitor, title, said, action, button, back)
}

/// The same with fields: how it is done.
pub fn confirm_choosing(
    visitor: &Visitor,
    title: &str,
    (consequences, fields): (Markup, Markup),
    action: &str,
    button: Markup,
    back: (&str, &str),
) -> Page {
    let main = html! {
        (super::page_heading(title, None, None))
        div.prose { (consequences) }
        (form(visitor, action, &FieldErrors::new(), html! {
            (fields)
            div.form-actions { (button) (link_button(back.0, back.1)) }
        }))
    };
    visitor.page(title).width(Width::Reading).main(main)
}
