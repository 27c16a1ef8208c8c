//! Who administers: put into a request by the console's session, asked for by every page behind it.

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{Method, StatusCode};

use crate::return_to::sign_in_for;
use crate::visitor;

/// Somebody of the team, signed in to the console.
///
/// As an extractor it refuses outsiders: a page that is opened leads to `/sign-in`, and back afterwards;
/// anything else is 401. Who has only the roles that were assigned to them gets a page that says so (403), unless
/// what stands in front of the page found that these roles allow it, and put what they allow into `role`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Administrator {
    /// The account's id.
    pub id: String,
    /// The address; what audits and logs name.
    pub email: String,
    /// The name, for people.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

/// What an administrator may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Does what roles that were assigned to them allow, page by page.
    Member,
    /// Sees everything, changes nothing.
    Viewer,
    /// Changes everything but the accounts of the team.
    Admin,
    /// Changes the team's accounts, too.
    Owner,
}

impl Role {
    /// Every role, the mightiest first.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Admin, Self::Viewer, Self::Member];

    /// The role's word, as stored and sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Viewer => "viewer",
            Self::Member => "member",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }

    /// Whether the role may change anything.
    #[must_use]
    pub const fn may_change(self) -> bool {
        matches!(self, Self::Owner | Self::Admin)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Administrator {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let found = signed_in(parts).map_err(|refusal| *refusal)?;
        match found.role {
            Role::Member => Err(refuse(parts, ("no-role", "no-role-next"))),
            Role::Owner | Role::Admin | Role::Viewer => Ok(found),
        }
    }
}

/// Somebody of the team, whatever they may do: for pages about themselves. Outsiders are refused.
#[derive(Clone, Debug)]
pub struct SignedIn(pub Administrator);

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        signed_in(parts).map(Self).map_err(|refusal| *refusal)
    }
}

fn signed_in(parts: &Parts) -> Result<Administrator, Box<Response>> {
    if let Some(found) = parts.extensions.get::<Administrator>() {
        return Ok(found.clone());
    }
    let Some(visitor) = visitor::of(parts) else {
        return Err(Box::new(StatusCode::INTERNAL_SERVER_ERROR.into_response()));
    };
    if matches!(parts.method, Method::GET | Method::HEAD) {
        let to = sign_in_for(visitor.here());
        return Err(Box::new(visitor.redirect(to).into_response()));
    }
    Err(Box::new(
        visitor.problem(StatusCode::UNAUTHORIZED).into_response(),
    ))
}

/// An administrator who may change things: what every writing handler asks for. A viewer gets a page
/// that says so (403).
#[derive(Clone, Debug)]
pub struct Editor(pub Administrator);

/// An administrator who may change the team's accounts; others get a page that says so (403).
#[derive(Clone, Debug)]
pub struct Owner(pub Administrator);

impl<S: Send + Sync> FromRequestParts<S> for Editor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let refusal = ("may-not-change", "may-not-change-next");
        with_role(parts, state, Role::Admin, refusal)
            .await
            .map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Owner {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let refusal = ("owners-only", "owners-only-next");
        with_role(parts, state, Role::Owner, refusal)
            .await
            .map(Self)
    }
}

async fn with_role<S: Send + Sync>(
    parts: &mut Parts,
    state: &S,
    least: Role,
    refusal: (&str, &str),
) -> Result<Administrator, Response> {
    let administrator = Administrator::from_request_parts(parts, state).await?;
    match administrator.role >= least {
        true => Ok(administrator),
        false => Err(refuse(parts, refusal)),
    }
}

/// A page that says why not, and what to do about it.
fn refuse(parts: &Parts, (title, next): (&str, &str)) -> Response {
    let Some(visitor) = visitor::of(parts) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let text = visitor.text();
    let page = visitor.problem_page(StatusCode::FORBIDDEN, &text.get(title), &text.get(next));
    page.into_response()
}

#[cfg(test)]
mod tests {
    use super::Role;

    #[test]
    fn a_viewer_changes_nothing_and_only_words_of_ours_are_roles() {
        assert!(Role::Owner.may_change() && Role::Admin.may_change());
        assert!(!Role::Viewer.may_change() && !Role::Member.may_change());
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
        assert_eq!(Role::parse("root"), None);
    }
}
