//! Who asks: extractors that cannot be forgotten.

use axum::extract::FromRequestParts;
use http::header;
use http::request::Parts;
use web::RequestId;

use super::cookies;
use super::guard::{At, text};
use crate::model::{DeveloperId, Site};
use crate::rest::Problem;
use crate::service::accounts::{Developer, Visit};
use crate::store::audience::Audience;
use crate::{Actor, Ctx, Error, Portal};

impl FromRequestParts<Portal> for At {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Portal) -> Result<Self, Problem> {
        let found = parts.extensions.get::<Self>().cloned();
        found.ok_or_else(|| Error::Internal("the guard did not run".into()).into())
    }
}

/// A developer who is signed in, on a portal that has developers.
#[derive(Clone, Debug)]
pub(super) struct SignedIn {
    pub(super) site: Site,
    pub(super) developer: Developer,
    pub(super) id: DeveloperId,
    pub(super) ctx: Ctx,
}

impl FromRequestParts<Portal> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Problem> {
        let at = At::from_request_parts(parts, portal).await?;
        if at.site.is_public {
            return Err(no_accounts().into());
        }
        let developer = developer(portal, &at, parts).await?;
        let developer = developer.ok_or_else(|| {
            Error::Unauthenticated("sign in first, or renew the session: it has ended".into())
        })?;
        let id: DeveloperId = developer
            .id
            .parse()
            .map_err(|_| Error::Internal("a developer's id is no UUID".into()))?;
        let request_id = parts.extensions.get::<RequestId>();
        let request_id = request_id.map(ToString::to_string).unwrap_or_default();
        let actor = Actor::Developer {
            id,
            portal_id: at.site.id,
        };
        let caller = web::Caller::of(&parts.extensions, &parts.headers);
        Ok(Self {
            ctx: portal.ctx(actor, request_id).from(&caller),
            site: at.site,
            developer,
            id,
        })
    }
}

impl SignedIn {
    /// What the developer sees of the portal.
    pub(super) const fn audience(&self) -> Audience {
        Audience::of(&self.site, Some(self.id))
    }
}

/// Somebody who may read the catalogue: everybody on a public portal, developers on a private one.
#[derive(Clone, Debug)]
pub(super) struct Reader {
    pub(super) site: Site,
    /// What of it they see.
    pub(super) audience: Audience,
}

impl FromRequestParts<Portal> for Reader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Problem> {
        let at = At::from_request_parts(parts, portal).await?;
        if at.site.is_public {
            return Ok(Self {
                audience: Audience::of(&at.site, None),
                site: at.site,
            });
        }
        let signed_in = SignedIn::from_request_parts(parts, portal).await?;
        Ok(Self {
            audience: signed_in.audience(),
            site: signed_in.site,
        })
    }
}

/// Whoever reads about APIs by the third generation: on a private portal, somebody who is not signed in
/// reads about those that are published for everybody.
#[derive(Clone, Debug)]
pub(super) struct Visitor {
    /// What of the portal they see.
    pub(super) audience: Audience,
    /// Whether they read about every API that is published here.
    pub(super) reads_all: bool,
}

impl FromRequestParts<Portal> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Problem> {
        let at = At::from_request_parts(parts, portal).await?;
        let developer = match at.site.is_public {
            true => None,
            false => developer(portal, &at, parts).await?,
        };
        let id: Option<DeveloperId> = developer.and_then(|one| one.id.parse().ok());
        Ok(Self {
            audience: Audience::of(&at.site, id),
            reads_all: at.site.is_public || id.is_some(),
        })
    }
}

impl From<SignedIn> for Visitor {
    fn from(signed_in: SignedIn) -> Self {
        Self {
            audience: signed_in.audience(),
            reads_all: true,
        }
    }
}

/// Somebody who is not signed in, at the door of a portal that has developers.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) at: At,
    pub(super) visit: Visit,
}

impl FromRequestParts<Portal> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Problem> {
        let at = At::from_request_parts(parts, portal).await?;
        if at.site.is_public {
            return Err(no_accounts().into());
        }
        let caller = web::Caller::of(&parts.extensions, &parts.headers);
        let languages = text(&parts.headers, header::ACCEPT_LANGUAGE.as_str());
        let request_id = parts.extensions.get::<RequestId>();
        let visit = Visit {
            portal_id: at.site.id.to_string(),
            origin: at.origin.clone(),
            address: caller
                .address
                .map(|address| address.to_string())
                .unwrap_or_default(),
            locale: web::Locale::choose([], languages).tag().to_owned(),
            request_id: request_id.map(ToString::to_string).unwrap_or_default(),
            caller,
        };
        Ok(Self { at, visit })
    }
}

async fn developer(portal: &Portal, at: &At, parts: &Parts) -> Result<Option<Developer>, Error> {
    let Some(access) = cookies::access(&parts.headers) else {
        return Ok(None);
    };
    let portal_id = at.site.id.to_string();
    Ok(portal.accounts().developer(&portal_id, access).await?)
}

fn no_accounts() -> Error {
    Error::NotFound("this portal is public: it has no accounts and no applications".into())
}
