//! APIs as a portal's readers see them.

use super::{ReaderFacts, Source};
use crate::Error;
use crate::model::{
    ApiProduct, ApiProductId, AuthStrategy, DocumentId, PortalRole, ProductVersion,
    ProductVersionId, Publication, PublishStatus, Route, StrategyConfig,
};
use crate::pages::refusal::missing;
use crate::pages::specification::Scheme;
use crate::pages::view::catalogue::Entry;
use crate::pages::view::product::{Document, DocumentLink, Product, Registration, Version};
use crate::service::api_icons;
use crate::store;
use crate::store::catalogue;
use crate::store::listing::{Filter, Listing, Test};

/// What the search looks into.
const SEARCHED: &str = "(t.name || '\n' || COALESCE(t.description, '') || '\n' || t.public_labels)";

/// How many versions are looked through for an address to show in an example.
const EXAMPLES: u32 = 20;

impl Source {
    /// One page of the APIs that the reader sees and whose name, description or labels hold `query`, by
    /// name, and how many there are.
    pub(crate) async fn catalogue(
        &self,
        reader: &ReaderFacts,
        query: &str,
        page: u32,
        size: u32,
    ) -> Result<(Vec<Entry>, u64), Error> {
        let mut listing = Listing {
            size,
            number: page,
            ..Listing::all("LOWER(t.name)")
        };
        if !query.is_empty() {
            listing.filters.push(Filter {
                column: SEARCHED,
                test: Test::Contains(vec![query.to_owned()]),
            });
        }
        let (found, total) = catalogue::products(self.db(), reader.audience, &listing).await?;
        let ids = found.iter().map(|product| product.id);
        let icons = store::api_icons::digests(self.db(), ids).await?;
        let entries = found.into_iter().map(|product| Entry {
            icon: icons
                .get(&product.id)
                .map(|digest| api_icons::address(product.id, digest)),
            id: product.id.to_string(),
            name: product.name,
            description: product.description,
            latest_version: product.latest_version.map(|(_, name)| name),
            versions: product.version_count,
        });
        Ok((entries.collect(), u64::try_from(total).unwrap_or(0)))
    }

    /// An API with everything of it that is published here.
    ///
    /// # Errors
    /// `NotFound` if it is not published to the reader's portal.
    pub(crate) async fn product(&self, reader: &ReaderFacts, id: &str) -> Result<Product, Error> {
        let (product, role) = self.visible_product(reader, id).await?;
        let db = self.db();
        let mut versions = Vec::new();
        // Newest first.
        for version in store::product_versions::of_product(db, product.id)
            .await?
            .into_iter()
            .rev()
        {
            let entry = store::publications::find_in(db, reader.portal.id, version.id).await?;
            if let Some(entry) = entry.filter(|e| e.publish_status == PublishStatus::Published) {
                versions.push(self.version(version, &entry, role).await?);
            }
        }
        let documents = store::documents::of_product(db, product.id).await?;
        let icons = store::api_icons::digests(db, [product.id]).await?;
        let icon = icons.get(&product.id);
        Ok(Product {
            icon: icon.map(|digest| api_icons::address(product.id, digest)),
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
        let found = self.published_version(reader, version).await?;
        Ok(found.map(|version| version.api_product_id.to_string()))
    }

    pub(crate) async fn document(
        &self,
        reader: &ReaderFacts,
        product: &str,
        slug: &str,
    ) -> Result<Document, Error> {
        let (product, _) = self.visible_product(reader, product).await?;
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

    /// Where the gateway serves a version that is published here.
    pub(crate) async fn base_urls(
        &self,
        reader: &ReaderFacts,
        version: &str,
    ) -> Result<Vec<String>, Error> {
        match self.published_version(reader, version).await? {
            Some(version) => self.addresses(&version).await,
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
        let few = Listing {
            size: EXAMPLES,
            ..Listing::all("t.created_at")
        };
        let (found, _) = catalogue::versions(self.db(), reader.audience, &few).await?;
        for seen in found {
            let version = store::product_versions::find(self.db(), seen.id).await?;
            let Some(version) = version else { continue };
            if let Some(url) = self.addresses(&version).await?.into_iter().next() {
                return Ok(Some(url));
            }
        }
        Ok(None)
    }

    /// A version, if the reader sees both it and its product.
    async fn published_version(
        &self,
        reader: &ReaderFacts,
        version: &str,
    ) -> Result<Option<ProductVersion>, Error> {
        let Ok(id) = version.parse::<ProductVersionId>() else {
            return Ok(None);
        };
        let listing = Listing::all("t.created_at").only("t.id", id);
        let (_, seen) = catalogue::versions(self.db(), reader.audience, &listing).await?;
        match seen {
            0 => Ok(None),
            _ => Ok(store::product_versions::find(self.db(), id).await?),
        }
    }

    /// A product that the reader sees, and the most that they may do with it.
    async fn visible_product(
        &self,
        reader: &ReaderFacts,
        id: &str,
    ) -> Result<(ApiProduct, PortalRole), Error> {
        let id: ApiProductId = id.parse().map_err(|_| missing())?;
        let db = self.db();
        let portals = store::api_products::portals(db, id).await?;
        if !portals.contains(&reader.portal.id) {
            return Err(missing());
        }
        let role = reader.audience.role(db, id).await?.ok_or_else(missing)?;
        let product = store::api_products::find(db, id).await?;
        Ok((product.ok_or_else(missing)?, role))
    }

    async fn version(
        &self,
        version: ProductVersion,
        publication: &Publication,
        role: PortalRole,
    ) -> Result<Version, Error> {
        let db = self.db();
        let strategy = match publication.auth_strategy_id {
            Some(id) => store::strategies::find(db, id).await?,
            None => None,
        };
        let registration = match (publication.application_registration_enabled, &strategy) {
            (true, Some(_)) if role != PortalRole::Consumer => Registration::Denied,
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
            has_specification: store::specifications::revision_of(db, version.id)
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
