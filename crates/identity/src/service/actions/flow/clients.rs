//! `client-registration`: before a client is kept, whoever registers it. The vendor has no such trigger.

use serde_json::{Value, json};

use super::{After, Effects, Failed, Turn, event, optional_text, run, text};
use crate::Tenant;
use crate::model::Members;
use crate::model::action::Trigger;
use crate::visit::Visit;

use crate::service::actions::runner::Command;

pub(super) const METHODS: &[&str] = &["access.deny", "client.set", "client.setMetadata"];

/// The same thing in the words of the Management API and of RFC 7591: one Action governs both ways.
const SYNONYMS: [(&str, &str); 4] = [
    ("name", "client_name"),
    ("callbacks", "redirect_uris"),
    ("logo_uri", "logo_uri"),
    ("initiate_login_uri", "initiate_login_uri"),
];

/// By which way a client comes.
#[derive(Clone, Debug)]
pub(crate) enum ClientOrigin {
    /// `POST /oidc/register` (RFC 7591), perhaps with an initial access token.
    Dynamic {
        initial_access_token: Option<String>,
    },
    /// The Management API, called by this client.
    Management { client_id: String },
    /// The console, where an administrator with this address made it.
    Console { email: String },
    /// The HTTP DCR bridge.
    Bridge,
    /// A metadata document at the URL that is its id.
    Document { url: String },
}

impl ClientOrigin {
    const fn as_str(&self) -> &'static str {
        match self {
            Self::Dynamic { .. } => "dynamic",
            Self::Management { .. } => "management",
            Self::Console { .. } => "console",
            Self::Bridge => "bridge",
            Self::Document { .. } => "metadata_document",
        }
    }

    /// Whether the client speaks of itself in the Management API's words.
    const fn in_our_words(&self) -> bool {
        matches!(
            self,
            Self::Management { .. } | Self::Console { .. } | Self::Bridge
        )
    }
}

/// A client that is about to be kept.
pub(crate) struct NewClient<'a> {
    pub(crate) origin: ClientOrigin,
    /// What it is to be, in the words of its way: [`Self::origin`].
    pub(crate) members: &'a Members,
    /// `client_metadata` so far.
    pub(crate) metadata: Members,
    /// The id of the client that changes what it said of itself; none of one that is new.
    pub(crate) known_as: Option<&'a str>,
    /// Claims of a software statement whose issuer is trusted.
    pub(crate) software_statement: Option<Value>,
    /// None for a document, which nobody posts.
    pub(crate) visit: Option<&'a Visit>,
}

/// What the Actions want.
#[derive(Debug, Default)]
pub(crate) struct Wish {
    /// No client: a code and a reason.
    pub(crate) denied: Option<(String, String)>,
    /// Members to put in the place of those that were sent, in the words of the client's way; null
    /// takes one away.
    pub(crate) changes: Members,
    /// Members of `client_metadata`, likewise.
    pub(crate) metadata: Members,
}

impl Wish {
    /// Whether everything stays as it was asked for.
    pub(crate) fn is_nothing(&self) -> bool {
        self.denied.is_none() && self.changes.is_empty() && self.metadata.is_empty()
    }
}

/// Whether there are Actions to ask.
pub(crate) fn governs_clients(tenant: &Tenant) -> bool {
    !tenant.actions().at(Trigger::ClientRegistration).is_empty()
}

/// Runs the Actions of the trigger. Without any it costs nothing.
///
/// # Errors
/// [`Failed`] if one of them fails.
pub(crate) async fn client_registration<'a>(
    tenant: &Tenant,
    new: impl FnOnce() -> NewClient<'a>,
) -> Result<Wish, Failed> {
    let list = tenant.actions().at(Trigger::ClientRegistration);
    if list.is_empty() {
        return Ok(Wish::default());
    }
    let new = new();
    if new.visit.is_some_and(|visit| visit.from_action) {
        return Ok(Wish::default());
    }
    let caller = match &new.origin {
        ClientOrigin::Management { client_id } => Some(client_id.clone()),
        _ => None,
    };
    let turn = Turn {
        trigger: Trigger::ClientRegistration,
        event: shown(tenant, &new),
        client_id: caller,
        user_id: None,
        may_redirect: false,
        resumed: None,
    };
    let mut effects = Asked {
        in_our_words: new.origin.in_our_words(),
        wish: Wish::default(),
    };
    run(tenant, &list, turn, &mut effects).await?;
    Ok(effects.wish)
}

fn shown(tenant: &Tenant, new: &NewClient<'_>) -> Value {
    let mut client = new.members.clone();
    for secret in ["client_secret", "software_statement"] {
        client.shift_remove(secret);
    }
    for (ours, theirs) in SYNONYMS {
        let value = client.get(ours).or_else(|| client.get(theirs)).cloned();
        if let Some(value) = value {
            client.insert(ours.to_owned(), value);
        }
    }
    client.insert("metadata".to_owned(), Value::Object(new.metadata.clone()));
    if let Some(id) = new.known_as {
        client.insert("client_id".to_owned(), id.into());
    }
    let mut registration = json!({
        "origin": new.origin.as_str(),
        "is_update": new.known_as.is_some(),
    });
    match &new.origin {
        ClientOrigin::Dynamic {
            initial_access_token: Some(id),
        } => registration["initial_access_token"] = json!({ "id": id }),
        ClientOrigin::Dynamic { .. } | ClientOrigin::Bridge => {}
        ClientOrigin::Management { client_id } => {
            registration["registered_by"] = json!({ "client_id": client_id });
        }
        ClientOrigin::Console { email } => {
            registration["registered_by"] = json!({ "email": email });
        }
        ClientOrigin::Document { url } => registration["document_url"] = json!(url),
    }
    if let Some(statement) = &new.software_statement {
        registration["software_statement"] = statement.clone();
    }
    let mut shown = json!({
        "client": client,
        "registration": registration,
        "tenant": event::tenant(tenant),
    });
    if let Some(visit) = new.visit {
        shown["request"] = event::request(visit, "POST", None, None);
    }
    shown
}

struct Asked {
    in_our_words: bool,
    wish: Wish,
}

impl Effects for Asked {
    fn obey(&mut self, command: &Command, event: &mut Value) -> Result<After, String> {
        if command.method == "access.deny" {
            let code = text(command, 0, "code")?.to_owned();
            let reason = optional_text(command, 1).unwrap_or_default();
            self.wish.denied = Some((code, reason));
            return Ok(After::Stop);
        }
        let name = text(command, 0, "name")?.to_owned();
        let value = command.arguments.get(1).cloned().unwrap_or(Value::Null);
        if command.method == "client.setMetadata" {
            if !value.is_string() && !value.is_null() {
                return Err("`value` must be a string, or null to take the entry away".to_owned());
            }
            event["client"]["metadata"][&name] = value.clone();
            self.wish.metadata.insert(name, value);
            return Ok(After::GoOn);
        }
        if [
            "client_id",
            "client_secret",
            "client_metadata",
            "metadata",
            "software_statement",
        ]
        .contains(&name.as_str())
        {
            return Err(format!("`{name}` cannot be set here"));
        }
        event["client"][&name] = value.clone();
        let pair = SYNONYMS
            .iter()
            .find(|(ours, theirs)| *ours == name || *theirs == name);
        let name = match (pair, self.in_our_words) {
            (Some((ours, _)), true) => (*ours).to_owned(),
            (Some((_, theirs)), false) => (*theirs).to_owned(),
            (None, _) => name,
        };
        self.wish.changes.insert(name, value);
        Ok(After::GoOn)
    }
}
