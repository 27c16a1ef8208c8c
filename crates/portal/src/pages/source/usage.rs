//! Usage of a developer's applications.

use std::collections::HashMap;

use super::{ReaderFacts, Source};
use crate::model::{ApplicationId, ProductVersionId};
use crate::service::usage::{self, Overview, Range, Scope, Whose};
use crate::store::listing::Listing;
use crate::{Error, store};

/// What the usage page shows.
#[derive(Clone, Debug)]
pub(crate) struct Usage {
    pub(crate) range: Range,
    pub(crate) overview: Overview,
    /// What it is narrowed to.
    pub(crate) application: Option<ApplicationId>,
    pub(crate) api: Option<ProductVersionId>,
    /// Every application of the developer: id and name.
    pub(crate) applications: Vec<(String, String)>,
    /// Names of the APIs that were called.
    pub(crate) api_names: HashMap<String, String>,
}

impl Usage {
    /// What an application is called; nothing if it is gone.
    pub(crate) fn application_name(&self, id: &str) -> Option<String> {
        let found = self.applications.iter().find(|(known, _)| known == id);
        found.map(|(_, name)| name.clone())
    }

    /// What an API is called.
    pub(crate) fn api_name(&self, id: &str) -> Option<String> {
        self.api_names.get(id).cloned()
    }
}

impl Source {
    pub(crate) async fn usage(
        &self,
        reader: &ReaderFacts,
        range: Range,
        (application, api): (Option<ApplicationId>, Option<ProductVersionId>),
    ) -> Result<Usage, Error> {
        let developer = reader.developer()?.id;
        let scope = Scope::of(Whose::Developer(developer), application, api);
        let overview = usage::overview(&self.portal, &scope, range).await?;
        let own = store::applications::owned(Listing::all("t.created_at"), developer);
        let (own, _) = store::applications::list(self.db(), &own).await?;
        let ids = overview.apis.iter().map(|line| line.id.clone());
        let ids: Vec<String> = ids.chain(api.map(|id| id.to_string())).collect();
        let ids = ids.iter().map(String::as_str);
        Ok(Usage {
            api_names: usage::api_names(&self.portal, ids).await?,
            range,
            overview,
            application,
            api,
            applications: own
                .into_iter()
                .map(|application| (application.id.to_string(), application.name))
                .collect(),
        })
    }
}
