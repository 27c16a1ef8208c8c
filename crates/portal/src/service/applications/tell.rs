//! Mails about an application.

use oauth::Timestamp;
use storage::Tx;

use super::Applications;
use crate::mail::{self, Mail, Subject};
use crate::model::{Application, ApprovalStatus, Developer};
use crate::service::sites;
use crate::{Error, store};

/// What there is to tell of an application.
pub(super) struct News<'a> {
    pub(super) subject: Subject,
    pub(super) application: &'a Application,
    /// A team or a key that it is about, too; empty if none.
    pub(super) named: &'a str,
    /// When what it tells of ends.
    pub(super) until: Option<Timestamp>,
    /// What an administrator adds; empty if nothing.
    pub(super) reason: &'a str,
}

impl<'a> News<'a> {
    pub(super) const fn of(subject: Subject, application: &'a Application) -> Self {
        Self {
            subject,
            application,
            named: "",
            until: None,
            reason: "",
        }
    }

    /// Where the mail leads: to the application, where the reader still sees it.
    fn page(&self) -> String {
        match self.subject {
            Subject::ApplicationDeleted | Subject::HandedAway => "/my-apps".to_owned(),
            _ => format!("/my-apps/{}", self.application.id),
        }
    }
}

impl Applications {
    /// Writes to these developers. The mails leave when the transaction commits.
    pub(super) async fn write_to(
        &self,
        tx: &mut Tx,
        to: &[Developer],
        news: &News<'_>,
    ) -> Result<(), Error> {
        let application = news.application;
        let Some(site) = store::sites::find(&mut *tx, application.portal_id).await? else {
            return Ok(());
        };
        let link = format!(
            "{}{}",
            sites::address_at(&self.portal_url, &site),
            news.page()
        );
        for developer in to {
            let mail = Mail {
                about: application.name.clone(),
                names: [application.name.clone(), String::new(), String::new()],
                named: news.named.to_owned(),
                until: news.until,
                reason: news.reason.to_owned(),
                ..Mail::to(
                    (&site, developer),
                    news.subject,
                    link.clone(),
                    self.clock.now(),
                )
            };
            mail::post(tx, &self.sealer, &self.entropy, &mail).await?;
        }
        Ok(())
    }

    /// Those who may act on an application and can sign in to do so.
    pub(super) async fn at_work_on(
        &self,
        tx: &mut Tx,
        application: &Application,
    ) -> Result<Vec<Developer>, Error> {
        let mut all = store::developers::acting_on(tx, application).await?;
        all.retain(|developer| developer.status == ApprovalStatus::Approved);
        Ok(all)
    }
}
