//! The Action of the vendor's page on dynamic client registration, as it is printed: only its four
//! constants are filled in. It renames the client, with axios, over the Management API.

use std::time::Duration;

use serde_json::{Value, json};

use crate::registry::Registry;
use crate::site::Management;
use crate::support::Demo;

const PRINTED: &str = include_str!("seed_action.js");

/// The code with its constants.
pub(crate) fn filled(demo: &Demo) -> String {
    let mut code = PRINTED.to_owned();
    for (name, value) in [
        ("AUDIENCE", demo.saved("/management/audience")),
        ("ISSUER", demo.saved("/issuer")),
        ("ID", demo.saved("/management/client_id")),
        ("SECRET", demo.saved("/management/client_secret")),
    ] {
        let begun = format!("INITIAL_CLIENT_{name} = \n");
        assert!(code.contains(&begun), "{name}");
        code = code.replace(&begun, &format!("INITIAL_CLIENT_{name} = '{value}'\n"));
    }
    code
}

#[tokio::test(flavor = "multi_thread")]
async fn the_printed_action_renames_the_client_of_a_token_request() {
    let started = tokio::task::spawn_blocking(|| {
        let registry = Registry::start();
        (registry.demo(false), registry)
    });
    let (demo, _registry) = started.await.unwrap();
    let management = Management::of(&demo).await;
    let action = json!({
        "name": "Rename clients", "code": filled(&demo),
        "supported_triggers": [{ "id": "credentials-exchange", "version": "v2" }],
        "dependencies": [{ "name": "axios", "version": "latest" }],
    });
    let made = management.create("actions/actions", action).await;
    let path = format!("actions/actions/{}", made["id"].as_str().unwrap());
    let built = built(&management, &path).await;
    assert_eq!(built["status"], "built", "{built}");
    assert_ne!(
        built["dependencies"][0]["version"], "latest",
        "it is pinned"
    );
    management.post(&format!("{path}/deploy"), json!({})).await;
    let name = json!({ "type": "action_name", "value": "Rename clients" });
    let bindings = json!({ "bindings": [{ "ref": name }] });
    let trigger = "actions/triggers/credentials-exchange/bindings";
    management.change(trigger, bindings).await;

    let client = json!({
        "name": "from the portal", "app_type": "non_interactive",
        "client_metadata": {
            "konnect_portal_id": "p-1", "konnect_developer_id": "d-2",
            "konnect_application_id": "a-3",
        },
    });
    let client = management.create("clients", client).await;
    let audience = demo.saved("/audience");
    let grant = json!({ "client_id": client["client_id"], "audience": audience, "scope": [] });
    management.create("client-grants", grant).await;
    let asked = json!({
        "grant_type": "client_credentials", "audience": audience,
        "client_id": client["client_id"], "client_secret": client["client_secret"],
    });
    let token = management.token(asked).await;
    assert!(token["access_token"].is_string(), "{token}");
    let path = format!("clients/{}", client["client_id"].as_str().unwrap());
    assert_eq!(management.get(&path).await["name"], "p-1+d-2+a-3");
}

/// The Action at a path of the Management API, once it is built or has failed.
pub(crate) async fn built(management: &Management, path: &str) -> Value {
    for _ in 0..600 {
        let action = management.get(path).await;
        if action["status"] == "built" || action["status"] == "failed" {
            return action;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the action was not built in a minute");
}
