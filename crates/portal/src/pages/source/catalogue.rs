//! APIs as a portal's readers see them.

use std::collections::HashMap;

use super::{ReaderFacts, Source};
use crate::Error;
use crate::model::{
    ApiProduct, ApiProductId, AuthStrategy, DocumentId, PortalId, ProductVersion, ProductVersionId,
    Publication, PublishStatus, Route, StrategyConfig,
};
use crate::pages::refusal::missing;
use crate::pages::specification::Scheme;
use crate::pages::view::catalogue::Entry;
use crate::pages::view::product::{Document, DocumentLink, Product, Registration, Version};
use crate::store;

impl Source {
    /// One page of the APIs whose name, description or labels hold `query`, by name, and how many there
    /// are.
    pub(crate) async fn catalogue(
        &self,
        reader: &ReaderFacts,
        query: &str,
        page: u32,
        size: u32,
    ) -> Result<(Vec<Entry>, u64), Error> {
        let db = self.db();
        let mut products = store::api_products::of_portal(db, reader.portal.id).await?;
        products.retain(|product| holds(product, &query.to_lowercase()));
        products.sort_by_cached_key(|product| (product.name.to_lowercase(), product.id));
        let total = u64::try_from(products.len()).unwrap_or(u64::MAX);
        let published = published(store::publications::of_portal(db, reader.portal.id).await?);
        let skipped = usize::try_from(u64::from(page - 1) * u64::from(size)).unwrap_or(usize::MAX);
        let page: Vec<ApiProduct> = products
            .into_iter()
            .skip(skipped)
            .take(size as usize)
            .collect();
        let ids = page.iter().map(|product| product.id);
        let mut versions = store::product_versions::of_products(db, ids).await?;
        let entries = page.into_iter().map(|product| {
            let versions = versions.remove(&product.id).unwrap_or_default();
            let versions = visible(versions, &published);
            Entry {
                id: product.id.to_string(),
                name: product.name,
                description: product.description,
                latest_version: versions.first().map(|(version, _)| version.name.clone()),
                versions: i64::try_from(versions.len()).unwrap_or(i64::MAX),
            }
        });
        Ok((entries.collect(), total))
    }

    /// An API with everything of it that is published here.
    ///
    /// # Errors
    /// `NotFound` if it is not published to the reader's portal.
    pub(crate) async fn product(&self, reader: &ReaderFacts, id: &str) -> Result<Product, Error> {
        let product = self.visible_product(reader.portal.id, id).await?;
        let db = self.db();
        let published = published(store::publications::of_portal(db, reader.portal.id).await?);
        let mut versions = Vec::new();
        for (version, publication) in visible(
            store::product_versions::of_product(db, product.id).await?,
            &published,
        ) {
            versions.push(self.version(version, publication).await?);
        }
        let documents = store::documents::of_product(db, product.id).await?;
        Ok(Product {
            id: product.id.to_string(),
            name: product.name,
            description: product.description,
            versions,
            documents: tree(&documents, None),
        })
    }

    /// The product of a version that is published here.
    pub(crate) async fn product_of(
        &self,
        reader: &ReaderFacts,
        version: &str,
    ) -> Result<Option<String>, Error> {
        let found = self.published_version(reader.portal.id, version).await?;
        Ok(found.map(|(version, _)| version.api_product_id.to_string()))
    }

    pub(crate) async fn document(
        &self,
        reader: &ReaderFacts,
        product: &str,
        slug: &str,
    ) -> Result<Document, Error> {
        let product = self.visible_product(reader.portal.id, product).await?;
        let documents = store::documents::of_product(self.db(), product.id).await?;
        let found = documents
            .into_iter()
            .find(|document| document.slug == slug && document.status == PublishStatus::Published);
        let found = found.ok_or_else(missing)?;
        Ok(Document {
            slug: found.slug,
            title: found.title,
            markdown: found.content,
        })
    }

