//! What a tenant has from the beginning, and its first client.

use oauth::{ClientSecret, ShownOnce};
use serde_json::json;

use crate::model::client::Client;
use crate::model::client_grant::{Holder, SubjectType};
use crate::model::connection::Connection;
use crate::model::management_api;
use crate::model::registration::Creator;
use crate::model::resource_server::ResourceServer;
use crate::service::{client_grants, clients, connections};
use crate::store::{self, resource_servers, topic};
use crate::{Error, Tenant};

/// Makes the settings row, the Management API, the "All Applications" client and a first connection
/// where they are missing, and moves the Management API's identifier to where the tenant is now.
pub(crate) async fn ensure(tenant: &Tenant) -> Result<(), Error> {
    let (now, entropy) = (tenant.clock().now(), tenant.entropy());
    let audience = tenant.settings().management_audience();
    let mut tx = tenant.db().begin().await?;
    store::tenant_settings::ensure(&mut tx).await?;
    // The row's lock lets one node at a time through.
    store::tenant_settings::lock(&mut tx).await?;
    match resource_servers::system(&mut tx).await? {
        None => {
            let api = ResourceServer::management(audience, entropy, now);
            resource_servers::insert(&mut tx, &api, None).await?;
            let client = Client::global(entropy, now);
            let secret = clients::new_secret(tenant, &client.client_id);
            store::clients::insert(&mut tx, &client, Some(&secret.sealed)).await?;
        }
        Some(stored) if stored.api.identifier != audience => {
            let moved = ResourceServer {
                identifier: audience,
                ..stored.api
            };
            resource_servers::update(&mut tx, &moved, None).await?;
            tx.record_change(topic::CLIENT, "*").await?;
        }
        Some(_) => {}
    }
    // Tenants of an older version have none either.
    if !store::connections::exist(&mut tx).await? {
        let connection = Connection::first(entropy, now);
        let options = connections::seal(tenant, &connection);
        store::connections::insert(&mut tx, &connection, &options).await?;
        store::connections::enable_for_all(&mut tx, &connection.id, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

impl Tenant {
    /// Makes a machine-to-machine client that may do everything at the Management API, as the one who
    /// sets a tenant up needs it.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the database does not answer.
    pub async fn bootstrap_management_client(
        &self,
        name: &str,
    ) -> Result<(String, ShownOnce<ClientSecret>), Error> {
        let members = json!({
            "name": name,
            "app_type": "non_interactive",
            "grant_types": ["client_credentials"],
            "oidc_conformant": true,
            "jwt_configuration": { "alg": "RS256" },
        });
        let members = members.as_object().cloned().unwrap_or_default();
        let created = clients::create(self, members, Vec::new(), Creator::Command).await?;
        let client_id = created.client.client_id;
        let grant = client_grants::NewGrant {
            holder: Holder::Client(client_id.clone()),
            audience: self.settings().management_audience(),
            scope: management_api::scopes().map(str::to_owned).collect(),
            subject_type: SubjectType::Client,
            settings: crate::model::Members::new(),
        };
        client_grants::create(self, grant).await?;
        Ok((client_id, ShownOnce::new(created.secret)))
    }
}
