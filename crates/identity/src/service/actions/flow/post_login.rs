//! `post-login`: after a user has signed in, and when their refresh token is exchanged.

use oauth::Scopes;
use serde_json::{Value, json};
use url::Url;

use super::{After, Effects, Failed, Resumed, Turn, event, run, text};
use crate::model::Members;
use crate::model::action::Trigger;
use crate::model::authorization_request::AuthorizationRequest;
use crate::model::client::Client;
use crate::model::custom_claims::{CustomClaims, Token};
use crate::model::post_login::{Acts, Method, Paused};
use crate::model::refresh_token::RefreshToken;
use crate::model::session::Session;
use crate::model::user::User;
use crate::service::actions::runner::Command;
use crate::service::{connections, users};
use crate::store::page::Window;
use crate::store::{action_executions, roles};
use crate::visit::Visit;
use crate::{Error, Tenant};

pub(super) const METHODS: &[&str] = &[
    "access.deny",
    "accessToken.setCustomClaim",
    "accessToken.addScope",
    "accessToken.removeScope",
    "idToken.setCustomClaim",
    "user.setUserMetadata",
    "user.setAppMetadata",
    "transaction.setMetadata",
    "redirect.sendUserTo",
    "redirect.encodeToken",
    "redirect.validateToken",
    "authentication.recordMethod",
    "authentication.challengeWith",
    "authentication.challengeWithAny",
    "authentication.enrollWith",
    "authentication.enrollWithAny",
    "authentication.setPrimaryUser",
    "multifactor.enable",
    "prompt.render",
    "refreshToken.revoke",
    "refreshToken.setExpiresAt",
    "refreshToken.setIdleExpiresAt",
    "session.revoke",
    "session.setExpiresAt",
    "session.setIdleExpiresAt",
    "session.setCookieMode",
    "samlResponse.setAttribute",
    "samlResponse.setAudience",
    "validation.error",
];

/// Most scopes of a user's roles that an event names.
const ROLES: i64 = 200;

/// How the user's tokens are asked for, in the vendor's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// A code.
    Basic,
    /// Tokens through the browser.
    Implicit,
    /// Both.
    Hybrid,
    /// A refresh token.
    Refresh,
    /// The user's password.
    Password,
    /// A device.
    Device,
}

impl Protocol {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Basic => "oidc-basic-profile",
            Self::Implicit => "oidc-implicit-profile",
            Self::Hybrid => "oidc-hybrid-profile",
            Self::Refresh => "oauth2-refresh-token",
            Self::Password => "oauth2-password",
            Self::Device => "oauth2-device-code",
        }
    }

    /// That of an authorization request.
    pub(crate) const fn of(request: &AuthorizationRequest) -> Self {
        let response_type = request.response_type;
        match (response_type.code, response_type.is_front_channel()) {
            (true, true) => Self::Hybrid,
            (false, _) => Self::Implicit,
            (true, false) => Self::Basic,
        }
    }
}

/// A sign-in whose tokens are about to be made.
pub(crate) struct Login<'a> {
    pub(crate) client: &'a Client,
    pub(crate) user: &'a User,
    /// The connection's name.
    pub(crate) connection: &'a str,
    pub(crate) session: Option<&'a Session>,
    pub(crate) refresh_token: Option<&'a RefreshToken>,
    pub(crate) protocol: Protocol,
    /// The API's identifier.
    pub(crate) audience: Option<&'a str>,
    pub(crate) scope: &'a Scopes,
    pub(crate) request: Option<&'a AuthorizationRequest>,
    pub(crate) visit: &'a Visit,
    pub(crate) method: &'a str,
    pub(crate) query: Option<Members>,
    /// What was posted, without secrets.
    pub(crate) body: Option<Members>,
    /// How the user proved who they are.
    pub(crate) amr: &'a [String],
    pub(crate) auth_time: oauth::Timestamp,
    /// How far an earlier part of the run has come; `paused` is where it goes on.
    pub(crate) acts: Acts,
    pub(crate) may_redirect: bool,
}

/// What the Actions want.
#[derive(Debug, Default)]
pub(crate) struct Wish {
    pub(crate) acts: Acts,
    /// No tokens, for this reason.
    pub(crate) denied: Option<String>,
    /// No tokens, because the user would have to be sent somewhere and cannot be.
    pub(crate) needs_interaction: bool,
    /// The user goes there first; `state` is the caller's to add.
    pub(crate) redirect: Option<Url>,
    pub(crate) execution_id: Option<String>,
}