    /// The OpenAPI document of a version that [`Source::product`] gave, as it was sent.
    pub(crate) async fn specification(&self, version: &Version) -> Result<Option<String>, Error> {
        let id: ProductVersionId = version.id.parse().map_err(|_| missing())?;
        let found = store::specifications::of_version(self.db(), id).await?;
        Ok(found.map(|specification| specification.content))
    }

    /// Where the gateway serves a version that is published here.
    pub(crate) async fn base_urls(
        &self,
        reader: &ReaderFacts,
        version: &str,
    ) -> Result<Vec<String>, Error> {
        match self.published_version(reader.portal.id, version).await? {
            Some((version, _)) => self.addresses(&version).await,
            None => Err(missing()),
        }
    }

    /// An address to show in an example: of the version named, or else of the first one that has any.
    pub(crate) async fn example_url(
        &self,
        reader: &ReaderFacts,
        version: Option<&str>,
    ) -> Result<Option<String>, Error> {
        if let Some(version) = version {
            let urls = self.base_urls(reader, version).await?;
            return Ok(urls.into_iter().next());
        }
        let db = self.db();
        for publication in store::publications::of_portal(db, reader.portal.id).await? {
            if publication.publish_status != PublishStatus::Published {
                continue;
            }
            let Some(version) =
                store::product_versions::find(db, publication.product_version_id).await?
            else {
                continue;
            };
            if let Some(url) = self.addresses(&version).await?.into_iter().next() {
                return Ok(Some(url));
            }
        }
        Ok(None)
    }

    /// A version and its entry in the portal, if both it and its product are published there.
    async fn published_version(
        &self,
        portal: PortalId,
        version: &str,
    ) -> Result<Option<(ProductVersion, Publication)>, Error> {
        let Ok(id) = version.parse::<ProductVersionId>() else {
            return Ok(None);
        };
        let db = self.db();
        let publication = store::publications::find_in(db, portal, id).await?;
        let Some(publication) =
            publication.filter(|entry| entry.publish_status == PublishStatus::Published)
        else {
            return Ok(None);
        };
        let Some(version) = store::product_versions::find(db, id).await? else {
            return Ok(None);
        };
        let portals = store::api_products::portals(db, version.api_product_id).await?;
        Ok(portals.contains(&portal).then_some((version, publication)))
    }

    async fn visible_product(&self, portal: PortalId, id: &str) -> Result<ApiProduct, Error> {
        let id: ApiProductId = id.parse().map_err(|_| missing())?;
        let db = self.db();
        if !store::api_products::portals(db, id)
            .await?
            .contains(&portal)
        {
            return Err(missing());
        }
        store::api_products::find(db, id).await?.ok_or_else(missing)
    }

    async fn version(
        &self,
        version: ProductVersion,
        publication: &Publication,
    ) -> Result<Version, Error> {
        let db = self.db();
        let strategy = match publication.auth_strategy_id {
            Some(id) => store::strategies::find(db, id).await?,
            None => None,
        };
        let registration = match (publication.application_registration_enabled, &strategy) {
            (true, Some(_)) if publication.auto_approve_registration => Registration::Open,
            (true, Some(_)) => Registration::Reviewed,
            _ => Registration::Closed,
        };
        let scopes = match &strategy {
            Some(strategy) => self.choosable_scopes(strategy).await?,
            None => Vec::new(),
        };
        Ok(Version {
            id: version.id.to_string(),
            base_urls: self.addresses(&version).await?,
            has_specification: store::specifications::of_version(db, version.id)
                .await?
                .is_some(),
            deprecated: version.deprecated || publication.deprecated,
            name: version.name,
            credential_type: strategy
                .as_ref()
                .map(|strategy| strategy.credential_type().as_str().to_owned()),
            registration,
            schemes: strategy.as_ref().map(schemes).unwrap_or_default(),
            scopes,
        })
    }

