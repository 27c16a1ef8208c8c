//! `pre-user-registration` and `post-user-registration`: around an account that somebody makes.

use serde_json::{Value, json};

use super::{After, Effects, Failed, Turn, event, optional_text, run, text};
use crate::Tenant;
use crate::model::Members;
use crate::model::action::Trigger;
use crate::model::connection::Connection;
use crate::model::user::User;
use crate::service::actions::runner::Command;
use crate::visit::Visit;

pub(super) const METHODS: &[&str] = &[
    "access.deny",
    "validation.error",
    "user.setUserMetadata",
    "user.setAppMetadata",
];

/// An account that is about to be made, or was just made.
pub(crate) struct SignUp<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) user: &'a User,
    pub(crate) visit: &'a Visit,
}

/// What the Actions want.
#[derive(Debug, Default)]
pub(crate) struct Wish {
    /// No account: a reason for the log, and a sentence for the user.
    pub(crate) denied: Option<(String, Option<String>)>,
    pub(crate) user_metadata: Members,
    pub(crate) app_metadata: Members,
}

/// Runs the Actions that may stop a sign-up. Without any it costs nothing.
///
/// # Errors
/// [`Failed`] if one of them fails.
///
/// Source: the vendor's "Actions Triggers: pre-user-registration".
pub(crate) async fn pre_user_registration(
    tenant: &Tenant,
    sign_up: &SignUp<'_>,
) -> Result<Wish, Failed> {
    let list = tenant.actions().at(Trigger::PreUserRegistration);
    if list.is_empty() || sign_up.visit.from_action {
        return Ok(Wish::default());
    }
    let mut event = shown(tenant, sign_up).await;
    // Nobody has an id before there is an account.
    if let Some(user) = event["user"].as_object_mut() {
        for name in [
            "user_id",
            "identities",
            "created_at",
            "updated_at",
            "multifactor",
            "enrolledFactors",
        ] {
            user.shift_remove(name);
        }
    }
    let turn = Turn {
        trigger: Trigger::PreUserRegistration,
        event,
        client_id: sign_up.visit.client_id.clone(),
        user_id: None,
        may_redirect: false,
        resumed: None,
    };
    let mut wish = Wish::default();
    run(tenant, &list, turn, &mut wish).await?;
    Ok(wish)
}

/// Runs the Actions that follow a sign-up, after its answer. Nobody waits for them; when too many wait
/// already, they are left out, with a warning in the log.
///
/// Source: the vendor's "Actions Triggers: post-user-registration".
pub(crate) async fn post_user_registration(tenant: &Tenant, sign_up: &SignUp<'_>) {
    let list = tenant.actions().at(Trigger::PostUserRegistration);
    if list.is_empty() || sign_up.visit.from_action {
        return;
    }
    let Ok(place) = tenant.actions().background.clone().try_acquire_owned() else {
        tracing::warn!(user.id = %sign_up.user.user_id, "too many actions wait: those after this sign-up were left out");
        return;
    };
    let turn = Turn {
        trigger: Trigger::PostUserRegistration,
        event: shown(tenant, sign_up).await,
        client_id: sign_up.visit.client_id.clone(),
        user_id: Some(sign_up.user.user_id.clone()),
        may_redirect: false,
        resumed: None,
    };
    let own = tenant.clone();
    tenant.spawn(async move {
        // A failure is in the log already.
        let _ = run(&own, &list, turn, &mut Nothing).await;
        drop(place);
    });
}

async fn shown(tenant: &Tenant, sign_up: &SignUp<'_>) -> Value {
    let visit = sign_up.visit;
    let body = json!({ "email": sign_up.user.email, "connection": sign_up.connection.name });
    let body = body.as_object().cloned();
    let mut shown = json!({
        "connection": event::connection(sign_up.connection),
        "request": event::request(visit, "POST", None, body),
        "security_context": {},
        "tenant": event::tenant(tenant),
        "transaction": { "locale": visit.locale.tag(), "acr_values": [], "ui_locales": [], "requested_scopes": [] },
        "user": event::user(sign_up.user),
    });
    if let Some(id) = &visit.client_id
        && let Ok(Some(client)) = tenant.directory().client(tenant, id).await
    {
        shown["client"] = event::client(&client.client);
    }
    shown
}

impl Effects for Wish {
    fn obey(&mut self, command: &Command, event: &mut Value) -> Result<After, String> {
        let (members, name) = match command.method.as_str() {
            "access.deny" => {
                let reason = text(command, 0, "reason")?.to_owned();
                self.denied = Some((reason, optional_text(command, 1)));
                return Ok(After::Stop);
            }
            "validation.error" => {
                let code = text(command, 0, "errorCode")?.to_owned();
                self.denied = Some((code, optional_text(command, 1)));
                return Ok(After::Stop);
            }
            "user.setUserMetadata" => (&mut self.user_metadata, "user_metadata"),
            _ => (&mut self.app_metadata, "app_metadata"),
        };
        let key = text(command, 0, "key")?.to_owned();
        let value = command.arguments.get(1).cloned().unwrap_or(Value::Null);
        members.insert(key.clone(), value.clone());
        event["user"][name][key] = value;
        Ok(After::GoOn)
    }
}

/// Whoever was answered already.
struct Nothing;

impl Effects for Nothing {
    fn obey(&mut self, _: &Command, _: &mut Value) -> Result<After, String> {
        Err("nothing can be changed any more: the account is there".to_owned())
    }
}
