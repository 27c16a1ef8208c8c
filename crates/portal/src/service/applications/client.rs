//! The client that an application is to have at its identity provider.

use dcr::{Metadata, NewClient};
use url::Url;

use super::Applications;
use super::strategy::Dcr;
use crate::model::{Application, OrganizationId};
use crate::{Error, store};

/// What is asked for. `registered` are the scopes of approved registrations.
pub(super) fn of(
    organization: OrganizationId,
    application: &Application,
    dcr: &Dcr,
    registered: Vec<String>,
) -> NewClient {
    let redirect_uri = application.redirect_uri.as_deref();
    NewClient {
        name: application.name.clone(),
        description: application.description.clone(),
        // It was checked when it was entered.
        redirect_uris: redirect_uri.into_iter().flat_map(Url::parse).collect(),
        auth_methods: dcr.auth_methods.clone(),
        audience: dcr.audience.clone(),
        scopes: super::scopes::wanted(dcr, application, registered),
        metadata: Metadata {
            konnect_portal_id: application.portal_id.to_string(),
            konnect_developer_id: application.developer_id.to_string(),
            konnect_org_id: organization.to_string(),
            konnect_application_id: application.id.to_string(),
        },
        auth_strategy_id: application.auth_strategy_id.to_string(),
        dcr_provider_id: dcr.provider_id.to_string(),
        distinction: None,
    }
}

impl Applications {
    pub(super) async fn organization(&self) -> Result<OrganizationId, Error> {
        let found = store::organizations::find(&self.db).await?;
        let found = found.ok_or_else(|| Error::Internal("there is no organisation yet".into()))?;
        Ok(found.id)
    }
}
