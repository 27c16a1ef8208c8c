//! What Actions made of a sign-in.

use oauth::{Scopes, Timestamp};
use serde::{Deserialize, Serialize};

use crate::model::Members;

/// What Actions put into a user's tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Custom {
    #[serde(skip_serializing_if = "Members::is_empty")]
    pub(crate) access_token: Members,
    #[serde(skip_serializing_if = "Members::is_empty")]
    pub(crate) id_token: Members,
    /// Scopes that the access token has beside those that were granted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) added: Vec<String>,
    /// Scopes that it does not have although they were granted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) removed: Vec<String>,
}

impl Custom {
    /// The same for an authorization; `None` where nothing was asked for.
    pub(crate) fn noted(self) -> Option<Box<Self>> {
        (self != Self::default()).then(|| Box::new(self))
    }

    /// The scopes of an access token for which these were granted.
    pub(crate) fn scope(&self, granted: &Scopes) -> Scopes {
        let mut scope = Scopes::new();
        let kept = granted
            .iter()
            .filter(|word| !self.removed.iter().any(|gone| gone == word));
        for word in kept.chain(self.added.iter().map(String::as_str)) {
            // Checked when it was asked for.
            let _ = scope.insert(word);
        }
        scope
    }
}

/// A way of authentication that an Action vouches for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Method {
    pub(crate) name: String,
    pub(crate) at: Timestamp,
}

/// How far the Actions of a sign-in have come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Acts {
    /// In which session: somebody else's sign-in begins anew.
    pub(crate) session_id: Option<String>,
    pub(crate) custom: Custom,
    /// `transaction.metadata`.
    pub(crate) metadata: Members,
    /// What was recorded in this sign-in.
    pub(crate) methods: Vec<Method>,
    /// Where the user was sent away, if they are not back yet.
    pub(crate) paused: Option<Paused>,
}

/// Where the Actions go on when the user is back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Paused {
    pub(crate) binding_id: String,
    pub(crate) execution_id: String,
}
