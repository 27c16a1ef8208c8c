//! `gatehouse quickstart`: the whole story on one machine, over the public APIs alone.

mod action;
mod console;
mod developer;
mod gateway;
mod platform;
mod saved;
mod tenant;
mod walk;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use egress::Egress;
use oauth::Entropy;
use secrecy::ExposeSecret as _;

use self::saved::{Developer, Management, Portal, Saved};
use self::tenant::Credentials;
use self::walk::Walk;
use super::api::{Api, text};
use super::say;
use crate::app::{self, App, Endpoints};
use crate::config::{Role, Source, Tls, load};
use crate::sample::Sample;

/// The identifier of the demo's API, which is its audience.
const AUDIENCE: &str = "https://weather.example/";
/// A call that the sample upstream answers.
const CALL: &str = "/weather/forecast?place=Kobe";

#[derive(Args)]
pub(crate) struct Options {
    /// Serve https everywhere, with certificates from a local CA: some SDKs speak nothing else.
    #[arg(long)]
    tls: bool,
    /// Stop after the story; the status is 0 only if every step held.
    #[arg(long)]
    exit: bool,
}

pub(super) fn run(options: &Options, source: Source) -> Result<ExitCode> {
    let mut settings = load(&source)?.settings;
    settings.roles = vec![Role::Gateway, Role::Platform, Role::Portal, Role::Identity];
    if options.tls {
        for tls in [
            &mut settings.gateway.tls,
            &mut settings.platform.tls,
            &mut settings.portal.tls,
            &mut settings.identity.tls,
            &mut settings.operations.tls,
        ] {
            *tls = Tls::Local;
        }
    }
    // The story is told on this terminal; what goes wrong is still said.
    if settings.log.level == "info" {
        settings.log.level = "warn".into();
    }
    app::runtime()?.block_on(async {
        say("Gatehouse quickstart: a tenant, a portal, an API and a gateway on this machine.");
        let data_dir = settings.data_dir.clone();
        let app = App::start(settings, source).await?;
        let mut walk = Walk::default();
        // The story holds the sample upstream: it stays until the end.
        let mut story = Story::begin(&app, data_dir).await?;
        let outcome = story.tell(&app, &mut walk).await;
        say(&format!("\n{}", walk.table()));
        let held = match outcome {
            Ok(ending) => {
                say(&ending);
                walk.held()
            }
            Err(error) => {
                super::complain(&error.context("the story ends here"));
                false
            }
        };
        if options.exit || !held {
            app.stop().await;
            return Ok(if held {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            });
        }
        say("\n  Ctrl-C stops it.");
        app.run_until_signal().await?;
        Ok(ExitCode::SUCCESS)
    })
}

/// What the steps share.
struct Story {
    egress: Egress,
    endpoints: Endpoints,
    data_dir: PathBuf,
    saved: Option<Saved>,
    sample: Sample,
    entropy: Entropy,
}

impl Story {
    async fn begin(app: &App, data_dir: PathBuf) -> Result<Self> {
        let saved = Saved::read(&data_dir)?;
        let wanted = saved.as_ref().map(|saved| saved.upstream_url.as_str());
        let sample = Sample::start(wanted)
            .await
            .context("start the sample upstream")?;
        Ok(Self {
            // Over real sockets, as a client elsewhere would: nothing of the process is mounted here.
            egress: app.client_egress()?,
            endpoints: app.endpoints().clone(),
            data_dir,
            saved,
            sample,
            entropy: Entropy::system(),
        })
    }

    /// Walks every step; the answer is what to print below the table.
    async fn tell(&mut self, app: &App, walk: &mut Walk) -> Result<String> {
        let saved = match self.saved.take() {
            Some(saved) => self.return_to(walk, saved).await?,
            None => self.build(app, walk).await?,
        };
        let admin = self.administer(app, walk, saved.admin.clone()).await?;
        let saved = Saved {
            admin: Some(admin),
            ..saved
        };
        let (developer, ending) = self.develop(walk, &saved).await?;
        let saved = Saved {
            portal: Portal {
                developer: Some(developer),
                ..saved.portal.clone()
            },
            ..saved
        };
        saved.write(&self.data_dir)?;
        Ok(ending)
    }

