//! A tenant for tests of what no endpoint shows.

use std::path::PathBuf;

use egress::{Egress, Policy};
use oauth::{Clock, Entropy, Timestamp};
use storage::outbox::Outbox;
use storage::seal::{KeyRing, Sealer};
use storage::testing::TestDatabase;
use web::Locale;

use crate::model::connection::{self, Connection};
use crate::service::{connections, mail};
use crate::visit::Visit;
use crate::{Dependencies, Origin, Settings, Tenant};

/// A tenant on one database.
pub(crate) struct Stage {
    pub(crate) tenant: Tenant,
    pub(crate) clock: Clock,
    pub(crate) database: TestDatabase,
    mails: PathBuf,
}

/// A tenant on each kind of database.
pub(crate) async fn stages() -> Vec<Stage> {
    let mut stages = Vec::new();
    for database in storage::testing::databases(&[crate::MIGRATIONS]).await {
        stages.push(stage(database).await);
    }
    stages
}

async fn stage(database: TestDatabase) -> Stage {
    let clock = Clock::manual(Timestamp::from_unix_seconds(1_790_000_000));
    let mails = std::env::temp_dir().join(format!("gatehouse-mails-{}", Entropy::system().hex(16)));
    let tenant = Tenant::new(Dependencies {
        db: database.db.clone(),
        sealer: Sealer::new(KeyRing::for_tests(), Entropy::system()),
        clock: clock.clone(),
        entropy: Entropy::system(),
        egress: Egress::new(Policy::default(), clock.clone()),
        mail: egress::mail::Settings::files(&mails),
        settings: Settings::new(Origin::parse("http://127.0.0.1:8005").unwrap()),
    });
    Stage {
        tenant: tenant.await.unwrap(),
        clock,
        database,
        mails,
    }
}

impl Stage {
    /// A visit from an address.
    pub(crate) fn from(&self, ip: &str) -> Visit {
        Visit {
            ip: ip.to_owned(),
            user_agent: "test".to_owned(),
            issuer: self.tenant.settings().canonical.issuer(),
            locale: Locale::En,
            client_id: None,
            from_action: false,
        }
    }

    /// The connection that every tenant has.
    pub(crate) async fn connection(&self) -> Connection {
        let found = connections::by_name(&self.tenant, connection::FIRST).await;
        found.unwrap().unwrap()
    }

    /// Sends the mails that wait, and gives the tickets in them, the oldest first.
    pub(crate) async fn tickets(&self) -> Vec<String> {
        let tenant = &self.tenant;
        let outbox = Outbox::new(
            tenant.db().clone(),
            tenant.clock().clone(),
            tenant.entropy().clone(),
        );
        let deliver = |job| mail::deliver(tenant, job);
        outbox.run_due(mail::QUEUE, &deliver).await;
        let Ok(files) = std::fs::read_dir(&self.mails) else {
            return Vec::new();
        };
        let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
        files.sort();
        let tickets = files.iter().map(|file| ticket(file));
        let tickets = tickets.collect();
        std::fs::remove_dir_all(&self.mails).unwrap();
        tickets
    }
}

fn ticket(file: &std::path::Path) -> String {
    let text = std::fs::read_to_string(file).unwrap();
    // Quoted-printable: soft line breaks, and `=` written out.
    let text = text.replace("=\r\n", "").replace("=3D", "=");
    let (_, rest) = text.split_once("ticket=").unwrap();
    rest.chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .collect()
}