/// Why there are no tokens.
#[derive(Debug)]
pub(crate) enum Refused {
    /// An Action failed.
    Failed(Failed),
    /// The tenant cannot answer now.
    Unavailable(Error),
}

impl From<Failed> for Refused {
    fn from(failed: Failed) -> Self {
        Self::Failed(failed)
    }
}

impl<E: Into<Error>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Unavailable(error.into())
    }
}

/// Runs the Actions of the trigger. Without any it costs nothing.
///
/// What they change about the user is kept when they are done, a refusal or not.
///
/// # Errors
/// [`Refused`]; nothing is changed then.
///
/// Source: the vendor's "Actions Triggers: post-login".
pub(crate) async fn post_login<'a>(
    tenant: &Tenant,
    login: impl FnOnce() -> Login<'a>,
) -> Result<Wish, Refused> {
    let list = tenant.actions().at(Trigger::PostLogin);
    if list.is_empty() {
        return Ok(Wish::default());
    }
    let mut login = login();
    if login.visit.from_action {
        return Ok(Wish::default());
    }
    let resumed = match login.acts.paused.take() {
        None => None,
        Some(paused) => resumed(tenant, paused).await?,
    };
    let turn = Turn {
        trigger: Trigger::PostLogin,
        event: shown(tenant, &login).await?,
        client_id: Some(login.client.client_id.clone()),
        user_id: Some(login.user.user_id.clone()),
        may_redirect: login.may_redirect,
        resumed,
    };
    let is_system = login
        .audience
        .is_some_and(|audience| tenant.settings().is_management_audience(audience));
    let mut effects = Asked::new(login.acts, is_system, login.may_redirect, tenant);
    let done = run(tenant, &list, turn, &mut effects).await?;
    let (user_metadata, app_metadata) = (effects.user_metadata, effects.app_metadata);
    if !user_metadata.is_empty() || !app_metadata.is_empty() {
        users::keep_metadata(tenant, &login.user.user_id, user_metadata, app_metadata).await?;
    }
    let mut acts = effects.acts;
    acts.custom.access_token = effects.access_token.into_members();
    acts.custom.id_token = effects.id_token.into_members();
    acts.session_id = login.session.map(|session| session.id.clone());
    let execution_id = done.execution.id;
    acts.paused = done.suspended_at.map(|binding_id| Paused {
        binding_id,
        execution_id: execution_id.clone(),
    });
    let away = acts.paused.is_some();
    Ok(Wish {
        acts,
        denied: effects.denied,
        needs_interaction: effects.needs_interaction,
        redirect: effects.redirect.filter(|_| away),
        execution_id: Some(execution_id),
    })
}

/// The run that goes on.
async fn resumed(tenant: &Tenant, paused: Paused) -> Result<Option<Resumed>, Error> {
    super::super::flush(tenant).await?;
    let earlier = action_executions::find(tenant.db(), &paused.execution_id).await?;
    Ok(earlier.map(|earlier| Resumed {
        binding_id: paused.binding_id,
        earlier,
    }))
}

async fn shown(tenant: &Tenant, login: &Login<'_>) -> Result<Value, Error> {
    let connection = connections::by_name(tenant, login.connection).await?;
    let everything = Window {
        after: None,
        offset: 0,
        limit: ROLES,
    };
    let held = roles::of_user(tenant.db(), &login.user.user_id, &everything).await?;
    let held: Vec<&str> = held.iter().map(|role| role.name.as_str()).collect();
    let at = login.auth_time.to_rfc3339();
    let methods = login
        .amr
        .iter()
        .map(|name| json!({ "name": name, "timestamp": at }));
    let recorded = login.acts.methods.iter();
    let recorded = recorded.map(|method| json!({ "name": method.name, "url": method.name, "timestamp": method.at.to_rfc3339() }));
    let mut shown = json!({
        "accessToken": { "customClaims": login.acts.custom.access_token },
        "idToken": { "customClaims": login.acts.custom.id_token },
        "authentication": { "methods": methods.chain(recorded).collect::<Vec<Value>>() },
        "authorization": { "roles": held },
        "client": event::client(login.client),
        "request": event::request(login.visit, login.method, login.query.clone(), login.body.clone()),
        "security_context": {},
        "stats": { "logins_count": login.user.logins_count },
        "tenant": event::tenant(tenant),
        "transaction": transaction(login),
        "user": event::user(login.user),
    });
    if let Some(connection) = connection {
        shown["connection"] = event::connection(&connection);
    }
    if let Some(audience) = login.audience {
        shown["resource_server"] = json!({ "identifier": audience });
    }
    if let Some(session) = login.session {
        shown["session"] = session_shown(session);
    }
    if let Some(token) = login.refresh_token {
        shown["refresh_token"] = refresh_token_shown(token);
    }
    Ok(shown)
}

