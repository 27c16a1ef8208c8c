//! Tickets: how a sign-in gets from the request with the password to the one that goes on with it.
//!
//! The classic endpoints check a password in a script's request and finish in the browser's next
//! navigation. In between travels a ticket: single-use, short-lived, and worthless outside the browser,
//! or the pending request, that it was made for. So nobody signs another person in to an account of
//! their own by sending them a link (RFC 9700 §4.7).

use std::time::Duration;

use oauth::Timestamp;

use crate::store::login_tickets::{self, LoginTicket};
use crate::{Error, Tenant};

/// How long a ticket works. The next navigation follows at once.
const LIFETIME: Duration = Duration::from_secs(300);
/// Characters of a ticket: 258 bits.
const LENGTH: usize = 43;

/// What a ticket is good for. Each kind has digests of its own, so that one never passes for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `login_ticket` at `/authorize`, made by `/co/authenticate`; bound to the browser.
    CrossOrigin,
    /// `wresult` at `/login/callback`, made by `/usernamepassword/login`; bound to the pending request.
    Callback,
}

impl Kind {
    const fn purpose(self) -> &'static str {
        match self {
            Self::CrossOrigin => "identity.login_ticket.co",
            Self::Callback => "identity.login_ticket.callback",
        }
    }
}

/// Who signed in, where, and for whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proven {
    pub(crate) client_id: String,
    pub(crate) user_id: String,
    /// The connection's name.
    pub(crate) connection: String,
}

/// Makes a ticket that works for `binding` alone.
///
/// # Errors
/// [`Error::Unavailable`] if the database does not answer.
pub(crate) async fn issue(
    tenant: &Tenant,
    kind: Kind,
    binding: &str,
    proven: Proven,
) -> Result<String, Error> {
    let ticket = tenant.entropy().url_safe(LENGTH);
    let kept = LoginTicket {
        digest: digest(tenant, kind, &ticket),
        bound_to: digest(tenant, kind, binding),
        client_id: proven.client_id,
        user_id: proven.user_id,
        connection: proven.connection,
        expires_at: tenant.clock().now() + LIFETIME,
    };
    login_tickets::insert(tenant.db(), &kept).await?;
    Ok(ticket)
}

/// Takes a ticket: the first time it is shown, whatever comes of it. `None` if it does not work here.
///
/// # Errors
/// [`Error::Unavailable`] if the database does not answer.
pub(crate) async fn redeem(
    tenant: &Tenant,
    kind: Kind,
    binding: &str,
    ticket: &str,
) -> Result<Option<Proven>, Error> {
    if ticket.len() != LENGTH {
        return Ok(None);
    }
    let mut tx = tenant.db().begin().await?;
    let spent = login_tickets::spend(&mut tx, &digest(tenant, kind, ticket)).await?;
    tx.commit().await?;
    let now: Timestamp = tenant.clock().now();
    let fits = |kept: &LoginTicket| {
        let purpose = kind.purpose();
        let bound = tenant
            .sealer()
            .verify_digest(purpose, binding.as_bytes(), &kept.bound_to);
        bound && now < kept.expires_at
    };
    Ok(spent.filter(fits).map(|kept| Proven {
        client_id: kept.client_id,
        user_id: kept.user_id,
        connection: kept.connection,
    }))
}

fn digest(tenant: &Tenant, kind: Kind, text: &str) -> String {
    tenant.sealer().digest(kind.purpose(), text.as_bytes())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Kind, Proven, issue, redeem};
    use crate::stage::stages;
    use crate::store::login_tickets;

    fn proven() -> Proven {
        Proven {
            client_id: "client".to_owned(),
            user_id: "auth0|1".to_owned(),
            connection: "Accounts".to_owned(),
        }
    }

    #[tokio::test]
    async fn a_ticket_works_once_where_it_belongs_and_for_a_while() {
        for stage in stages().await {
            let tenant = &stage.tenant;
            let new = async || {
                issue(tenant, Kind::CrossOrigin, "browser", proven())
                    .await
                    .unwrap()
            };
            let used = async |kind, binding, ticket: &str| {
                redeem(tenant, kind, binding, ticket).await.unwrap()
            };
            let ticket = new().await;
            assert_eq!(
                used(Kind::CrossOrigin, "browser", &ticket).await,
                Some(proven())
            );
            assert_eq!(
                used(Kind::CrossOrigin, "browser", &ticket).await,
                None,
                "used"
            );
            let ticket = new().await;
            assert_eq!(used(Kind::CrossOrigin, "another", &ticket).await, None);
            assert_eq!(
                used(Kind::CrossOrigin, "browser", &ticket).await,
                None,
                "shown once"
            );
            let ticket = new().await;
            assert_eq!(
                used(Kind::Callback, "browser", &ticket).await,
                None,
                "another kind"
            );
            stage.clock.advance(Duration::from_secs(300));
            assert_eq!(
                used(Kind::CrossOrigin, "browser", &ticket).await,
                None,
                "expired"
            );
        }
    }

    #[tokio::test]
    async fn tickets_that_expired_are_forgotten() {
        for stage in stages().await {
            let tenant = &stage.tenant;
            issue(tenant, Kind::Callback, "state", proven())
                .await
                .unwrap();
            stage.clock.advance(Duration::from_secs(200));
            let later = issue(tenant, Kind::Callback, "state", proven())
                .await
                .unwrap();
            stage.clock.advance(Duration::from_secs(200));
            let now = stage.clock.now();
            assert_eq!(login_tickets::prune(tenant.db(), now).await.unwrap(), 1);
            let kept = redeem(tenant, Kind::Callback, "state", &later)
                .await
                .unwrap();
            assert_eq!(kept, Some(proven()));
        }
    }
}
