//! Who may open which page, settled before any of them: an administrator by their role in the console, and by
//! roles that were assigned to them or to their teams.

use std::sync::Arc;

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use storage::Value;
use uuid::Uuid;
use web::{Administrator, Role};

use super::needs::{self, Open};
use super::refusal::Refused;
use crate::model::{Act, EntityType, Removed, Rights, Seen};
use crate::service::removals;
use crate::store::listing::{Filter, Listing, Test};
use crate::{Error, Portal, store};

/// Stands in front of every page: the reader's role becomes what they may do with this page, and pages that are
/// not open to them refuse them.
pub(super) async fn settle(
    State(portal): State<Portal>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(reader) = request.extensions().get::<Administrator>().cloned() else {
        return next.run(request).await;
    };
    let matched = request.extensions().get::<MatchedPath>();
    let matched = matched.map_or("", MatchedPath::as_str).to_owned();
    let known = request.extensions().get::<Arc<Rights>>().cloned();
    let page = (matched.as_str(), request.uri().path());
    match admitted(&portal, (&reader, known), page).await {
        Ok((role, rights)) => {
            let reader = Administrator { role, ..reader };
            request.extensions_mut().insert(reader);
            request.extensions_mut().insert(Reach(rights));
            next.run(request).await
        }
        Err(error) => Refused::from(error).into_response(),
    }
}

/// What somebody may do with a page, as a role: an owner's or an administrator's to change what it shows, a
/// viewer's to look at it, a member's if it is not open to them.
async fn admitted(
    portal: &Portal,
    (reader, known): (&Administrator, Option<Arc<Rights>>),
    page: (&str, &str),
) -> Result<(Role, Arc<Rights>), Error> {
    let rights = match known {
        Some(known) => known,
        None => Arc::new(portal.rights_of(reader).await?),
    };
    let planes = match needs::is_of_plane(page.0) {
        true => planes(portal, &rights, page).await?,
        false => vec![needs::PLANE.to_owned()],
    };
    let open = planes.iter().map(|plane| needs::open(&rights, page, plane));
    let open = open.max().unwrap_or(Open::Shut);
    let role = match open.max(undoing(portal, &rights, page).await?) {
        Open::Changing => reader.role.max(Role::Admin),
        Open::Reading => Role::Viewer,
        Open::Shut => Role::Member,
    };
    Ok((role, rights))
}

/// The control planes that a page is about: that of its service or route, else whichever the reader has a role
/// for.
async fn planes(
    portal: &Portal,
    rights: &Rights,
    (matched, path): (&str, &str),
) -> Result<Vec<String>, Error> {
    let id = matched
        .split('/')
        .nth(3)
        .filter(|part| part.starts_with('{'));
    let id = id.and_then(|_| path.split('/').nth(3));
    let plane = match (id, matched.starts_with("/gateway/services/")) {
        (None, _) => {
            let held = rights.roles.iter();
            let held = held.filter(|role| role.entity == EntityType::ControlPlanes);
            let held = held.map(|role| role.entity_id.to_string());
            return Ok(held.chain([needs::PLANE.to_owned()]).collect());
        }
        (Some(id), true) => match id.parse() {
            Ok(id) => store::services::find(portal.db(), id)
                .await?
                .map(|one| one.control_plane_id),
            Err(_) => None,
        },
        (Some(id), false) => match id.parse() {
            Ok(id) => store::routes::find(portal.db(), id)
                .await?
                .map(|one| one.control_plane_id),
            Err(_) => None,
        },
    };
    let plane = plane.map_or_else(|| needs::PLANE.to_owned(), |plane| plane.to_string());
    Ok(vec![plane])
}

/// How far bringing something back is open: whoever may do with it what removed it may.
async fn undoing(
    portal: &Portal,
    rights: &Rights,
    (matched, path): (&str, &str),
) -> Result<Open, Error> {
    let id = path.split('/').nth(2).and_then(|id| id.parse().ok());
    let Some(id) = id.filter(|_| matched == "/removed/{id}/undo") else {
        return Ok(Open::Shut);
    };
    let since = removals::since(portal.clock().now());
    let Some(removal) = store::removals::find(portal.db(), id, since).await? else {
        return Ok(Open::Shut);
    };
    let portal_of = |id| (EntityType::Portals, Uuid::from(id));
    let product_of = |id| (EntityType::ApiProducts, Uuid::from(id));
    let (whose, act) = match &removal.removed {
        Removed::Documents(all) => {
            let whose = all.first().map(|first| product_of(first.api_product_id));
            (whose, Act::Change)
        }
        Removed::Specification(one) => {
            let version = store::product_versions::find(portal.db(), one.product_version_id);
            let version = version.await?;
            let whose = version.map(|version| product_of(version.api_product_id));
            (whose, Act::Change)
        }
        Removed::Service(one) => {
            let plane = Uuid::from(one.control_plane_id);
            (Some((EntityType::ControlPlanes, plane)), Act::Services)
        }
        Removed::Route(one) => {
            let plane = Uuid::from(one.control_plane_id);
            (Some((EntityType::ControlPlanes, plane)), Act::Routes)
        }
        Removed::Team(one) => (Some(portal_of(one.team.portal_id)), Act::Change),
        Removed::TeamMember(one) => (Some(portal_of(one.portal_id)), Act::Change),
        Removed::Publication(one) => {
            let (entity, id) = portal_of(one.publication.portal_id);
            match rights.allow(entity, Some(id), Act::Publish) {
                true => (Some(product_of(one.product_id)), Act::Publish),
                false => (None, Act::Publish),
            }
        }
    };
    Ok(match whose {
        Some((entity, id)) if rights.allow(entity, Some(id), act) => Open::Changing,
        _ => Open::Shut,
    })
}

/// Whether a page of the portal's part of the console is open to somebody, at its plain address.
#[must_use]
pub fn is_open(rights: &Rights, path: &str) -> bool {
    let held = rights.roles.iter().map(|role| role.entity_id.to_string());
    let mut planes = held.chain([needs::PLANE.to_owned()]);
    planes.any(|plane| needs::open(rights, (path, path), &plane) > Open::Shut)
}

/// What the reader may do: lists show what they may read.
#[derive(Clone, Debug)]
pub(super) struct Reach(pub(super) Arc<Rights>);

impl Reach {
    /// Whether the reader may do this with an entity: for what leads to another page than this one.
    pub(super) fn may(&self, entity: EntityType, id: impl Into<Uuid>, act: Act) -> bool {
        self.0.allow(entity, Some(id.into()), act)
    }

    /// The same list of what the reader may read of a kind alone, by the column of its ids.
    pub(super) fn narrow(
        &self,
        mut listing: Listing,
        column: &'static str,
        entity: EntityType,
    ) -> Listing {
        if let Seen::Only(ids) = self.0.seen(entity) {
            let ids = ids.into_iter().map(|id| Value::Text(id.to_string()));
            listing.filters.push(Filter {
                column,
                test: Test::OneOf(ids.collect()),
            });
        }
        listing
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Reach {
    type Rejection = http::StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let found = parts.extensions.get::<Self>().cloned();
        // An outsider is led to the sign-in by the extractor of the reader, which comes first.
        found.ok_or(http::StatusCode::UNAUTHORIZED)
    }
}
