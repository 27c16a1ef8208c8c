//! `gatehouse quickstart`: the whole story on one machine, over the public APIs alone.

mod action;
mod console;
mod developer;
mod development;
mod first_start;
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

use self::saved::{Developer, Management, Portal, Saved};
use self::tenant::Credentials;
use self::walk::Walk;
use super::api::Api;
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
        let (developer, client) = self.develop(walk, &saved).await?;
        let saved = Saved {
            portal: Portal {
                developer: Some(developer),
                ..saved.portal
            },
            ..saved
        };
        saved.write(&self.data_dir)?;
        Ok(self.ending(&saved, &self.curl(&client)))
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

    /// A later start in the same directory: everything is there, only addresses may have moved.
    async fn return_to(&self, walk: &mut Walk, saved: Saved) -> Result<Saved> {
        walk.step("tenant", "comes back", self.discover()).await?;
        let platform = self.platform(&saved.platform_token);
        let moved = platform::move_service(&platform, self.sample.url());
        let name = "finds the service and points it at the sample upstream";
        walk.step("platform", name, moved).await?;
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

    /// Letters, digits and a hyphen: what every password policy takes.
    fn password(&self) -> String {
        let part = || self.entropy.alphanumeric(10);
        format!("{}-{}-9zA", part(), part())
    }

    async fn discover(&self) -> Result<()> {
        let tenant = Api::at(&self.egress, &self.endpoints.issuer);
        tenant::discover(&tenant, &self.endpoints.issuer).await
    }

    /// The platform API, with its token.
    fn platform(&self, token: &str) -> Api {
        Api::at(&self.egress, &self.endpoints.platform).authorized(format!("Bearer {token}"))
    }

    /// The Management API, as its owner.
    async fn management(&self, owner: &Management) -> Result<Api> {
        let token = self.token_of(owner).await?;
        Ok(Api::at(&self.egress, &self.endpoints.issuer).authorized(format!("Bearer {token}")))
    }

    /// A new Management API token of its owner.
    async fn token_of(&self, owner: &Management) -> Result<String> {
        let issuer = &self.endpoints.issuer;
        tenant::token(&self.egress, issuer, &owner.credentials(), &owner.audience).await
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

    /// What is printed below the table.
    fn ending(&self, saved: &Saved, curl: &str) -> String {
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
        let developer = account(&saved.portal.developer);
        format!(
            "\n  Developer portal   {portal}{developer}\n\n  Console            {platform}{admin}\n\n  Gateway            {gateway}\n  Platform API       {platform}\n  Identity tenant    {issuer}{user}\n  Everything else    {}\n\n  Call the API:\n\n  {curl}",
            file.display()
        )
    }
}
