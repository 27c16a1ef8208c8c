//! Headings, notices, tables, badges.

use maud::{Markup, html};

use crate::flash::Tone;
use crate::locale::Text;

/// The page's `<h1>`, what stands under it, and the buttons beside it.
#[must_use]
pub fn page_heading(title: &str, lead: Option<&str>, actions: Option<Markup>) -> Markup {
    html! {
        div.page-heading {
            div {
                h1 { (title) }
                @if let Some(lead) = lead { p.lead { (lead) } }
            }
            @if let Some(actions) = actions { div.actions { (actions) } }
        }
    }
}

/// A message inside the page. Its tone is said in words for those who cannot see the colour.
#[must_use]
pub fn notice(text: Text, tone: Tone, content: Markup) -> Markup {
    let (class, word, role) = match tone {
        Tone::Success => ("notice notice-success", "notice-success", "status"),
        Tone::Warning => ("notice notice-warning", "notice-warning", "status"),
        Tone::Danger => ("notice notice-danger", "notice-error", "alert"),
        Tone::Info | Tone::Neutral => ("notice notice-info", "notice-info", "status"),
    };
    html! {
        div class=(class) role=(role) {
            span.visually-hidden { (text.get(word)) ": " }
            div { (content) }
        }
    }
}

/// A short status.
#[must_use]
pub fn badge(tone: Tone, label: &str) -> Markup {
    let class = match tone {
        Tone::Neutral => "badge",
        Tone::Info => "badge badge-info",
        Tone::Success => "badge badge-success",
        Tone::Warning => "badge badge-warning",
        Tone::Danger => "badge badge-danger",
    };
    html! { span class=(class) { (label) } }
}

/// What stands where a list has nothing yet: why, and what to do about it.
#[must_use]
pub fn empty_state(title: &str, next: &str, action: Option<Markup>) -> Markup {
    html! {
        div.empty {
            h2 { (title) }
            p { (next) }
            @if let Some(action) = action { div.actions { (action) } }
        }
    }
}

/// A card that leads somewhere as a whole, by the link in its heading.
#[must_use]
pub fn card_link(href: &str, title: &str, body: Markup) -> Markup {
    html! {
        li.card {
            h2 { a.card-link href=(href) { (title) } }
            (body)
        }
    }
}

/// The same with a small picture beside the heading, which is the title's: nobody is told of it.
#[must_use]
pub fn pictured_card(href: &str, title: &str, icon: Option<&str>, body: Markup) -> Markup {
    let Some(icon) = icon else {
        return card_link(href, title, body);
    };
    html! {
        li.card {
            div.pictured { (picture(icon)) h2 { a.card-link href=(href) { (title) } } }
            (body)
        }
    }
}

/// A small picture that says nothing which does not stand beside it. Its place is kept until it is there.
#[must_use]
pub fn picture(address: &str) -> Markup {
    html! { img.picture src=(address) alt="" width="40" height="40" loading="lazy" decoding="async"; }
}

/// A table with its caption (for those who hear it); on narrow screens each row becomes a block, where a
/// cell's `data-label` stands for its column. `actions` names a last column of links, heard but not seen.
#[must_use]
pub fn table(caption: &str, columns: &[&str], actions: Option<&str>, rows: Markup) -> Markup {
    html! {
        table.table {
            caption.visually-hidden { (caption) }
            thead {
                tr {
                    @for column in columns { th scope="col" { (column) } }
                    @if let Some(actions) = actions { th scope="col" { span.visually-hidden { (actions) } } }
                }
            }
            tbody { (rows) }
        }
    }
}

/// A name and what belongs to it.
#[derive(Clone, Debug)]
pub struct Definition {
    /// The name.
    pub term: String,
    /// The value.
    pub value: Markup,
}

impl Definition {
    /// A pair.
    #[must_use]
    pub fn new(term: impl Into<String>, value: Markup) -> Self {
        Self {
            term: term.into(),
            value,
        }
    }
}

/// A list of names and values.
#[must_use]
pub fn definitions(pairs: &[Definition]) -> Markup {
    html! {
        dl.definitions {
            @for pair in pairs { div { dt { (pair.term) } dd { (pair.value) } } }
        }
    }
}
