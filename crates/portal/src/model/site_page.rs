//! What a team writes for its portal beside the documentation of APIs: pages, and snippets in them.

use oauth::Timestamp;

use super::tree::Node;
use super::{PortalId, PublishStatus, SitePageId, SnippetId, Visibility};

/// A page of a portal, in a tree.
#[derive(Clone, Debug)]
pub struct SitePage {
    /// Its id.
    pub id: SitePageId,
    /// The portal.
    pub portal_id: PortalId,
    /// The page above; `None` at the top.
    pub parent_page_id: Option<SitePageId>,
    /// Its part of the address: `guides`, `/guides`; `/` at the top is the portal's start page.
    pub slug: String,
    /// Title.
    pub title: String,
    /// What it is about, for lists and search engines.
    pub description: Option<String>,
    /// Markdown. Empty where only the tree was asked for.
    pub content: String,
    /// Who reads it.
    pub visibility: Visibility,
    /// Whether it is shown at all.
    pub status: PublishStatus,
    /// Order among its siblings.
    pub position: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl SitePage {
    /// The slug without slashes around it: nothing for the start page.
    #[must_use]
    pub fn segment(&self) -> &str {
        self.slug.trim_matches('/')
    }

    /// Its address in the portal: the slugs from the top down to its own, such as `/guides/start`.
    #[must_use]
    pub fn path(&self, all: &[Self]) -> String {
        let mut segments = vec![self.segment()];
        let mut above = self.parent_page_id;
        // A tree is never deeper than it has pages.
        for _ in 0..all.len() {
            let parent = above.and_then(|id| all.iter().find(|other| other.id == id));
            let Some(parent) = parent else { break };
            segments.push(parent.segment());
            above = parent.parent_page_id;
        }
        segments.retain(|segment| !segment.is_empty());
        segments.reverse();
        format!("/{}", segments.join("/"))
    }
}

impl Node for SitePage {
    type Id = SitePageId;

    fn id(&self) -> SitePageId {
        self.id
    }

    fn parent(&self) -> Option<SitePageId> {
        self.parent_page_id
    }

    fn position(&self) -> i64 {
        self.position
    }

    fn stand_at(&mut self, position: i64) {
        self.position = position;
    }

    fn slug(&self) -> &str {
        self.segment()
    }

    fn status(&self) -> PublishStatus {
        self.status
    }
}

/// A piece of Markdown that pages of a portal include by its name.
#[derive(Clone, Debug)]
pub struct Snippet {
    /// Its id.
    pub id: SnippetId,
    /// The portal.
    pub portal_id: PortalId,
    /// Name, unique in the portal.
    pub name: String,
    /// Title.
    pub title: String,
    /// What it is for.
    pub description: Option<String>,
    /// Markdown.
    pub content: String,
    /// Who reads it.
    pub visibility: Visibility,
    /// Whether it is shown at all.
    pub status: PublishStatus,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}
