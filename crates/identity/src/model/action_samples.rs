//! What an author begins with: the code of a new Action, and an event to try it with.

use serde_json::{Value, json};

use crate::model::action::Trigger;

/// The code of a new Action.
pub(crate) const fn template(trigger: Trigger) -> &'static str {
    match trigger {
        Trigger::PostLogin => {
            "/**
 * Runs after a user has signed in, and when a refresh token is exchanged.
 */
exports.onExecutePostLogin = async (event, api) => {
  // api.idToken.setCustomClaim('https://example.com/roles', event.authorization.roles);
};

/**
 * Runs when the user is back from where api.redirect.sendUserTo() had sent them.
 */
// exports.onContinuePostLogin = async (event, api) => {};
"
        }
        Trigger::CredentialsExchange => {
            "/**
 * Runs before a client that acts for itself gets its access token.
 */
exports.onExecuteCredentialsExchange = async (event, api) => {
  // api.accessToken.setCustomClaim('https://example.com/plan', event.client.metadata.plan);
};
"
        }
        Trigger::PreUserRegistration => {
            "/**
 * Runs before a user is kept who signs up.
 */
exports.onExecutePreUserRegistration = async (event, api) => {
  // api.user.setAppMetadata('registered_from', event.request.ip);
};
"
        }
        Trigger::PostUserRegistration => {
            "/**
 * Runs after a user has signed up. Nobody waits for it.
 */
exports.onExecutePostUserRegistration = async (event, api) => {
  // await fetch(event.secrets.WEBHOOK, { method: 'POST', body: event.user.user_id });
};
"
        }
        Trigger::ClientRegistration => {
            "/**
 * Runs before a client is kept, whether it registers itself or is made over the Management API.
 */
exports.onExecuteClientRegistration = async (event, api) => {
  // if (event.registration.origin === 'dynamic') api.client.setMetadata('self_registered', 'yes');
};
"
        }
    }
}

/// An event to try an Action with.
pub(crate) fn sample(trigger: Trigger) -> Value {
    let mut event = json!({
        "request": request(),
        "tenant": { "id": "example" },
    });
    let parts = match trigger {
        Trigger::PostLogin => post_login(),
        Trigger::CredentialsExchange => json!({
            "accessToken": { "customClaims": {}, "scope": ["read:weather"] },
            "client": client(),
            "resource_server": { "identifier": "https://weather.example.com/" },
            "transaction": { "requested_scopes": ["read:weather"] },
        }),
        Trigger::PreUserRegistration | Trigger::PostUserRegistration => json!({
            "client": client(),
            "connection": connection(),
            "transaction": { "acr_values": [], "locale": "en", "requested_scopes": [], "ui_locales": [] },
            "user": user(trigger == Trigger::PostUserRegistration),
        }),
        Trigger::ClientRegistration => json!({
            "client": {
                "name": "Weather App",
                "callbacks": ["https://app.example.com/callback"],
                "grant_types": ["authorization_code"],
                "metadata": {},
            },
            "registration": { "origin": "dynamic" },
        }),
    };
    if let (Value::Object(event), Value::Object(parts)) = (&mut event, parts) {
        event.extend(parts);
    }
    event
}

fn request() -> Value {
    json!({
        "body": {},
        "geoip": {},
        "hostname": "tenant.example.com",
        "ip": "203.0.113.7",
        "language": "en",
        "method": "POST",
        "query": {},
        "user_agent": "Example/1.0",
    })
}

fn client() -> Value {
    json!({
        "client_id": "h4x0rA8GCVjN2zzTdEXAMPLEclient01",
        "metadata": { "plan": "gold" },
        "name": "Weather App",
    })
}

fn connection() -> Value {
    json!({
        "id": "con_EXAMPLEconnect1",
        "metadata": {},
        "name": "Username-Password-Authentication",
        "strategy": "auth0",
    })
}

fn user(is_kept: bool) -> Value {
    let mut user = json!({
        "app_metadata": {},
        "email": "jane@example.com",
        "email_verified": false,
        "name": "Jane Doe",
        "nickname": "jane",
        "user_metadata": {},
    });
    if is_kept {
        user["user_id"] = json!("auth0|5f7c8ec7c33c6c004bbafe82");
        user["created_at"] = json!("2026-01-01T00:00:00.000Z");
        user["updated_at"] = json!("2026-01-01T00:00:00.000Z");
    }
    user
}

fn post_login() -> Value {
    json!({
        "accessToken": { "customClaims": {} },
        "authentication": {
            "methods": [{ "name": "pwd", "timestamp": "2026-01-01T00:00:00.000Z" }],
        },
        "authorization": { "roles": ["editor"] },
        "client": client(),
        "connection": connection(),
        "idToken": { "customClaims": {} },
        "resource_server": { "identifier": "https://weather.example.com/" },
        "security_context": {},
        "session": { "id": "EXAMPLEsession" },
        "stats": { "logins_count": 1 },
        "transaction": {
            "acr_values": [],
            "locale": "en",
            "metadata": {},
            "prompt": [],
            "protocol": "oidc-basic-profile",
            "redirect_uri": "https://app.example.com/callback",
            "requested_scopes": ["openid", "profile", "email"],
            "response_type": ["code"],
            "ui_locales": [],
        },
        "user": user(true),
    })
}
