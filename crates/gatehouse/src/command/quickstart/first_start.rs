//! What a first start sets up: the tenant's side by its owner, the portal's side by the API team.

use anyhow::Result;
use secrecy::ExposeSecret as _;

use super::saved::{Developer, Management, Portal, Saved};
use super::tenant::{self, Credentials};
use super::walk::Walk;
use super::{AUDIENCE, Story, action, platform};
use crate::app::App;
use crate::command::api::{Api, text};

/// What the portal's side needs of the tenant's.
struct Tenant {
    /// The Management API, as the tenant's owner.
    management: Api,
    owner: Management,
    /// The client that the portal makes applications with.
    admin: Credentials,
}

/// What the API team made, by id.
struct Published {
    provider: String,
    strategy: String,
    version: String,
    portal: String,
}

impl Story {
    /// First start: the tenant's owner and the API team set everything up.
    pub(super) async fn build(&self, app: &App, walk: &mut Walk) -> Result<Saved> {
        let tenant = self.build_tenant(app, walk).await?;
        let platform_token = app
            .create_platform_token("quickstart")
            .await?
            .reveal()
            .expose_secret()
            .to_owned();
        let platform = self.platform(&platform_token);
        let published = self.publish(walk, &platform, &tenant.admin).await?;
        self.program(walk, &tenant).await?;
        let user = self.create_user(walk, &tenant.management).await?;
        let organization = platform.get("/v3/organizations/me").await?;
        Ok(Saved {
            platform_token,
            organization_id: text(&organization, "/id")?,
            portal: Portal {
                id: published.portal,
                url: self.endpoints.portal.clone(),
                developer: None,
            },
            management: tenant.owner,
            issuer: self.endpoints.issuer.clone(),
            audience: AUDIENCE.into(),
            dcr_provider_id: published.provider,
            auth_strategy_id: published.strategy,
            product_version_id: published.version,
            route: platform::ROUTE.into(),
            upstream_url: self.sample.url().into(),
            admin: None,
            user: Some(user),
        })
    }

    /// The vendor page's steps in the tenant.
    async fn build_tenant(&self, app: &App, walk: &mut Walk) -> Result<Tenant> {
        let issuer = &self.endpoints.issuer;
        let discover = self.discover();
        walk.step("tenant", "comes up and answers discovery", discover)
            .await?;
        let (client_id, client_secret) =
            app.bootstrap_management_client("Quickstart owner").await?;
        let owner = Credentials {
            client_id,
            client_secret: client_secret.reveal(),
        };
        let owner = Management::new(&owner, format!("{issuer}api/v2/"));
        let name = "gives its owner a Management API token";
        let management = walk.step("tenant", name, self.management(&owner)).await?;
        let create = tenant::create_dcr_admin(&management);
        let admin = walk
            .step("tenant", "creates the client Portal DCR Admin", create)
            .await?;
        let name = "authorises it with the vendor page's permissions";
        let authorize = tenant::authorize_dcr_admin(&management, &admin, &owner.audience);
        walk.step("tenant", name, authorize).await?;
        let name = "creates the API that applications are granted";
        let create = tenant::create_api(&management, AUDIENCE);
        walk.step("tenant", name, create).await?;
        Ok(Tenant {
            management,
            owner,
            admin,
        })
    }

    /// The API team's part: from the DCR provider to a version that developers find.
    async fn publish(
        &self,
        walk: &mut Walk,
        platform: &Api,
        admin: &Credentials,
    ) -> Result<Published> {
        let issuer = &self.endpoints.issuer;
        let create = platform::create_provider(platform, issuer, admin);
        let provider = walk
            .step("platform", "creates the DCR provider", create)
            .await?;
        let name = "verifies it, permission by permission";
        let verify = platform::verify_provider(platform, &provider);
        walk.step("platform", name, verify).await?;
        let create = platform::create_strategy(platform, issuer, AUDIENCE, &provider);
        let strategy = walk
            .step("platform", "creates the auth strategy", create)
            .await?;
        let name = "creates a service and a route on the gateway";
        let create = platform::create_service(platform, self.sample.url());
        let (plane, service) = walk.step("platform", name, create).await?;
        let name = "creates the API product with its documents";
        let create = platform::create_product(platform, &plane, &service);
        let (product, version) = walk.step("platform", name, create).await?;
        let create = platform::create_portal(platform, &strategy);
        let portal = walk.step("platform", "creates the portal", create).await?;
        let portal = text(&portal, "/id")?;
        let publish = platform::publish_product(platform, &portal, &product);
        walk.step("platform", "publishes the product to the portal", publish)
            .await?;
        let name = "publishes the version there with the strategy";
        let publish = platform::publish_version(platform, &portal, &version, &strategy);
        walk.step("platform", name, publish).await?;
        Ok(Published {
            provider,
            strategy,
            version,
            portal,
        })
    }

    /// An Action comes into the way of tokens and goes again.
    async fn program(&self, walk: &mut Walk, tenant: &Tenant) -> Result<()> {
        let name = "writes an Action, deploys it and binds it to client credentials";
        let work = action::put_to_work(&tenant.management);
        let working = walk.step("tenant", name, work).await?;
        let fetch = async {
            let token = self.token_of(&tenant.owner).await?;
            action::expect_claim(&token, "Quickstart owner")
        };
        walk.step("tenant", "the next token carries the Action's claim", fetch)
            .await?;
        let take_away = action::take_away(&tenant.management, working);
        walk.step("tenant", "takes the Action away again", take_away)
            .await
    }

    pub(super) async fn create_user(&self, walk: &mut Walk, management: &Api) -> Result<Developer> {
        let user = Developer {
            email: "user@example.com".into(),
            password: self.password(),
        };
        let create = tenant::create_user(management, &user);
        walk.step("tenant", "creates somebody who can sign in", create)
            .await?;
        Ok(user)
    }
}
