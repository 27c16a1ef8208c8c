//! Actions: code of the tenant's owner that runs at points of the token flow.

use std::collections::HashSet;

use oauth::Timestamp;
use serde::{Deserialize, Serialize};

/// A point of the token flow at which Actions run.
///
/// Source: the vendor's "Explore Triggers"; [`Trigger::ClientRegistration`] is this tenant's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Trigger {
    /// After a user has signed in, and when their refresh token is exchanged.
    PostLogin,
    /// Before a client that acts for itself gets its token.
    CredentialsExchange,
    /// Before a user is kept who signs up.
    PreUserRegistration,
    /// After a user has signed up; nobody waits for it.
    PostUserRegistration,
    /// Before a client is kept, whoever registers it.
    ClientRegistration,
}

impl Trigger {
    /// Every trigger, in the order in which they are listed.
    pub(crate) const ALL: [Self; 5] = [
        Self::PostLogin,
        Self::CredentialsExchange,
        Self::PreUserRegistration,
        Self::PostUserRegistration,
        Self::ClientRegistration,
    ];

    /// The vendor's name of it.
    pub(crate) const fn id(self) -> &'static str {
        match self {
            Self::PostLogin => "post-login",
            Self::CredentialsExchange => "credentials-exchange",
            Self::PreUserRegistration => "pre-user-registration",
            Self::PostUserRegistration => "post-user-registration",
            Self::ClientRegistration => "client-registration",
        }
    }

    /// The trigger of that name.
    pub(crate) fn parse(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|trigger| trigger.id() == id)
    }

    /// Versions in which Actions may be written; the first one is current.
    pub(crate) const fn versions(self) -> &'static [&'static str] {
        match self {
            Self::PostLogin => &["v3", "v2"],
            Self::CredentialsExchange | Self::PreUserRegistration | Self::PostUserRegistration => {
                &["v2", "v1"]
            }
            Self::ClientRegistration => &["v1"],
        }
    }

    /// The export that is called.
    pub(crate) const fn handler(self) -> &'static str {
        match self {
            Self::PostLogin => "onExecutePostLogin",
            Self::CredentialsExchange => "onExecuteCredentialsExchange",
            Self::PreUserRegistration => "onExecutePreUserRegistration",
            Self::PostUserRegistration => "onExecutePostUserRegistration",
            Self::ClientRegistration => "onExecuteClientRegistration",
        }
    }

    /// The place in a list with one entry a trigger.
    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}

/// The export that goes on with a sign-in after a redirect.
pub(crate) const CONTINUE: &str = "onContinuePostLogin";

/// The runtime that Actions say they are written for; older names are taken too.
pub(crate) const RUNTIME: &str = "node22";

/// How many Actions a tenant may have, and how many a trigger runs.
///
/// Source: the vendor's "Actions Limitations", as are those below.
pub(crate) const MAX_ACTIONS: usize = 100;
/// How many Actions one trigger runs.
pub(crate) const MAX_BINDINGS: usize = 20;
/// How many versions of an Action are kept.
pub(crate) const MAX_VERSIONS: usize = 50;
/// Bytes of an Action's code.
pub(crate) const MAX_CODE: usize = 100_000;
/// Characters of an Action's name.
pub(crate) const MAX_NAME: usize = 300;
/// How many secrets an Action has.
pub(crate) const MAX_SECRETS: usize = 30;
/// Characters of a secret's name.
pub(crate) const MAX_SECRET_NAME: usize = 128;
/// Characters of a secret.
pub(crate) const MAX_SECRET: usize = 4096;
/// How many packages an Action names.
pub(crate) const MAX_DEPENDENCIES: usize = 10;

/// A package of the npm registry: a name, and a version, a range or `latest`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) version: String,
}

impl Dependency {
    /// The first name that comes twice; `require` could mean either version.
    pub(crate) fn named_twice<'a>(names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
        let mut seen = HashSet::new();
        names.into_iter().find(|name| !seen.insert(*name))
    }
}

/// What is shown of a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SecretName {
    pub(crate) name: String,
    pub(crate) updated_at: Timestamp,
}

