//! What clients were asked to be, what their server made of it, and what it says of them now.

use std::collections::BTreeSet;

use futures_util::future::try_join_all;
use serde_json::Value;

use super::{Information, Record, Registrations};
use crate::client;
use crate::kept::KeptClient;
use crate::port::{Error, ErrorKind, NewClient};
use crate::state::{ANY_AUDIENCE, ClientState};
use crate::survey::{Pages, Sight, Survey};

/// How many clients are read at once.
const AT_ONCE: usize = 8;

/// What a client is asked to be. Scopes go with no audience in particular.
pub(crate) fn asked(client: &NewClient) -> ClientState {
    let grant_types = client::grant_types(client).into_iter();
    let scopes: BTreeSet<String> = client.scopes.iter().cloned().collect();
    let scopes = (!scopes.is_empty()).then(|| (ANY_AUDIENCE.to_owned(), scopes));
    ClientState {
        grant_types: grant_types.map(str::to_owned).collect(),
        scopes: scopes.into_iter().collect(),
        ..ClientState::registered(client)
    }
}

impl Information {
    /// What counts of it.
    pub(super) fn shape(&self) -> ClientState {
        let texts = |member: &str| {
            let list = self.0.get(member).and_then(Value::as_array);
            let texts = list.into_iter().flatten().filter_map(Value::as_str);
            texts.map(str::to_owned).collect()
        };
        let scopes = self.text("scope").unwrap_or_default().split(' ');
        let scopes = scopes.filter(|scope| !scope.is_empty());
        let scopes: BTreeSet<String> = scopes.map(str::to_owned).collect();
        let scopes = (!scopes.is_empty()).then(|| (ANY_AUDIENCE.to_owned(), scopes));
        ClientState {
            name: self.text("client_name").unwrap_or_default().to_owned(),
            redirect_uris: texts("redirect_uris"),
            grant_types: texts("grant_types"),
            scopes: scopes.into_iter().collect(),
            ..ClientState::default()
        }
    }
}

impl ClientState {
    /// Takes over what the server made of a change, and of nothing else: what was changed by hand
    /// before and was sent back as it is stays a difference.
    pub(super) fn takes_changes(&mut self, before: &Self, sent: &Self, after: Self) {
        if sent.name != before.name {
            self.name = after.name;
        }
        if sent.redirect_uris != before.redirect_uris {
            self.redirect_uris = after.redirect_uris;
        }
        if sent.grant_types != before.grant_types {
            self.grant_types = after.grant_types;
        }
        if sent.scopes != before.scopes {
            self.scopes = after.scopes;
        }
    }
}

impl Record {
    /// The client as it was asked to be.
    fn told(&self, client_id: &str) -> ClientState {
        ClientState {
            client_id: client_id.to_owned(),
            name: self.name.clone(),
            metadata: self.metadata.clone(),
            ..self.asked.clone()
        }
    }

    /// The client as the server describes it now, in the words in which it was asked for.
    fn seen(&self, client_id: &str, now: ClientState) -> ClientState {
        let mut state = self.told(client_id);
        let then = &self.answered;
        if now.name != then.name {
            state.name = now.name;
        }
        if now.redirect_uris != then.redirect_uris {
            state.redirect_uris = now.redirect_uris;
        }
        if now.grant_types != then.grant_types {
            state.grant_types = now.grant_types;
        }
        if now.scopes != then.scopes {
            state.scopes = now.scopes;
        }
        state
    }
}

/// What became of looking at one client.
enum Look {
    Seen(ClientState),
    Unseen(ClientState),
    Gone,
}

impl Registrations {
    /// A client as it was last asked to be; `None` if it is not kept.
    pub(crate) async fn told(&self, client_id: &str) -> Result<Option<ClientState>, Error> {
        let kept = self.states.load(client_id).await?;
        kept.map(|kept| Ok(Record::of(&kept)?.told(client_id)))
            .transpose()
    }

    /// A client as the server describes it; as it was asked to be where the server does not say.
    pub(crate) async fn inspect(&self, client_id: &str) -> Result<Option<ClientState>, Error> {
        let Some(kept) = self.states.load(client_id).await? else {
            return Ok(None);
        };
        Ok(match self.look(&kept).await? {
            Look::Seen(state) | Look::Unseen(state) => Some(state),
            Look::Gone => None,
        })
    }

    /// Every kept client as the server describes it.
    pub(crate) async fn survey(&self, pages: &Pages) -> Result<Survey, Error> {
        let (mut seen, mut unseen) = (0, 0);
        let mut after = String::new();
        loop {
            let page = self.states.page(&after).await?;
            let Some(last) = page.last() else { break };
            after.clone_from(&last.client_id);
            let mut clients = Vec::with_capacity(page.len());
            for some in page.chunks(AT_ONCE) {
                for look in try_join_all(some.iter().map(|kept| self.look(kept))).await? {
                    match look {
                        Look::Seen(state) => {
                            seen += 1;
                            clients.push(state);
                        }
                        Look::Unseen(state) => {
                            unseen += 1;
                            clients.push(state);
                        }
                        Look::Gone => seen += 1,
                    }
                }
            }
            pages.show(clients).await;
        }
        let nothing = seen == 0 && unseen > 0;
        let limits = match (nothing, unseen) {
            (true, _) => "the identity provider lets no client be read (RFC 7592): clients are \
                          compared with what it was last told, and orphaned ones cannot be seen here"
                .to_owned(),
            (false, 0) => NO_LIST.to_owned(),
            (false, unseen) => {
                format!("{NO_LIST}; {unseen} clients cannot be read, and pass for unchanged")
            }
        };
        Ok(Survey {
            sight: if nothing { Sight::Told } else { Sight::Known },
            limits: Some(limits),
        })
    }

    /// Every kept client as it was last asked to be.
    pub(crate) async fn survey_told(&self, pages: &Pages, limits: &str) -> Result<Survey, Error> {
        let mut after = String::new();
        loop {
            let page = self.states.page(&after).await?;
            let Some(last) = page.last() else { break };
            after.clone_from(&last.client_id);
            let told = |kept: &KeptClient| Ok(Record::of(kept)?.told(&kept.client_id));
            let told: Result<Vec<ClientState>, Error> = page.iter().map(told).collect();
            pages.show(told?).await;
        }
        Ok(Survey {
            sight: Sight::Told,
            limits: Some(limits.to_owned()),
        })
    }

    async fn look(&self, kept: &KeptClient) -> Result<Look, Error> {
        let record = Record::of(kept)?;
        match self.read(&kept.client_id).await {
            Ok(information) => {
                let now = information.shape();
                Ok(Look::Seen(record.seen(&kept.client_id, now)))
            }
            Err(error) => match error.kind {
                ErrorKind::NotFound => Ok(Look::Gone),
                // RFC 7592 is not served, or the client's token was lost.
                ErrorKind::Unsupported | ErrorKind::Denied { .. } => {
                    Ok(Look::Unseen(record.told(&kept.client_id)))
                }
                _ => Err(error),
            },
        }
    }
}

const NO_LIST: &str = "the identity provider lists no clients: those that were registered here are \
                       read one by one, and a client that nobody here knows of cannot be seen";