    /// First start: the tenant's owner and the API team set everything up.
    async fn build(&self, app: &App, walk: &mut Walk) -> Result<Saved> {
        let issuer = self.endpoints.issuer.clone();
        let tenant = Api::at(&self.egress, &issuer);
        walk.step(
            "tenant",
            "comes up and answers discovery",
            tenant::discover(&tenant, &issuer),
        )
        .await?;
        let management_audience = format!("{issuer}api/v2/");
        let (client_id, client_secret) =
            app.bootstrap_management_client("Quickstart owner").await?;
        let owner = Credentials {
            client_id,
            client_secret: client_secret.reveal(),
        };
        let token = walk
            .step(
                "tenant",
                "gives its owner a Management API token",
                tenant::token(&self.egress, &issuer, &owner, &management_audience),
            )
            .await?;
        let management = tenant.authorized(format!("Bearer {token}"));
        let admin = walk
            .step(
                "tenant",
                "creates the client Portal DCR Admin",
                tenant::create_dcr_admin(&management),
            )
            .await?;
        let authorize = tenant::authorize_dcr_admin(&management, &admin, &management_audience);
        walk.step(
            "tenant",
            "authorises it with the vendor page's permissions",
            authorize,
        )
        .await?;
        walk.step(
            "tenant",
            "creates the API that applications are granted",
            tenant::create_api(&management, AUDIENCE),
        )
        .await?;

        let platform_token = app
            .create_platform_token("quickstart")
            .await?
            .reveal()
            .expose_secret()
            .to_owned();
        let platform = Api::at(&self.egress, &self.endpoints.platform)
            .authorized(format!("Bearer {platform_token}"));
        let provider = walk
            .step(
                "platform",
                "creates the DCR provider",
                platform::create_provider(&platform, &issuer, &admin),
            )
            .await?;
        walk.step(
            "platform",
            "verifies it, permission by permission",
            platform::verify_provider(&platform, &provider),
        )
        .await?;
        let create = platform::create_strategy(&platform, &issuer, AUDIENCE, &provider);
        let strategy = walk
            .step("platform", "creates the auth strategy", create)
            .await?;
        let create = platform::create_service(&platform, self.sample.url());
        let (plane, service) = walk
            .step(
                "platform",
                "creates a service and a route on the gateway",
                create,
            )
            .await?;
        let create = platform::create_product(&platform, &plane, &service);
        let (product, version) = walk
            .step(
                "platform",
                "creates the API product with its documents",
                create,
            )
            .await?;
        let portal = walk
            .step(
                "platform",
                "creates the portal",
                platform::create_portal(&platform, &strategy),
            )
            .await?;
        let portal_id = text(&portal, "/id")?;
        let publish = platform::publish_product(&platform, &portal_id, &product);
        walk.step("platform", "publishes the product to the portal", publish)
            .await?;
        let publish = platform::publish_version(&platform, &portal_id, &version, &strategy);
        walk.step(
            "platform",
            "publishes the version there with the strategy",
            publish,
        )
        .await?;

        self.program(walk, &management, &owner, &management_audience)
            .await?;
        let user = self.create_user(walk, &management).await?;
        let organization = platform.get("/v3/organizations/me").await?;
        Ok(Saved {
            platform_token,
            organization_id: text(&organization, "/id")?,
            portal: Portal {
                id: portal_id,
                url: self.endpoints.portal.clone(),
                developer: None,
            },
            management: Management::new(&owner, management_audience),
            issuer,
            audience: AUDIENCE.into(),
            dcr_provider_id: provider,
            auth_strategy_id: strategy,
            product_version_id: version,
            route: platform::ROUTE.into(),
            upstream_url: self.sample.url().into(),
            admin: None,
            user: Some(user),
        })
    }

    /// The team's first owner, who signs in to the console.
    async fn administer(
        &self,
        app: &App,
        walk: &mut Walk,
        known: Option<Developer>,
    ) -> Result<Developer> {
        let admin = match known {
            Some(admin) => admin,
            None => {
                let admin = Developer {
                    email: "admin@example.com".into(),
                    password: self.password(),
                };
                let create = app.create_owner(&admin.email, admin.password.as_str().into());
                walk.step("console", "gets its first owner", create).await?;
                admin
            }
        };
        let sign_in = console::sign_in(&self.egress, &self.endpoints.platform, &admin);
        walk.step("console", "its owner signs in", sign_in).await?;
        Ok(admin)
    }

