//! An Action, for three steps: code of the tenant's owner in the way of a token.

use anyhow::{Result, bail};
use http::Method;
use serde_json::{Value, json};

use crate::command::api::{Api, text};

/// The claim that the Action sets.
const CLAIM: &str = "https://example.com/client_name";

const CODE: &str = "exports.onExecuteCredentialsExchange = async (event, api) => {
  api.accessToken.setCustomClaim('https://example.com/client_name', event.client.name);
};
";

const BINDINGS: &str = "/api/v2/actions/triggers/credentials-exchange/bindings";

/// How often the Action is looked at until it is built. It needs no packages, so it is at once.
const LOOKS: usize = 200;

/// An Action that was put to work.
pub(super) struct Working {
    id: String,
}

/// Writes the Action, deploys it and binds it to the trigger.
pub(super) async fn put_to_work(management: &Api) -> Result<Working> {
    let action = json!({
        "name": "Quickstart: name the client",
        "code": CODE,
        "supported_triggers": [{ "id": "credentials-exchange", "version": "v2" }],
    });
    let made = management
        .create("/api/v2/actions/actions", &action)
        .await?;
    let id = text(&made, "/id")?;
    built(management, &id).await?;
    let deploy = format!("/api/v2/actions/actions/{id}/deploy");
    management.expect(200, Method::POST, &deploy, None).await?;
    bind(
        management,
        json!([{ "ref": { "type": "action_id", "value": id } }]),
    )
    .await?;
    Ok(Working { id })
}

async fn built(management: &Api, id: &str) -> Result<()> {
    let path = format!("/api/v2/actions/actions/{id}");
    for _ in 0..LOOKS {
        let action = management.get(&path).await?;
        match text(&action, "/status")?.as_str() {
            "built" => return Ok(()),
            "failed" => bail!("the Action was not built: {action}"),
            _ => tokio::task::yield_now().await,
        }
    }
    bail!("the Action is not built after {LOOKS} looks at it")
}

async fn bind(management: &Api, bindings: Value) -> Result<()> {
    let body = json!({ "bindings": bindings });
    let bound = management.expect(200, Method::PATCH, BINDINGS, Some(&body));
    bound.await.map(drop)
}

/// The token carries what the Action put into it.
pub(super) fn expect_claim(token: &str, client_name: &str) -> Result<()> {
    let claims = oauth::jose::jwt::peek(token)?.claims;
    if claims.get(CLAIM).and_then(Value::as_str) != Some(client_name) {
        bail!("the token lacks the claim {CLAIM}");
    }
    Ok(())
}

/// Takes the Action out of its trigger and deletes it.
pub(super) async fn take_away(management: &Api, action: Working) -> Result<()> {
    bind(management, json!([])).await?;
    let path = format!("/api/v2/actions/actions/{}", action.id);
    let deleted = management.expect(204, Method::DELETE, &path, None);
    deleted.await.map(drop)
}
