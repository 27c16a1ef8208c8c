//! What is written in a portal.

use anyhow::Result;

use super::list::every;
use super::{Reader, some, without_empty};
use crate::command::api::text;
use crate::command::declare::kind::Kind;
use crate::command::declare::object::{Key, page_slug};

impl Reader<'_> {
    /// The snippets of a portal, and its pages in their order.
    pub(super) async fn written(&mut self, later: &str, portal: &Key) -> Result<()> {
        for summary in every(self.api, &format!("{later}/snippets")).await? {
            let id = text(&summary, "/id")?;
            let snippet = self.api.get(&format!("{later}/snippets/{id}")).await?;
            let members = without_empty(some(Kind::Snippet, &snippet));
            self.add(Kind::Snippet, &portal.path, &snippet, members)?;
        }
        let tree = self.api.get(&format!("{later}/pages")).await?;
        let mut open = vec![(tree["data"].clone(), portal.clone())];
        while let Some((pages, above)) = open.pop() {
            for summary in pages.as_array().into_iter().flatten() {
                let id = text(summary, "/id")?;
                let page = self.api.get(&format!("{later}/pages/{id}")).await?;
                let key = above.below(Kind::Page, page_slug(&text(&page, "/slug")?));
                self.put(key.clone(), &page, without_empty(some(Kind::Page, &page)))?;
                open.push((summary["children"].clone(), key));
            }
        }
        Ok(())
    }
}
