//! The service: what every use case stands on.

use std::sync::Arc;

use egress::Egress;
use oauth::{Clock, Entropy};
use storage::{Database, Tx};

use crate::ctx::{Actor, Ctx};
use crate::error::Error;
use crate::model::{AuditId, ControlPlane, ControlPlaneId, Labels, Organization, OrganizationId};
use crate::store;
use crate::store::audit::Entry;

/// What a portal is made of.
#[derive(Clone)]
pub struct Dependencies {
    /// Where everything is kept; opened with [`crate::MIGRATIONS`].
    pub db: Database,
    /// The way out, to identity providers.
    pub egress: Egress,
    /// What "now" is.
    pub clock: Clock,
    /// What "random" is.
    pub entropy: Entropy,
}

/// The control plane and the developer portals of one organisation. Copies share it.
#[derive(Clone)]
pub struct Portal {
    inner: Arc<Inner>,
}

struct Inner {
    dependencies: Dependencies,
    organization: Organization,
}

impl Portal {
    /// Opens the portal. The first start makes the organisation and a control plane "default".
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the database is.
    pub async fn open(dependencies: Dependencies) -> Result<Self, Error> {
        let organization = match store::organizations::find(&dependencies.db).await? {
            Some(organization) => organization,
            None => first_start(&dependencies).await?,
        };
        Ok(Self {
            inner: Arc::new(Inner {
                dependencies,
                organization,
            }),
        })
    }

    /// The database.
    #[must_use]
    pub fn db(&self) -> &Database {
        &self.inner.dependencies.db
    }

    /// The way out.
    #[must_use]
    pub fn egress(&self) -> &Egress {
        &self.inner.dependencies.egress
    }

    /// What "now" is.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.inner.dependencies.clock
    }

    /// What "random" is.
    #[must_use]
    pub fn entropy(&self) -> &Entropy {
        &self.inner.dependencies.entropy
    }

    /// The organisation.
    #[must_use]
    pub fn organization(&self) -> &Organization {
        &self.inner.organization
    }

    /// A context for this moment.
    #[must_use]
    pub fn ctx(&self, actor: Actor, request_id: impl Into<String>) -> Ctx {
        Ctx {
            actor,
            now: self.clock().now(),
            request_id: request_id.into(),
        }
    }

    /// Writes an audit entry in the transaction of the write that it tells of.
    ///
    /// # Errors
    /// Those of [`Tx::execute`].
    pub async fn audit(&self, tx: &mut Tx, ctx: &Ctx, entry: Entry<'_>) -> Result<(), Error> {
        store::audit::record(tx, ctx, AuditId::new(self.entropy()), entry).await?;
        Ok(())
    }
}

async fn first_start(dependencies: &Dependencies) -> Result<Organization, Error> {
    let now = dependencies.clock.now();
    let mut tx = dependencies.db.begin().await?;
    // Another node may have been first.
    if let Some(organization) = store::organizations::find(&mut tx).await? {
        return Ok(organization);
    }
    let organization = Organization {
        id: OrganizationId::new(&dependencies.entropy),
        name: "Gatehouse".into(),
        created_at: now,
        updated_at: now,
    };
    store::organizations::insert(&mut tx, &organization).await?;
    let control_plane = ControlPlane {
        id: ControlPlaneId::new(&dependencies.entropy),
        name: "default".into(),
        description: String::new(),
        cluster_type: "CLUSTER_TYPE_CONTROL_PLANE".into(),
        auth_type: "pinned_client_certs".into(),
        proxy_urls: Vec::new(),
        labels: Labels::new(),
        created_at: now,
        updated_at: now,
    };
    store::control_planes::insert(&mut tx, &control_plane).await?;
    tx.commit().await?;
    Ok(organization)
}