    /// An Action comes into the way of tokens and goes again.
    async fn program(
        &self,
        walk: &mut Walk,
        management: &Api,
        owner: &Credentials,
        audience: &str,
    ) -> Result<()> {
        let working = walk
            .step(
                "tenant",
                "writes an Action, deploys it and binds it to client credentials",
                action::put_to_work(management),
            )
            .await?;
        let fetch = async {
            let (egress, issuer) = (&self.egress, &self.endpoints.issuer);
            let token = tenant::token(egress, issuer, owner, audience).await?;
            action::expect_claim(&token, "Quickstart owner")
        };
        walk.step("tenant", "the next token carries the Action's claim", fetch)
            .await?;
        let take_away = action::take_away(management, working);
        walk.step("tenant", "takes the Action away again", take_away)
            .await
    }

    async fn create_user(&self, walk: &mut Walk, management: &Api) -> Result<Developer> {
        let user = Developer {
            email: "user@example.com".into(),
            password: self.password(),
        };
        let create = tenant::create_user(management, &user);
        walk.step("tenant", "creates somebody who can sign in", create)
            .await?;
        Ok(user)
    }

    /// Letters, digits and a hyphen: what every password policy takes.
    fn password(&self) -> String {
        let part = || self.entropy.alphanumeric(10);
        format!("{}-{}-9zA", part(), part())
    }

    /// A later start in the same directory: everything is there, only addresses may have moved.
    async fn return_to(&self, walk: &mut Walk, saved: Saved) -> Result<Saved> {
        let tenant = Api::at(&self.egress, &self.endpoints.issuer);
        walk.step(
            "tenant",
            "comes back",
            tenant::discover(&tenant, &self.endpoints.issuer),
        )
        .await?;
        let platform = Api::at(&self.egress, &self.endpoints.platform)
            .authorized(format!("Bearer {}", saved.platform_token));
        let moved = platform::move_service(&platform, self.sample.url());
        walk.step(
            "platform",
            "finds the service and points it at the sample upstream",
            moved,
        )
        .await?;
        let verify = platform::verify_provider(&platform, &saved.dcr_provider_id);
        walk.step("platform", "verifies the DCR provider", verify)
            .await?;
        let user = match saved.user {
            Some(user) => user,
            None => {
                let management = self.management(&saved.management).await?;
                self.create_user(walk, &management).await?
            }
        };
        Ok(Saved {
            user: Some(user),
            issuer: self.endpoints.issuer.clone(),
            upstream_url: self.sample.url().into(),
            portal: Portal {
                url: self.endpoints.portal.clone(),
                ..saved.portal
            },
            ..saved
        })
    }

