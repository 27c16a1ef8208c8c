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
/// anything else is 401.
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
    /// Sees everything, changes nothing.
    Viewer,
    /// Changes everything but the accounts of the team.
    Admin,
    /// Changes the team's accounts, too.
    Owner,
}

impl Role {
    /// Every role, the mightiest first.
    pub const ALL: [Self; 3] = [Self::Owner, Self::Admin, Self::Viewer];

    /// The role's word, as stored and sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Viewer => "viewer",
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
        if let Some(found) = parts.extensions.get::<Self>() {
            return Ok(found.clone());
        }
        let Some(visitor) = visitor::of(parts) else {
            return Err(StatusCode::INTERNAL_SERVER_ERROR.into_response());
        };
        if matches!(parts.method, Method::GET | Method::HEAD) {
            let to = sign_in_for(visitor.here());
            return Err(visitor.redirect(to).into_response());
        }
        Err(visitor.problem(StatusCode::UNAUTHORIZED).into_response())
    }
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
    (title, next): (&str, &str),
) -> Result<Administrator, Response> {
    let administrator = Administrator::from_request_parts(parts, state).await?;
    if administrator.role >= least {
        return Ok(administrator);
    }
    let Some(visitor) = visitor::of(parts) else {
        return Err(StatusCode::INTERNAL_SERVER_ERROR.into_response());
    };
    let text = visitor.text();
    let page = visitor.problem_page(StatusCode::FORBIDDEN, &text.get(title), &text.get(next));
    Err(page.into_response())
}

#[cfg(test)]
mod tests {
    use super::Role;

    #[test]
    fn a_viewer_changes_nothing_and_only_words_of_ours_are_roles() {
        assert!(Role::Owner.may_change() && Role::Admin.may_change());
        assert!(!Role::Viewer.may_change());
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
        assert_eq!(Role::parse("root"), None);
    }
}