/// What an Action is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) runtime: String,
    pub(crate) code: String,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) secret_names: Vec<SecretName>,
    /// The values by name, sealed as a whole; empty without any.
    pub(crate) sealed_secrets: String,
    /// The id of the installed packages; none where there are no dependencies.
    pub(crate) modules: Option<String>,
}

/// How far a draft has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// It waits to be built.
    Pending,
    /// Its packages are being installed.
    Building,
    /// It may be deployed.
    Built,
    /// A package or the code is at fault.
    Failed,
}

impl Status {
    /// Whether the draft was built, or cannot be.
    pub(crate) const fn is_settled(self) -> bool {
        matches!(self, Self::Built | Self::Failed)
    }

    /// The vendor's word.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Building => "building",
            Self::Built => "built",
            Self::Failed => "failed",
        }
    }

    /// Reads the word; a damaged one is a failure.
    pub(crate) fn read(text: &str) -> Self {
        match text {
            "pending" => Self::Pending,
            "building" => Self::Building,
            "built" => Self::Built,
            _ => Self::Failed,
        }
    }
}

/// What is wrong, for the author.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fault {
    /// The kind of fault: `syntax_error`, `dependency_error`, `timeout`, ….
    pub(crate) id: String,
    pub(crate) message: String,
    /// The line of the Action's code, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<u32>,
    /// The text of that line.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) source: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) stack: String,
}

/// An Action with its draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Action {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) trigger: Trigger,
    pub(crate) trigger_version: String,
    pub(crate) draft: Content,
    pub(crate) status: Status,
    pub(crate) fault: Option<Fault>,
    /// Counts drafts: a build that is done when the draft has changed is none of its.
    pub(crate) build: i64,
    /// Whether it is deployed as soon as it is built.
    pub(crate) deploy_when_built: bool,
    /// Whether the draft says something else than the version that runs.
    pub(crate) has_undeployed: bool,
    /// The version that runs where the Action is bound.
    pub(crate) deployed_version: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) built_at: Option<Timestamp>,
}

/// What was deployed once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) id: String,
    pub(crate) action_id: String,
    /// From 1.
    pub(crate) number: i64,
    pub(crate) content: Content,
    pub(crate) created_at: Timestamp,
}

/// An Action's place in a trigger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Binding {
    pub(crate) id: String,
    pub(crate) trigger: Trigger,
    pub(crate) action_id: String,
    pub(crate) display_name: String,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// How a run of a trigger ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Every Action ran, or one of them stopped the flow as it may.
    Final,
    /// An Action failed.
    Partial,
    /// The user was sent elsewhere, and comes back or not.
    Suspended,
}

impl Ending {
    /// The vendor's word.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Final => "final",
            Self::Partial => "partial",
            Self::Suspended => "suspended",
        }
    }

    /// Reads the word.
    pub(crate) fn read(text: &str) -> Self {
        match text {
            "final" => Self::Final,
            "suspended" => Self::Suspended,
            _ => Self::Partial,
        }
    }
}

/// One run of a trigger.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Execution {
    pub(crate) id: String,
    pub(crate) trigger: Trigger,
    pub(crate) ending: Ending,
    pub(crate) results: Vec<Report>,
    pub(crate) client_id: Option<String>,
    pub(crate) user_id: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// What one Action did in a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) action_id: String,
    pub(crate) action_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<Fault>,
    /// What it wrote to the console, at most [`Report::CONSOLE`] characters.
    #[serde(default)]
    pub(crate) console: String,
    pub(crate) started_at: Timestamp,
    pub(crate) ended_at: Timestamp,
    /// Microseconds.
    pub(crate) elapsed_us: u64,
    /// Bytes.
    pub(crate) memory: u64,
    /// What it asked the flow to do, by method.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) commands: Vec<String>,
}

impl Report {
    /// Characters of console output that are kept of an Action's run.
    ///
    /// Source: the vendor's "Actions Limitations".
    pub(crate) const CONSOLE: usize = 256;
}

#[cfg(test)]
mod tests {
    use super::Trigger;

    #[test]
    fn a_trigger_is_known_by_its_name_and_place() {
        for (place, trigger) in Trigger::ALL.into_iter().enumerate() {
            assert_eq!(Trigger::parse(trigger.id()), Some(trigger));
            assert_eq!(trigger.index(), place);
        }
        assert_eq!(Trigger::parse("send-phone-message"), None);
    }
}