fn transaction(login: &Login<'_>) -> Value {
    let mut shown = json!({
        "protocol": login.protocol.as_str(),
        "requested_scopes": login.scope.iter().collect::<Vec<_>>(),
        "metadata": login.acts.metadata,
        "locale": login.visit.locale.tag(),
        "acr_values": [],
        "ui_locales": [],
        "prompt": [],
    });
    let Some(request) = login.request else {
        return shown;
    };
    let prompt = request.prompt;
    let prompts = [
        (prompt.none, "none"),
        (prompt.login, "login"),
        (prompt.consent, "consent"),
        (prompt.select_account, "select_account"),
    ];
    let prompts = prompts
        .iter()
        .filter(|(asked, _)| *asked)
        .map(|(_, word)| *word);
    let response_type = request.response_type.to_string();
    for (name, value) in [
        ("acr_values", json!(request.acr_values)),
        ("ui_locales", json!(request.ui_locales)),
        ("prompt", json!(prompts.collect::<Vec<_>>())),
        ("redirect_uri", json!(request.redirect_uri)),
        ("response_mode", json!(request.response_mode)),
        (
            "response_type",
            json!(response_type.split(' ').collect::<Vec<_>>()),
        ),
    ] {
        shown[name] = value;
    }
    for (name, text) in [
        ("login_hint", &request.login_hint),
        ("state", &request.state),
    ] {
        if let Some(text) = text {
            shown[name] = json!(text);
        }
    }
    shown
}

fn session_shown(session: &Session) -> Value {
    let device = &session.device;
    json!({
        "id": session.id,
        "user_id": session.user_id,
        "created_at": session.created_at.to_rfc3339(),
        "updated_at": session.last_seen.to_rfc3339(),
        "authenticated_at": session.auth_time.to_rfc3339(),
        "last_interacted_at": session.last_seen.to_rfc3339(),
        "idle_expires_at": session.idle_expires_at.to_rfc3339(),
        "expires_at": session.expires_at.to_rfc3339(),
        "device": {
            "initial_ip": device.initial_ip,
            "initial_user_agent": device.initial_user_agent,
            "last_ip": device.last_ip,
            "last_user_agent": device.last_user_agent,
        },
    })
}

fn refresh_token_shown(token: &RefreshToken) -> Value {
    let authorization = &token.authorization;
    let at = |moment: Option<oauth::Timestamp>| moment.map(oauth::Timestamp::to_rfc3339);
    json!({
        "id": token.id,
        "user_id": authorization.user_id,
        "client_id": authorization.client_id,
        "session_id": authorization.session_id,
        "rotating": token.rotating,
        "created_at": token.created_at.to_rfc3339(),
        "last_exchanged_at": at(token.last_exchanged_at),
        "idle_expires_at": at(token.idle_expires_at),
        "expires_at": at(token.expires_at),
        "resource_servers": [{
            "audience": authorization.audience,
            "scopes": authorization.scope.to_string(),
        }],
    })
}

struct Asked {
    acts: Acts,
    access_token: CustomClaims,
    id_token: CustomClaims,
    user_metadata: Members,
    app_metadata: Members,
    denied: Option<String>,
    redirect: Option<Url>,
    may_redirect: bool,
    needs_interaction: bool,
    now: oauth::Timestamp,
}

impl Asked {
    fn new(mut acts: Acts, is_system: bool, may_redirect: bool, tenant: &Tenant) -> Self {
        let (access, id) = (
            std::mem::take(&mut acts.custom.access_token),
            std::mem::take(&mut acts.custom.id_token),
        );
        Self {
            acts,
            access_token: CustomClaims::with(Token::Access { is_system }, access),
            id_token: CustomClaims::with(Token::Id, id),
            user_metadata: Members::new(),
            app_metadata: Members::new(),
            denied: None,
            redirect: None,
            may_redirect,
            needs_interaction: false,
            now: tenant.clock().now(),
        }
    }

