//! Auth0, and every tenant that speaks its Management API.
//!
//! An application becomes a client made through the Management API (never through
//! `/oidc/register`), with a client grant for the strategy's audience. The client's secret comes
//! with the answer that creates or rotates it and is kept nowhere.
//!
//! Source: <https://auth0.com/docs/api/management/v2>,
//! <https://docs.konghq.com/konnect/dev-portal/applications/dynamic-client-registration/auth0/>.

mod log;
mod management;
mod survey;
mod token;
mod verify;
mod wire;

use async_trait::async_trait;
use egress::Egress;
use egress::issuer::normalise;
use http::{Method, StatusCode};
use oauth::{ClientSecret, Clock, ShownOnce};

use crate::call::{Caller, segment};
use crate::config::Auth0Config;
use crate::findings::is_web;
use crate::port::{
    Client, ClientChanges, DcrProvider, Error, ErrorKind, Finding, NewClient, Probe,
    RegisteredClient, Scope,
};
use crate::state::ClientState;
use crate::survey::{Changes, Mark, Pages, Survey};

use management::{Call, Management};
use wire::{ClientBody, ClientPage, Grant, GrantBody, Listed, ResourceServer};

/// The adapter for one tenant.
pub struct Auth0 {
    management: Management,
}

impl Auth0 {
    /// Prepares the adapter; nothing is sent before the first call.
    ///
    /// # Errors
    /// [`ErrorKind::Misconfigured`] if the issuer is not an http or https URL.
    pub fn new(config: Auth0Config, egress: Egress, clock: Clock) -> Result<Self, Error> {
        let issuer = normalise(&config.issuer);
        if !is_web(&issuer) {
            return Err(Error::new(
                ErrorKind::Misconfigured,
                format!(
                    "the issuer `{}` is not a URL; write it like https://TENANT.us.auth0.com",
                    config.issuer
                ),
            ));
        }
        Ok(Self {
            management: Management::new(issuer, config, Caller { egress, clock }),
        })
    }

    /// Grants the audience, and reports a conflict as such: the grant is there already.
    async fn grant(&self, client_id: &str, audience: &str, scopes: &[String]) -> Result<(), Error> {
        let call = Call::new(
            Method::POST,
            "/api/v2/client-grants",
            "create:client_grants",
        )
        .body(&GrantBody::new(client_id, audience, scopes));
        let answer = self.management.call(&call).await?;
        match answer.status {
            status if status.is_success() => Ok(()),
            StatusCode::CONFLICT => {
                self.set_scopes_of_existing(client_id, audience, scopes)
                    .await
            }
            StatusCode::NOT_FOUND => Err(Error::new(
                ErrorKind::Misconfigured,
                format!(
                    "the identity provider has no API with the identifier `{audience}`; \
                     create it under Applications > APIs, or correct the audience of the auth strategy"
                ),
            )),
            _ => Err(Error::new(
                ErrorKind::Misconfigured,
                format!(
                    "the identity provider does not grant `{}` for the audience `{audience}`: {}; \
                     define the scopes under Applications > APIs > Permissions",
                    wire::with_openid(scopes).join(" "),
                    answer.refusal()
                ),
            )),
        }
    }

    async fn grants(&self, client_id: &str, audience: &str) -> Result<Vec<Grant>, Error> {
        let call = Call::new(Method::GET, "/api/v2/client-grants", "read:client_grants")
            .query("client_id", client_id)
            .query("audience", audience);
        let listed: Listed<Grant> = self.management.call(&call).await?.read()?;
        let mut grants = listed.into_items();
        // Older tenants ignore filters that they do not know.
        grants.retain(|grant| grant.is_for(client_id, audience));
        Ok(grants)
    }

    async fn set_scopes_of_existing(
        &self,
        client_id: &str,
        audience: &str,
        scopes: &[String],
    ) -> Result<(), Error> {
        for grant in self.grants(client_id, audience).await? {
            let call = Call::new(
                Method::PATCH,
                format!("/api/v2/client-grants/{}", segment(&grant.id)),
                "update:client_grants",
            )
            .body(&wire::GrantScopes::new(scopes));
            self.management
                .call(&call)
                .await?
                .ok_or(ErrorKind::Misconfigured)?;
        }
        Ok(())
    }

    fn client_call(method: Method, client_id: &str, permission: &'static str) -> Call {
        Call::new(
            method,
            format!("/api/v2/clients/{}", segment(client_id)),
            permission,
        )
    }

    /// Grant types of an existing client, with those that redirect URIs need added.
    async fn grant_types_for_redirects(&self, client_id: &str) -> Result<Vec<String>, Error> {
        let call = Self::client_call(Method::GET, client_id, "read:clients")
            .query("fields", "grant_types")
            .query("include_fields", "true");
        let answer = self.management.call(&call).await?;
        let client: wire::GrantTypes = found(answer, client_id)?.read()?;
        Ok(wire::with_code_flow(client.grant_types))
    }
}

/// A missing client is an error of its own kind.
fn found(answer: management::Answer, client_id: &str) -> Result<management::Answer, Error> {
    if answer.status == StatusCode::NOT_FOUND {
        return Err(Error::absent(client_id));
    }
    answer.ok_or(ErrorKind::Rejected)
}

