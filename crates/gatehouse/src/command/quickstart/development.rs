//! The outside developer's part: from signing up to the first call, and to losing access.

use anyhow::Result;

use super::developer::{self, Application};
use super::saved::{Developer, Saved};
use super::tenant::{self, Credentials};
use super::walk::Walk;
use super::{CALL, Story, gateway};
use crate::command::api::Api;

impl Story {
    /// Walks it. Gives who the developer is, and the credentials of the application that stays to play with.
    pub(super) async fn develop(
        &self,
        walk: &mut Walk,
        saved: &Saved,
    ) -> Result<(Developer, Credentials)> {
        let mut portal = Api::at(&self.egress, &self.endpoints.portal);
        let account = self.sign_up(walk, &mut portal).await?;
        let strategy = &saved.auth_strategy_id;
        let create = developer::create_application(&portal, "Weather station", strategy);
        let name = "creates an application and sees its secret once";
        let application = walk.step("portal", name, create).await?;
        self.call(walk, &portal, &application, saved).await?;
        self.lose_access(walk, &portal, &application, saved).await?;

        let create = developer::create_application(&portal, "Try me", strategy);
        let name = "creates another application to play with";
        let application = walk.step("portal", name, create).await?;
        let register = developer::register(&portal, &application, &saved.product_version_id);
        walk.step("portal", "registers it", register).await?;
        Ok((account, application.credentials))
    }

    async fn sign_up(&self, walk: &mut Walk, portal: &mut Api) -> Result<Developer> {
        let account = Developer {
            email: format!("developer-{}@example.com", self.entropy.hex(6)),
            password: self.password(),
        };
        let Developer { email, password } = &account;
        let sign_up = developer::sign_up(portal, email);
        walk.step("portal", "a developer signs up", sign_up).await?;
        let mails = self.data_dir.join("outbox").join("mail");
        let verify = developer::verify_mail(portal, &mails, email);
        let token = walk.step("portal", "verifies the mail", verify).await?;
        let set = developer::set_password(portal, &token, password);
        walk.step("portal", "sets a password", set).await?;
        let sign_in = developer::sign_in(portal, email, password);
        walk.step("portal", "signs in", sign_in).await?;
        Ok(account)
    }

    /// The gateway lets the application in once it is registered, in each of the ways, and nobody else.
    async fn call(
        &self,
        walk: &mut Walk,
        portal: &Api,
        application: &Application,
        saved: &Saved,
    ) -> Result<()> {
        let anybody = Api::at(&self.egress, &self.endpoints.gateway);
        let credentials = &application.credentials;
        let call = gateway::call(&anybody, CALL, 401);
        walk.step("gateway", "no credentials: 401", call).await?;
        let client = self.caller(gateway::plain(credentials));
        let call = gateway::call(&client, CALL, 403);
        walk.step("gateway", "not registered for this API: 403", call)
            .await?;
        let register = developer::register(portal, application, &saved.product_version_id);
        walk.step("portal", "registers it for the API", register)
            .await?;
        let name = "Basic CLIENT_ID:CLIENT_SECRET as the vendor's curl writes it: 200";
        let call = gateway::call(&client, CALL, 200);
        let answer = walk.step("gateway", name, call).await?;
        let encoded = self.caller(gateway::encoded(credentials));
        let call = gateway::call(&encoded, CALL, 200);
        walk.step("gateway", "the same, base64 encoded: 200", call)
            .await?;
        let issuer = &self.endpoints.issuer;
        let fetch = tenant::token(&self.egress, issuer, credentials, &saved.audience);
        let name = "gives the application an access token";
        let token = walk.step("tenant", name, fetch).await?;
        let bearer = self.caller(format!("Bearer {token}"));
        let call = gateway::call(&bearer, CALL, 200);
        walk.step("gateway", "that bearer token: 200", call).await?;
        let name = "the session cookie of the earlier call: 200";
        let call = gateway::call_with_session(&anybody, CALL, &answer);
        walk.step("gateway", name, call).await?;
        let guess = Credentials {
            client_secret: "wrong".into(),
            ..credentials.clone()
        };
        let wrong = self.caller(gateway::plain(&guess));
        let call = gateway::call(&wrong, CALL, 401);
        walk.step("gateway", "a wrong secret: 401", call).await?;
        Ok(())
    }

    /// A rotation ends the old secret, a deletion ends everything, both at once.
    async fn lose_access(
        &self,
        walk: &mut Walk,
        portal: &Api,
        application: &Application,
        saved: &Saved,
    ) -> Result<()> {
        let old = &application.credentials;
        let rotate = developer::rotate(portal, application);
        let new = walk.step("portal", "rotates the secret", rotate).await?;
        let before = self.caller(gateway::plain(old));
        let call = gateway::call(&before, CALL, 401);
        walk.step("gateway", "the old secret: 401", call).await?;
        let rotated = self.caller(gateway::plain(&new));
        let call = gateway::call(&rotated, CALL, 200);
        walk.step("gateway", "the new secret: 200", call).await?;
        let delete = developer::delete(portal, application);
        walk.step("portal", "deletes the application", delete)
            .await?;
        let name = "the deleted application: 401 at once";
        let call = gateway::call(&rotated, CALL, 401);
        walk.step("gateway", name, call).await?;
        let gone = self.client_is_gone(saved, &old.client_id);
        walk.step("tenant", "the client is gone", gone).await
    }

    /// The gateway, called with this `Authorization`.
    fn caller(&self, authorization: String) -> Api {
        Api::at(&self.egress, &self.endpoints.gateway).authorized(authorization)
    }

    async fn client_is_gone(&self, saved: &Saved, client_id: &str) -> Result<()> {
        let management = self.management(&saved.management).await?;
        tenant::expect_gone(&management, client_id).await
    }
}
