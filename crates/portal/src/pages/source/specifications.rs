//! OpenAPI documents of versions, made ready for the reference.

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;

use super::Source;
use crate::Error;
use crate::model::ProductVersionId;
use crate::pages::reference::Document;
use crate::pages::refusal::missing;
use crate::pages::view::product::Version;
use crate::store::specifications;

/// How many bytes of JSON are kept read; in memory they take some five times as much.
const KEPT: u64 = 8 << 20;
/// How long what nobody looks at is kept.
const IDLE: Duration = Duration::from_secs(600);

/// The documents that were looked at lately, by their id and when they last changed.
pub(super) type Documents = Cache<String, (u32, Arc<Document>)>;

pub(super) fn documents() -> Documents {
    Cache::builder()
        .weigher(|_, (bytes, _): &(u32, Arc<Document>)| *bytes)
        .max_capacity(KEPT)
        .time_to_idle(IDLE)
        .build()
}

impl Source {
    /// The OpenAPI document of a version that [`Source::product`] gave, as JSON text.
    pub(crate) async fn specification(&self, version: &Version) -> Result<String, Error> {
        let id: ProductVersionId = version.id.parse().map_err(|_| missing())?;
        let found = specifications::of_version(self.db(), id).await?;
        Ok(found.ok_or_else(missing)?.document)
    }

    /// The same, read and indexed.
    pub(crate) async fn reference(&self, version: &Version) -> Result<Arc<Document>, Error> {
        let id: ProductVersionId = version.id.parse().map_err(|_| missing())?;
        let revision = specifications::revision_of(self.db(), id).await?;
        let (specification, changed) = revision.ok_or_else(missing)?;
        let key = format!("{specification} {}", changed.as_millis());
        if let Some((_, document)) = self.documents.get(&key) {
            return Ok(document);
        }
        let text = self.specification(version).await?;
        let bytes = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let document = apart(move || Document::read(&text)).await?;
        let document = Arc::new(document.map_err(Error::Internal)?);
        self.documents.insert(key, (bytes, document.clone()));
        Ok(document)
    }
}

/// Does what may take long beside the threads that answer others.
///
/// # Errors
/// [`Error::Internal`], if it did not come to an end.
pub(crate) async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Error::Internal(format!("a page of the reference: {error}")))
}