    fn scope(&mut self, command: &Command, add: bool) -> Result<(), String> {
        let scope = text(command, 0, "scope")?;
        Scopes::new()
            .insert(scope)
            .map_err(|error| error.to_string())?;
        let custom = &mut self.acts.custom;
        let (into, out_of) = match add {
            true => (&mut custom.added, &mut custom.removed),
            false => (&mut custom.removed, &mut custom.added),
        };
        out_of.retain(|word| word != scope);
        if !into.iter().any(|word| word == scope) {
            into.push(scope.to_owned());
        }
        Ok(())
    }

    /// `url`, and `query` of the options.
    fn send_user_to(&mut self, command: &Command) -> Result<After, String> {
        let mut url = Url::parse(text(command, 0, "url")?)
            .map_err(|error| format!("`url` is not an address: {error}"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("`url` must begin with https:// or http://".to_owned());
        }
        let query = command
            .arguments
            .get(1)
            .and_then(|options| options.get("query"));
        for (name, value) in query.and_then(Value::as_object).into_iter().flatten() {
            let value = match value {
                Value::String(text) => text.clone(),
                Value::Null => continue,
                other => other.to_string(),
            };
            url.query_pairs_mut().append_pair(name, &value);
        }
        if !self.may_redirect {
            self.needs_interaction = true;
            return Ok(After::Stop);
        }
        self.redirect = Some(url);
        Ok(After::Suspend)
    }
}

/// Sets a member; null takes it away.
fn set(members: &mut Members, command: &Command) -> Result<(String, Value), String> {
    let key = text(command, 0, "key")?.to_owned();
    let value = command.arguments.get(1).cloned().unwrap_or(Value::Null);
    members.insert(key.clone(), value.clone());
    Ok((key, value))
}

/// Shows what was set to the Actions that follow.
fn show(event: &mut Value, path: [&str; 2], (key, value): (String, Value)) {
    let Some(members) = event[path[0]][path[1]].as_object_mut() else {
        return;
    };
    match value {
        Value::Null => members.shift_remove(&key),
        value => members.insert(key, value),
    };
}

impl Effects for Asked {
    fn obey(&mut self, command: &Command, event: &mut Value) -> Result<After, String> {
        let argument = || command.arguments.get(1).cloned().unwrap_or(Value::Null);
        match command.method.as_str() {
            "access.deny" => {
                self.denied = Some(text(command, 0, "reason")?.to_owned());
                return Ok(After::Stop);
            }
            "validation.error" => {
                self.denied = Some(text(command, 1, "errorMessage")?.to_owned());
                return Ok(After::Stop);
            }
            "accessToken.setCustomClaim" => {
                let name = text(command, 0, "key")?;
                if self.access_token.set(name, argument())? {
                    show(
                        event,
                        ["accessToken", "customClaims"],
                        (name.to_owned(), argument()),
                    );
                }
            }
            "idToken.setCustomClaim" => {
                let name = text(command, 0, "key")?;
                if self.id_token.set(name, argument())? {
                    show(
                        event,
                        ["idToken", "customClaims"],
                        (name.to_owned(), argument()),
                    );
                }
            }
            "accessToken.addScope" => self.scope(command, true)?,
            "accessToken.removeScope" => self.scope(command, false)?,
            "user.setUserMetadata" => {
                let set = set(&mut self.user_metadata, command)?;
                show(event, ["user", "user_metadata"], set);
            }
            "user.setAppMetadata" => {
                let set = set(&mut self.app_metadata, command)?;
                show(event, ["user", "app_metadata"], set);
            }
            "transaction.setMetadata" => {
                let (key, value) = set(&mut self.acts.metadata, command)?;
                if !matches!(
                    value,
                    Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null
                ) {
                    return Err("`value` must be a string, a number, a boolean or null".to_owned());
                }
                if value.is_null() {
                    self.acts.metadata.shift_remove(&key);
                }
                show(event, ["transaction", "metadata"], (key, value));
            }
            "redirect.sendUserTo" => return self.send_user_to(command),
            "authentication.recordMethod" => {
                let name = text(command, 0, "provider_url")?.to_owned();
                self.acts.methods.push(Method { name, at: self.now });
            }
            "multifactor.enable" if command.arguments.first() == Some(&json!("none")) => {}
            _ => {
                return Err(
                    "this tenant cannot do that; docs/ACTIONS.md lists what it can".to_owned(),
                );
            }
        }
        Ok(After::GoOn)
    }
}
