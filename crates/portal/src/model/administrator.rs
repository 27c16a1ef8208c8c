//! Administrators: the team's accounts for the console.

use oauth::Timestamp;
use web::Role;

use super::AdministratorId;

/// One account of the team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Administrator {
    /// Its id.
    pub id: AdministratorId,
    /// Mail address, lower case; unique.
    pub email: String,
    /// Name, for people.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Somebody else made the password: nothing else works until its owner has chosen another.
    pub password_is_temporary: bool,
    /// Whether they are told by mail of what waits for a decision.
    pub wants_mail: bool,
    /// The language of their mails, as a tag (BCP 47): that of the pages where they first signed in, until
    /// they choose.
    pub locale: Option<String>,
    /// When they last signed in.
    pub last_sign_in_at: Option<Timestamp>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl From<&Administrator> for web::Administrator {
    fn from(administrator: &Administrator) -> Self {
        Self {
            id: administrator.id.to_string(),
            email: administrator.email.clone(),
            name: administrator.name.clone(),
            role: administrator.role,
        }
    }
}
