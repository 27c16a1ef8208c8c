//! What somebody may see of a portal: all that is published there, or where teams' roles decide, what the
//! roles of their teams are for. Who is not signed in on a portal that has developers sees what is
//! published for everybody, unless roles decide.
//!
//! Both roles let developers read; only `API Consumer` lets them register applications. Roles add up, and
//! without any role there is nothing to see.
//!
//! Source: <https://developer.konghq.com/dev-portal/developer-rbac/>.

use storage::Error;

use super::Read;
use super::api_publications;
use super::listing::{Filter, Listing, Test};
use super::strategies;
use super::team_roles::{self, Holder};
use crate::model::{
    ApiProductId, AuthStrategy, DeveloperId, PortalId, PortalRole, Site, Visibility,
};

/// The products for which a developer's teams have a role: a query for [`Test::Among`].
const WITH_ROLE: &str = "SELECT h.entity_id FROM portal_team_role h \
                         JOIN portal_team_developer m ON m.team_id = h.team_id \
                         WHERE m.developer_id = {}";

/// Who reads, in which portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Audience {
    /// The portal.
    pub(crate) portal_id: PortalId,
    sees: Sees,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sees {
    Everything,
    /// What is published for everybody.
    Public,
    /// What a role of this developer's teams is for.
    RolesOf(DeveloperId),
    Nothing,
}

impl Audience {
    /// A reader of this portal: the developer, or somebody who is not signed in.
    pub(crate) const fn of(site: &Site, developer: Option<DeveloperId>) -> Self {
        let sees = match (site.is_public, site.rbac_enabled, developer) {
            (true, ..) | (false, false, Some(_)) => Sees::Everything,
            (false, true, Some(developer)) => Sees::RolesOf(developer),
            (false, false, None) => Sees::Public,
            (false, true, None) => Sees::Nothing,
        };
        Self {
            portal_id: site.id,
            sees,
        }
    }

    /// Whether teams' roles decide what is seen.
    pub(crate) const fn is_by_role(self) -> bool {
        matches!(self.sees, Sees::RolesOf(_) | Sees::Nothing)
    }

    /// The listing of those products alone that are seen.
    pub(super) fn products(self, listing: &Listing) -> Listing {
        self.limit(listing.clone().only("p.portal_id", self.portal_id), "t.id")
    }

    /// The listing of those versions alone that are seen.
    pub(super) fn versions(self, listing: &Listing) -> Listing {
        self.limit(
            listing.clone().only("u.portal_id", self.portal_id),
            "t.api_product_id",
        )
    }

    fn limit(self, mut listing: Listing, product: &'static str) -> Listing {
        let test = match self.sees {
            Sees::Everything => return listing,
            Sees::Public => return listing.only("p.visibility", Visibility::Public),
            Sees::RolesOf(developer) => Test::Among(WITH_ROLE, developer.into()),
            Sees::Nothing => Test::OneOf(Vec::new()),
        };
        listing.filters.push(Filter {
            column: product,
            test,
        });
        listing
    }

    /// The most that the reader may do with a product of the portal; nothing if they do not see it.
    ///
    /// # Errors
    /// Those of [`storage::Database::query`].
    pub(crate) async fn role(
        self,
        read: impl Read,
        product_id: ApiProductId,
    ) -> Result<Option<PortalRole>, Error> {
        match self.sees {
            Sees::Everything => Ok(Some(PortalRole::Consumer)),
            Sees::RolesOf(developer) => {
                team_roles::most(read, Holder::Developer(developer), product_id).await
            }
            Sees::Nothing => Ok(None),
            Sees::Public => {
                let public = api_publications::is_public(read, product_id, self.portal_id).await?;
                Ok(public.then_some(PortalRole::Viewer))
            }
        }
    }

    /// The strategies with which the reader can make applications: those of the versions for which they may
    /// register, and the portal's default, which is there for applications that name none.
    ///
    /// # Errors
    /// Those of [`storage::Database::query`].
    pub(crate) async fn strategies(self, read: impl Read) -> Result<Vec<AuthStrategy>, Error> {
        let id = self.portal_id;
        match self.sees {
            Sees::Everything => strategies::of_portal(read, id).await,
            Sees::RolesOf(developer) => strategies::of_portal_by_role(read, id, developer).await,
            Sees::Public | Sees::Nothing => Ok(Vec::new()),
        }
    }
}