    /// The outside developer: from signing up to the first call, and to losing access.
    async fn develop(&self, walk: &mut Walk, saved: &Saved) -> Result<(Developer, String)> {
        let mut portal = Api::at(&self.egress, &self.endpoints.portal);
        let email = format!("developer-{}@example.com", self.entropy.hex(6));
        let password = self.password();
        let mails = self.data_dir.join("outbox").join("mail");
        walk.step(
            "portal",
            "a developer signs up",
            developer::sign_up(&portal, &email),
        )
        .await?;
        let token = walk
            .step(
                "portal",
                "verifies the mail",
                developer::verify_mail(&portal, &mails, &email),
            )
            .await?;
        walk.step(
            "portal",
            "sets a password",
            developer::set_password(&portal, &token, &password),
        )
        .await?;
        walk.step(
            "portal",
            "signs in",
            developer::sign_in(&mut portal, &email, &password),
        )
        .await?;
        let strategy = &saved.auth_strategy_id;
        let create = developer::create_application(&portal, "Weather station", strategy);
        let application = walk
            .step(
                "portal",
                "creates an application and sees its secret once",
                create,
            )
            .await?;

        let gateway = Api::at(&self.egress, &self.endpoints.gateway);
        let old = application.credentials.clone();
        walk.step(
            "gateway",
            "no credentials: 401",
            gateway::call(&gateway, CALL, 401),
        )
        .await?;
        let unregistered = gateway.clone().authorized(gateway::plain(&old));
        walk.step(
            "gateway",
            "not registered for this API: 403",
            gateway::call(&unregistered, CALL, 403),
        )
        .await?;
        let register = developer::register(&portal, &application, &saved.product_version_id);
        walk.step("portal", "registers it for the API", register)
            .await?;
        let answer = walk
            .step(
                "gateway",
                "Basic CLIENT_ID:CLIENT_SECRET as the vendor's curl writes it: 200",
                gateway::call(&unregistered, CALL, 200),
            )
            .await?;
        let encoded = gateway.clone().authorized(gateway::encoded(&old));
        walk.step(
            "gateway",
            "the same, base64 encoded: 200",
            gateway::call(&encoded, CALL, 200),
        )
        .await?;
        let fetch = tenant::token(&self.egress, &self.endpoints.issuer, &old, &saved.audience);
        let token = walk
            .step("tenant", "gives the application an access token", fetch)
            .await?;
        let bearer = gateway.clone().authorized(format!("Bearer {token}"));
        walk.step(
            "gateway",
            "that bearer token: 200",
            gateway::call(&bearer, CALL, 200),
        )
        .await?;
        let session = gateway::call_with_session(&gateway, CALL, &answer);
        walk.step(
            "gateway",
            "the session cookie of the earlier call: 200",
            session,
        )
        .await?;
        let guess = Credentials {
            client_secret: "wrong".into(),
            ..old.clone()
        };
        let wrong = gateway.clone().authorized(gateway::plain(&guess));
        walk.step(
            "gateway",
            "a wrong secret: 401",
            gateway::call(&wrong, CALL, 401),
        )
        .await?;

        let new = walk
            .step(
                "portal",
                "rotates the secret",
                developer::rotate(&portal, &application),
            )
            .await?;
        walk.step(
            "gateway",
            "the old secret: 401",
            gateway::call(&unregistered, CALL, 401),
        )
        .await?;
        let rotated = gateway.clone().authorized(gateway::plain(&new));
        walk.step(
            "gateway",
            "the new secret: 200",
            gateway::call(&rotated, CALL, 200),
        )
        .await?;
        walk.step(
            "portal",
            "deletes the application",
            developer::delete(&portal, &application),
        )
        .await?;
        walk.step(
            "gateway",
            "the deleted application: 401 at once",
            gateway::call(&rotated, CALL, 401),
        )
        .await?;
        walk.step(
            "tenant",
            "the client is gone",
            self.client_is_gone(saved, &old.client_id),
        )
        .await?;

        let keep = developer::create_application(&portal, "Try me", strategy);
        let keep = walk
            .step("portal", "creates another application to play with", keep)
            .await?;
        let register = developer::register(&portal, &keep, &saved.product_version_id);
        walk.step("portal", "registers it", register).await?;
        let curl = self.curl(&keep.credentials);
        Ok((
            Developer {
                email: email.clone(),
                password: password.clone(),
            },
            self.ending(&email, &password, saved, &curl),
        ))
    }

    async fn client_is_gone(&self, saved: &Saved, client_id: &str) -> Result<()> {
        let management = self.management(&saved.management).await?;
        tenant::expect_gone(&management, client_id).await
    }

    /// The Management API, as its owner.
    async fn management(&self, owner: &Management) -> Result<Api> {
        let (egress, issuer) = (&self.egress, &self.endpoints.issuer);
        let token = tenant::token(egress, issuer, &owner.credentials(), &owner.audience).await?;
        Ok(Api::at(egress, issuer).authorized(format!("Bearer {token}")))
    }

    fn curl(&self, client: &Credentials) -> String {
        let trust = self
            .endpoints
            .ca_cert
            .as_ref()
            .map(|path| format!(" --cacert {}", path.display()))
            .unwrap_or_default();
        format!(
            "curl{trust} \"{}{CALL}\" -H \"Authorization: {}\"",
            self.endpoints.gateway,
            gateway::plain(client)
        )
    }

    fn ending(&self, email: &str, password: &str, saved: &Saved, curl: &str) -> String {
        let Endpoints {
            gateway,
            platform,
            portal,
            issuer,
            ..
        } = &self.endpoints;
        let file = saved::path(&self.data_dir);
        let account = |account: &Option<Developer>| {
            account.as_ref().map_or_else(String::new, |account| {
                format!(
                    "\n    sign in with     {}\n    password         {}",
                    account.email, account.password
                )
            })
        };
        let (admin, user) = (account(&saved.admin), account(&saved.user));
        format!(
            "\n  Developer portal   {portal}\n    sign in with     {email}\n    password         {password}\n\n  Console            {platform}{admin}\n\n  Gateway            {gateway}\n  Platform API       {platform}\n  Identity tenant    {issuer}{user}\n  Everything else    {}\n\n  Call the API:\n\n  {curl}",
            file.display()
        )
    }
}
