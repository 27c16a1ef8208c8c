//! `credentials-exchange`: before a client that acts for itself gets its token.

use oauth::Scopes;
use serde_json::{Value, json};

use super::{After, Effects, Failed, Turn, event, optional_text, run, text};
use crate::Tenant;
use crate::model::Members;
use crate::model::action::Trigger;
use crate::model::client::Client;
use crate::model::custom_claims::{CustomClaims, Token};
use crate::service::actions::runner::Command;
use crate::visit::Visit;

pub(super) const METHODS: &[&str] = &["access.deny", "accessToken.setCustomClaim"];

/// The token that is about to be made.
pub(crate) struct ClientToken<'a> {
    pub(crate) client: &'a Client,
    /// The API's identifier.
    pub(crate) audience: &'a str,
    /// Whether it is the Management API.
    pub(crate) is_system: bool,
    pub(crate) scope: &'a Scopes,
    pub(crate) requested: Vec<&'a str>,
    pub(crate) visit: &'a Visit,
    /// What was sent, without secrets.
    pub(crate) body: Members,
}

/// What the Actions want.
#[derive(Debug, Default)]
pub(crate) struct Wish {
    pub(crate) claims: Members,
    /// No token: a code of RFC 6749 §5.2 and a reason.
    pub(crate) denied: Option<(String, String)>,
    pub(crate) execution_id: Option<String>,
}

/// Runs the Actions of the trigger. Without any it costs nothing.
///
/// # Errors
/// [`Failed`] if one of them fails.
///
/// Source: the vendor's "Actions Triggers: credentials-exchange".
pub(crate) async fn client_credentials<'a>(
    tenant: &Tenant,
    token: impl FnOnce() -> ClientToken<'a>,
) -> Result<Wish, Failed> {
    let list = tenant.actions().at(Trigger::CredentialsExchange);
    if list.is_empty() {
        return Ok(Wish::default());
    }
    let token = token();
    // A request of an Action to its own tenant: running Actions for it again would never end.
    if token.visit.from_action {
        return Ok(Wish::default());
    }
    let turn = Turn {
        trigger: Trigger::CredentialsExchange,
        event: shown(tenant, &token),
        client_id: Some(token.client.client_id.clone()),
        user_id: None,
        may_redirect: false,
        resumed: None,
    };
    let mut effects = Asked {
        claims: CustomClaims::new(Token::Access {
            is_system: token.is_system,
        }),
        denied: None,
    };
    let done = run(tenant, &list, turn, &mut effects).await?;
    Ok(Wish {
        claims: effects.claims.into_members(),
        denied: effects.denied,
        execution_id: Some(done.execution.id),
    })
}

fn shown(tenant: &Tenant, token: &ClientToken<'_>) -> Value {
    json!({
        "accessToken": { "customClaims": {}, "scope": token.scope.iter().collect::<Vec<_>>() },
        "client": event::client(token.client),
        "request": event::request(token.visit, "POST", None, Some(token.body.clone())),
        "resource_server": { "identifier": token.audience },
        "tenant": event::tenant(tenant),
        "transaction": { "requested_scopes": token.requested },
    })
}

struct Asked {
    claims: CustomClaims,
    denied: Option<(String, String)>,
}

impl Effects for Asked {
    fn obey(&mut self, command: &Command, event: &mut Value) -> Result<After, String> {
        match command.method.as_str() {
            "accessToken.setCustomClaim" => {
                let name = text(command, 0, "key")?;
                let value = command.arguments.get(1).cloned().unwrap_or(Value::Null);
                if self.claims.set(name, value.clone())? {
                    event["accessToken"]["customClaims"][name] = value;
                }
                Ok(After::GoOn)
            }
            _ => {
                let code = text(command, 0, "code")?;
                if !["invalid_scope", "invalid_request", "server_error"].contains(&code) {
                    return Err(format!(
                        "`code` must be invalid_scope, invalid_request or server_error, not {code}"
                    ));
                }
                let reason = optional_text(command, 1).unwrap_or_default();
                self.denied = Some((code.to_owned(), reason));
                Ok(After::Stop)
            }
        }
    }
}
