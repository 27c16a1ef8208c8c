//! A process that serves nobody: what a command needs of the product.

use std::time::Duration;

use anyhow::Result;
use egress::Egress;
use identity::Tenant;
use oauth::{Clock, Entropy, ShownOnce};
use portal::publish::{self, Publisher};
use portal::service::platform_tokens::{NewToken, Owner};
use portal::{Actor, Portal};
use secrecy::SecretString;
use storage::Database;
use storage::seal::Sealer;

use crate::config::Settings;
use crate::parts;

/// The parts that a command needs while nothing serves: opened one by one, on the same database.
pub(crate) struct Offline {
    settings: Settings,
    database: Database,
    sealer: Sealer,
    clock: Clock,
    entropy: Entropy,
}

impl Offline {
    /// Opens the database and the keys.
    ///
    /// # Errors
    /// One sentence that says what to do.
    pub(crate) async fn open(settings: &Settings) -> Result<Self> {
        let entropy = Entropy::system();
        Ok(Self {
            settings: settings.clone(),
            database: parts::database(settings).await?,
            sealer: parts::sealer(settings, &entropy)?,
            clock: Clock::system(),
            entropy,
        })
    }

    /// This moment.
    pub(crate) fn now(&self) -> oauth::Timestamp {
        self.clock.now()
    }

    /// The tenant.
    ///
    /// # Errors
    /// If the database does not answer.
    pub(crate) async fn tenant(&self) -> Result<Tenant> {
        let address = match &self.settings.identity.public_url {
            Some(url) => url.clone(),
            None => format!("http://{}", self.settings.identity.listen),
        };
        let parts = identity::Dependencies {
            db: self.database.clone(),
            sealer: self.sealer.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            egress: Egress::new(parts::policy(&self.settings, None)?, self.clock.clone())
                .for_strangers(self.settings.identity.egress_allow.clone()),
            mail: parts::mail_settings(&self.settings),
            settings: parts::tenant_settings(&self.settings, &address)?,
        };
        Ok(Tenant::new(parts).await?)
    }

    /// The control plane.
    ///
    /// # Errors
    /// If the database does not answer.
    pub(crate) async fn portal(&self) -> Result<Portal> {
        let parts = portal::Dependencies {
            db: self.database.clone(),
            sealer: self.sealer.clone(),
            egress: Egress::new(parts::policy(&self.settings, None)?, self.clock.clone()),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            publisher: Publisher::new(
                self.database.clone(),
                self.clock.clone(),
                publish::Settings::default(),
            ),
            mail: parts::mail_settings(&self.settings),
            portal_url: self.settings.portal.public_url.clone().unwrap_or_default(),
            console_url: self
                .settings
                .platform
                .public_url
                .clone()
                .unwrap_or_default(),
        };
        Ok(Portal::open(parts).await?)
    }

    /// Closes the database.
    pub(crate) async fn close(self) {
        self.database.close().await;
    }
}

/// Makes a platform token on behalf of whoever may run commands on this machine.
///
/// # Errors
/// If the name is empty or the database does not answer.
pub(crate) async fn create_token(
    portal: &Portal,
    name: &str,
    kind: portal::model::PlatformTokenKind,
    lifetime: Option<Duration>,
    owner: Owner,
) -> Result<ShownOnce<SecretString>> {
    let ctx = portal.ctx(Actor::System, "command");
    let expires_at = lifetime.map(|lifetime| ctx.now + lifetime);
    let new = NewToken {
        kind,
        name: name.to_owned(),
        expires_at,
    };
    Ok(portal.make_platform_token(&ctx, new, owner).await?.1)
}

/// Makes an owner of the console on behalf of whoever may run commands on this machine.
///
/// # Errors
/// If the address has an account, or the database does not answer.
pub(crate) async fn create_owner(
    portal: &Portal,
    email: &str,
    password: SecretString,
) -> Result<()> {
    let ctx = portal.ctx(Actor::System, "command");
    let new = portal::service::administrators::NewAdministrator {
        email: email.to_owned(),
        name: "Demo Owner".into(),
        role: web::Role::Owner,
    };
    let made = portal.administrators().create(&ctx, new, Some(password));
    made.await?;
    Ok(())
}
