//! A page that the team wrote, and those around it.

use web::{Markup, Page, Visitor, html};

use crate::pages::markdown;

/// A page to read.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) title: String,
    /// Markdown alone, snippets in their places.
    pub(crate) markdown: String,
    pub(crate) path: String,
    /// The part of the tree that the page is in, from the top; one that stands alone has none.
    pub(crate) around: Option<PageLink>,
}

/// A page in the tree.
#[derive(Clone, Debug)]
pub(crate) struct PageLink {
    pub(crate) title: String,
    pub(crate) path: String,
    pub(crate) children: Vec<PageLink>,
}

/// The page in the frame of the portal.
pub(crate) fn page(visitor: &Visitor, written: &Written) -> Page {
    let article = article(written);
    let main = match &written.around {
        Some(top) => html! {
            div.with-sidebar {
                nav.sidebar aria-label=(top.title) { (tree(std::slice::from_ref(top), &written.path)) }
                (article)
            }
        },
        None => article,
    };
    visitor.page(&written.title).main(main)
}

/// The text alone.
pub(crate) fn article(written: &Written) -> Markup {
    html! {
        article.prose {
            h1 { (written.title) }
            (markdown::render(&written.title, &written.markdown))
        }
    }
}

fn tree(pages: &[PageLink], current: &str) -> Markup {
    html! {
        ul {
            @for page in pages {
                li {
                    a href=(page.path) aria-current=[(page.path == current).then_some("page")] { (page.title) }
                    @if !page.children.is_empty() { (tree(&page.children, current)) }
                }
            }
        }
    }
}