    /// What developers may choose from, if the provider leaves it to them.
    pub(super) async fn choosable_scopes(
        &self,
        strategy: &AuthStrategy,
    ) -> Result<Vec<String>, Error> {
        let (StrategyConfig::OpenidConnect(config), Some(provider)) =
            (&strategy.config, strategy.dcr_provider_id)
        else {
            return Ok(Vec::new());
        };
        let provider = store::dcr_providers::find(self.db(), provider).await?;
        let chosen = provider
            .is_some_and(|provider| provider.config.use_developer_managed_scopes == Some(true));
        Ok(if chosen {
            config.scopes.clone()
        } else {
            Vec::new()
        })
    }

    async fn addresses(&self, version: &ProductVersion) -> Result<Vec<String>, Error> {
        let Some(service) = version.service_id else {
            return Ok(Vec::new());
        };
        let routes = store::routes::of_service(self.db(), service).await?;
        let mut urls: Vec<String> = routes
            .iter()
            .flat_map(|route| urls(self.gateway_url(), route))
            .collect();
        urls.dedup();
        Ok(urls)
    }
}

fn holds(product: &ApiProduct, query: &str) -> bool {
    let described = product.description.as_deref().unwrap_or_default();
    let labels = product
        .public_labels
        .iter()
        .flat_map(|(name, value)| [name.as_str(), value.as_str()]);
    [product.name.as_str(), described]
        .into_iter()
        .chain(labels)
        .any(|text| text.to_lowercase().contains(query))
}

fn published(publications: Vec<Publication>) -> HashMap<ProductVersionId, Publication> {
    publications
        .into_iter()
        .filter(|entry| entry.publish_status == PublishStatus::Published)
        .map(|entry| (entry.product_version_id, entry))
        .collect()
}

/// The versions that readers see, newest first.
fn visible(
    mut versions: Vec<ProductVersion>,
    published: &HashMap<ProductVersionId, Publication>,
) -> Vec<(ProductVersion, &Publication)> {
    versions.sort_by_key(|version| std::cmp::Reverse((version.created_at, version.id)));
    versions
        .into_iter()
        .filter_map(|version| published.get(&version.id).map(|entry| (version, entry)))
        .collect()
}

fn tree(documents: &[crate::model::Document], parent: Option<DocumentId>) -> Vec<DocumentLink> {
    documents
        .iter()
        .filter(|document| {
            document.parent_document_id == parent && document.status == PublishStatus::Published
        })
        .map(|document| DocumentLink {
            slug: document.slug.clone(),
            title: document.title.clone(),
            children: tree(documents, Some(document.id)),
        })
        .collect()
}

fn schemes(strategy: &AuthStrategy) -> Vec<Scheme> {
    match &strategy.config {
        StrategyConfig::KeyAuth(config) => {
            config.key_names.iter().cloned().map(Scheme::Key).collect()
        }
        StrategyConfig::OpenidConnect(config) => config
            .auth_methods
            .iter()
            .filter_map(|method| match method.as_str() {
                "client_credentials" => Some(Scheme::ClientCredentials),
                "bearer" => Some(Scheme::Bearer),
                _ => None,
            })
            .collect(),
    }
}

/// The addresses of a route as one writes them: not those with wildcards or regular expressions.
fn urls(gateway: &str, route: &Route) -> Vec<String> {
    let gateway = gateway.trim_end_matches('/');
    let hosts = route.hosts.as_deref().unwrap_or_default();
    let bases: Vec<String> = match url::Url::parse(gateway) {
        Ok(base) if !hosts.is_empty() => hosts
            .iter()
            .filter(|host| !host.contains('*'))
            .map(|host| match base.port() {
                Some(port) if !host.contains(':') => format!("{}://{host}:{port}", base.scheme()),
                _ => format!("{}://{host}", base.scheme()),
            })
            .collect(),
        _ => vec![gateway.to_owned()],
    };
    let root = ["/".to_owned()];
    let paths = route
        .paths
        .as_deref()
        .filter(|paths| !paths.is_empty())
        .unwrap_or(&root);
    let plain = paths.iter().filter(|path| !path.starts_with('~'));
    plain
        .flat_map(|path| {
            bases
                .iter()
                .map(move |base| format!("{base}{}", path.trim_end_matches('/')))
        })
        .collect()
}
