//! API products, what they hold, and where they are published.

use std::collections::BTreeMap;

use oauth::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::tree::Node;
use super::{
    ApiProductId, AuthStrategyId, ControlPlaneId, DocumentId, Labels, PortalId, ProductVersionId,
    PublicationId, PublishStatus, ServiceId, SpecificationId, SpecificationKind,
};

/// Words that describe an API, by key: `{"env": ["production"]}`.
pub type Attributes = BTreeMap<String, Vec<String>>;

/// An API product: what developers find in the catalogue. The third generation of the platform API calls
/// it an API.
#[derive(Clone, Debug)]
pub struct ApiProduct {
    /// Its id.
    pub id: ApiProductId,
    /// Name.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// Labels for administrators.
    pub labels: Labels,
    /// Labels that developers see.
    pub public_labels: Labels,
    /// The version that the API itself says it has; its [`ProductVersion`]s have names of their own.
    pub version: Option<String>,
    /// What stands for it in addresses; unique.
    pub slug: Option<String>,
    /// Words that describe it.
    pub attributes: Attributes,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A version of an API product, in front of a gateway service.
#[derive(Clone, Debug)]
pub struct ProductVersion {
    /// Its id.
    pub id: ProductVersionId,
    /// The product.
    pub api_product_id: ApiProductId,
    /// Name, such as `v1`; unique in the product.
    pub name: String,
    /// Deprecated in every portal.
    pub deprecated: bool,
    /// Kept for older clients of the API; what counts is the [`Publication`].
    pub publish_status: PublishStatus,
    /// The control plane of the gateway service.
    pub control_plane_id: Option<ControlPlaneId>,
    /// The gateway service.
    pub service_id: Option<ServiceId>,
    /// Labels.
    pub labels: Labels,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A product version in a portal, and how developers get access to it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Publication {
    /// Its id.
    pub id: PublicationId,
    /// Where.
    pub portal_id: PortalId,
    /// What.
    pub product_version_id: ProductVersionId,
    /// Whether developers see it, once the product is published too.
    pub publish_status: PublishStatus,
    /// How callers prove who they are; `None` leaves it open.
    pub auth_strategy_id: Option<AuthStrategyId>,
    /// Whether applications may register.
    pub application_registration_enabled: bool,
    /// Whether a registration is approved at once.
    pub auto_approve_registration: bool,
    /// Shown, but not for new work.
    pub deprecated: bool,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// The OpenAPI document of a product version.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Specification {
    /// Its id.
    pub id: SpecificationId,
    /// The version it describes.
    pub product_version_id: ProductVersionId,
    /// File name, ending in `.yaml`, `.yml` or `.json`.
    pub name: String,
    /// The text as it was sent.
    pub content: String,
    /// The same as JSON text.
    pub document: String,
    /// By which rules it is written.
    pub kind: SpecificationKind,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A page of documentation in a product's tree.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Document {
    /// Its id.
    pub id: DocumentId,
    /// The product.
    pub api_product_id: ApiProductId,
    /// The page above; `None` at the top.
    pub parent_document_id: Option<DocumentId>,
    /// Its part of the address.
    pub slug: String,
    /// Title.
    pub title: String,
    /// Whether developers see it.
    pub status: PublishStatus,
    /// Markdown.
    pub content: String,
    /// Whatever the author keeps with it.
    pub metadata: Map<String, Value>,
    /// Order among its siblings.
    pub position: i64,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Node for Document {
    type Id = DocumentId;

    fn id(&self) -> DocumentId {
        self.id
    }

    fn parent(&self) -> Option<DocumentId> {
        self.parent_document_id
    }

    fn position(&self) -> i64 {
        self.position
    }

    fn stand_at(&mut self, position: i64) {
        self.position = position;
    }

    fn slug(&self) -> &str {
        &self.slug
    }

    fn status(&self) -> PublishStatus {
        self.status
    }
}
