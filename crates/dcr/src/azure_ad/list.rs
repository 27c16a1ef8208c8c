//! App registrations by list, and which of them changed.
//!
//! With `Application.Read.All` or more, Graph lists every app registration that carries our tags. With
//! `Application.ReadWrite.OwnedBy` it lists those that the initial client owns: all that it made.
//!
//! Source: <https://learn.microsoft.com/en-us/graph/api/application-list>,
//! <https://learn.microsoft.com/en-us/graph/api/serviceprincipal-list-ownedobjects>,
//! <https://learn.microsoft.com/en-us/graph/api/application-delta>,
//! <https://learn.microsoft.com/en-us/graph/delta-query-overview>.

use std::collections::BTreeSet;

use egress::Response;
use http::{Method, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::wire::{APPLICATION_TAG, Application};
use super::{AzureAd, ok};
use crate::call::{self, segment};
use crate::port::{Error, ErrorKind};
use crate::state::ClientState;
use crate::survey::{Changes, Mark, Pages, Sight, Survey};

const SELECT: &str = "$select=appId,displayName,tags,web";

/// Most pages of changes; every app registration is looked at where there are more.
const MOST_PAGES: usize = 50;

#[derive(Deserialize)]
struct Page<T> {
    #[serde(default = "Vec::new")]
    value: Vec<T>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
    #[serde(rename = "@odata.deltaLink")]
    delta: Option<String>,
}

/// One of the changes: an app registration, or the id of one that was removed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Changed {
    #[serde(default)]
    id: String,
    #[serde(default)]
    app_id: Option<String>,
    #[serde(rename = "@removed", default)]
    removed: Option<Removed>,
}

/// `changed`: it lies in the recycle bin. `deleted`: it left that too.
#[derive(Deserialize)]
struct Removed {
    #[serde(default)]
    reason: String,
}

fn lost_mark() -> Error {
    let message = "Microsoft Graph does not say where its changes go on";
    Error::new(ErrorKind::Misconfigured, message)
}

impl AzureAd {
    pub(super) async fn registrations(&self, pages: &Pages) -> Result<Survey, Error> {
        let ours = segment(&format!("tags/any(t:startswith(t,'{APPLICATION_TAG}:'))"));
        let everybodys = format!("/applications?$filter={ours}&{SELECT}&$top=999");
        let limits = match self.show(everybodys, pages).await {
            Ok(()) => None,
            Err(error) if matches!(error.kind, ErrorKind::Denied { .. }) => {
                let us = segment(self.graph.client_id());
                let owned = format!(
                    "/servicePrincipals(appId='{us}')/ownedObjects/microsoft.graph.application\
                     ?{SELECT}&$top=999"
                );
                let limits = "seen are the app registrations that the initial client made; for those \
                              of others it needs the application permission Application.Read.All";
                self.show(owned, pages).await?;
                Some(limits.to_owned())
            }
            Err(error) => return Err(error),
        };
        Ok(Survey {
            sight: Sight::All,
            limits,
        })
    }

    async fn show(&self, path: String, pages: &Pages) -> Result<(), Error> {
        let mut path = Some(path);
        while let Some(now) = path {
            let page: Page<Application> = read(self.get(&now).await?)?;
            let states = page.value.into_iter().map(ClientState::from);
            pages.show(states.collect()).await;
            path = self.path(page.next).filter(|next| *next != now);
        }
        Ok(())
    }

    async fn get(&self, path: &str) -> Result<Response, Error> {
        self.graph.call(Method::GET, path, None, None).await
    }

    fn path(&self, link: Option<String>) -> Option<String> {
        self.graph.own_path(&link?).map(str::to_owned)
    }

    pub(super) async fn end_of_changes(&self) -> Result<Mark, Error> {
        let path = format!("/applications/delta?$deltatoken=latest&{SELECT}");
        let page: Page<Changed> = read(self.get(&path).await?)?;
        let delta = self.path(page.delta).ok_or_else(lost_mark)?;
        Ok(Mark(delta))
    }

    pub(super) async fn changed_since(&self, since: &Mark) -> Result<Option<Changes>, Error> {
        let Mark(mut path) = since.clone();
        let mut clients = BTreeSet::new();
        for _ in 0..MOST_PAGES {
            let response = self.get(&path).await?;
            // Graph forgets a mark after a while, and says so.
            if matches!(
                response.status,
                StatusCode::GONE | StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND
            ) {
                return Ok(None);
            }
            let page: Page<Changed> = read(response)?;
            for changed in page.value {
                match self.name(changed).await? {
                    Named::Client(id) => {
                        clients.insert(id);
                    }
                    Named::Nobody => {}
                    Named::Somebody => return Ok(None),
                }
            }
            match (self.path(page.next), self.path(page.delta)) {
                (Some(next), _) => path = next,
                (None, Some(delta)) => {
                    let next = Mark(delta);
                    return Ok(Some(Changes { clients, next }));
                }
                (None, None) => return Ok(None),
            }
        }
        Ok(None)
    }

    /// The client that changed. One that was removed is named by its object's id alone; the recycle
    /// bin knows the rest.
    async fn name(&self, changed: Changed) -> Result<Named, Error> {
        match changed {
            Changed {
                removed: Some(Removed { reason }),
                ..
            } if reason == "deleted" => Ok(Named::Nobody),
            Changed {
                app_id: Some(id), ..
            } => Ok(Named::Client(id)),
            Changed { id, .. } => {
                let path = format!("/directory/deletedItems/{}", segment(&id));
                let response = self.get(&path).await?;
                if response.status == StatusCode::NOT_FOUND {
                    return Ok(Named::Somebody);
                }
                let deleted: Changed = read(response)?;
                Ok(deleted.app_id.map_or(Named::Nobody, Named::Client))
            }
        }
    }
}

enum Named {
    Client(String),
    Nobody,
    Somebody,
}

fn read<T: DeserializeOwned>(response: Response) -> Result<T, Error> {
    call::read(&ok(response, ErrorKind::Misconfigured)?)
}