#[async_trait]
impl DcrProvider for Auth0 {
    async fn register(&self, client: &NewClient) -> Result<RegisteredClient, Error> {
        let call = Call::new(Method::POST, "/api/v2/clients", "create:clients")
            .body(&ClientBody::new(client)?);
        let answer = self.management.call(&call).await?;
        let made: wire::Credentials = answer.ok_or(ErrorKind::Rejected)?.read()?;
        if let Some(audience) = &client.audience
            && let Err(error) = self.grant(&made.client_id, audience, &client.scopes).await
        {
            let removed = self.delete(&made.client_id).await;
            return Err(error.after_clean_up(&made.client_id, removed));
        }
        Ok(RegisteredClient {
            client_id: made.client_id,
            client_secret: ShownOnce::new(made.client_secret),
        })
    }

    async fn find(&self, application_id: &str) -> Result<Vec<Client>, Error> {
        // The Management API cannot search by metadata, so this reads the list to its end.
        let mut found = Vec::new();
        let mut from: Option<String> = None;
        loop {
            let mut call = Call::new(Method::GET, "/api/v2/clients", "read:clients")
                .query("fields", "client_id,name,client_metadata")
                .query("include_fields", "true")
                .query("take", "100");
            if let Some(from) = &from {
                call = call.query("from", from);
            }
            let answer = self.management.call(&call).await?;
            let page: ClientPage = answer.ok_or(ErrorKind::Misconfigured)?.read()?;
            let (clients, next) = page.into_parts();
            found.extend(
                clients
                    .into_iter()
                    .filter(|client| client.is_for(application_id))
                    .map(Client::from),
            );
            match next {
                Some(next) if from.as_ref() != Some(&next) => from = Some(next),
                _ => return Ok(found),
            }
        }
    }

    async fn update(&self, client_id: &str, changes: &ClientChanges) -> Result<(), Error> {
        let grant_types = match &changes.redirect_uris {
            Some(uris) if !uris.is_empty() => {
                Some(self.grant_types_for_redirects(client_id).await?)
            }
            _ => None,
        };
        let call = Self::client_call(Method::PATCH, client_id, "update:clients")
            .body(&wire::ClientPatch::new(changes, grant_types)?);
        found(self.management.call(&call).await?, client_id).map(drop)
    }

    async fn set_scopes(
        &self,
        client_id: &str,
        audience: &str,
        scopes: &[String],
    ) -> Result<(), Error> {
        let grants = self.grants(client_id, audience).await?;
        if scopes.is_empty() {
            for grant in grants {
                let path = format!("/api/v2/client-grants/{}", segment(&grant.id));
                let call = Call::new(Method::DELETE, path, "delete:client_grants");
                let answer = self.management.call(&call).await?;
                if answer.status != StatusCode::NOT_FOUND {
                    answer.ok_or(ErrorKind::Misconfigured)?;
                }
            }
            return Ok(());
        }
        if grants.is_empty() {
            return self.grant(client_id, audience, scopes).await;
        }
        let wanted = wire::with_openid(scopes);
        if grants.iter().all(|grant| grant.scope == wanted) {
            return Ok(());
        }
        self.set_scopes_of_existing(client_id, audience, scopes)
            .await
    }

    async fn rotate_secret(&self, client_id: &str) -> Result<ShownOnce<ClientSecret>, Error> {
        let path = format!("/api/v2/clients/{}/rotate-secret", segment(client_id));
        let call = Call::new(Method::POST, path, "update:client_keys");
        let answer = found(self.management.call(&call).await?, client_id)?;
        let client: wire::Credentials = answer.read()?;
        Ok(ShownOnce::new(client.client_secret))
    }

    async fn delete(&self, client_id: &str) -> Result<(), Error> {
        let call = Self::client_call(Method::DELETE, client_id, "delete:clients");
        let answer = self.management.call(&call).await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(());
        }
        answer.ok_or(ErrorKind::Rejected).map(drop)
    }

    async fn scopes(&self, audience: &str) -> Result<Option<Vec<Scope>>, Error> {
        let path = format!("/api/v2/resource-servers/{}", segment(audience));
        let call = Call::new(Method::GET, path, "read:resource_servers");
        let answer = self.management.call(&call).await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Err(Error::new(
                ErrorKind::Misconfigured,
                format!(
                    "the identity provider has no API with the identifier `{audience}`; \
                     create it under Applications > APIs, or correct the audience of the auth strategy"
                ),
            ));
        }
        let server: ResourceServer = answer.ok_or(ErrorKind::Misconfigured)?.read()?;
        Ok(Some(server.scopes.into_iter().map(Scope::from).collect()))
    }

    async fn survey(&self, pages: Pages) -> Result<Survey, Error> {
        survey::survey(&self.management, &pages).await?;
        Ok(Survey::ALL)
    }

    async fn inspect(&self, client_id: &str) -> Result<Option<ClientState>, Error> {
        survey::inspect(self, client_id).await
    }

    fn expected(&self, client: &NewClient) -> ClientState {
        survey::expected(client)
    }

    async fn restore(&self, client_id: &str, client: &NewClient) -> Result<(), Error> {
        survey::restore(self, client_id, client).await
    }

    async fn mark(&self) -> Result<Mark, Error> {
        log::mark(&self.management).await
    }

    async fn changes(&self, since: &Mark) -> Result<Option<Changes>, Error> {
        log::changes(&self.management, since).await
    }

    async fn verify(&self, probe: &Probe) -> Vec<Finding> {
        verify::run(&self.management, probe).await
    }
}
