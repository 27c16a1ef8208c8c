//! One Action governs what a developer makes and changes in the portal.

use serde_json::{Value, json};

use crate::gateway_node::{portal, sign_in};
use crate::seed_action;
use crate::site::Management;
use crate::support::Demo;

const JUDGE: &str = "exports.onExecuteClientRegistration = async (event, api) => {
  const { client, registration } = event;
  if (client.name.includes('bank')) api.access.deny('invalid_client_metadata', 'no banks');
  api.client.setMetadata('judged', `${registration.origin} ${registration.is_update}`);
};";

#[tokio::test(flavor = "multi_thread")]
async fn a_portals_applications_pass_the_registration_action() {
    let demo = tokio::task::spawn_blocking(|| Demo::start(false));
    let demo = demo.await.unwrap();
    let management = Management::of(&demo).await;
    let action = json!({
        "name": "Judge", "code": JUDGE,
        "supported_triggers": [{ "id": "client-registration", "version": "v1" }],
    });
    let made = management.create("actions/actions", action).await;
    let path = format!("actions/actions/{}", made["id"].as_str().unwrap());
    let built = seed_action::built(&management, &path).await;
    assert_eq!(built["status"], "built", "{built}");
    management.post(&format!("{path}/deploy"), json!({})).await;
    let name = json!({ "type": "action_name", "value": "Judge" });
    let trigger = "actions/triggers/client-registration/bindings";
    let bindings = json!({ "bindings": [{ "ref": name }] });
    management.change(trigger, bindings).await;

    let jar = sign_in(&demo);
    let ask = |method: &str, path: &str, name: &str| -> Value {
        portal(&demo, &jar, method, path, Some(json!({ "name": name }))).1
    };
    let application = ask("POST", "applications", "station");
    let client_id = application["credentials"]["client_id"].as_str().unwrap();
    let client = format!("clients/{client_id}");
    let stored = management.get(&client).await;
    assert_eq!(stored["client_metadata"]["judged"], "management false");
    assert_eq!(
        stored["client_metadata"]["konnect_application_id"],
        application["id"]
    );

    let path = format!("applications/{}", application["id"].as_str().unwrap());
    let changed = ask("PATCH", &path, "weather station");
    assert_eq!(changed["name"], "weather station", "{changed}");
    let stored = management.get(&client).await;
    assert_eq!(stored["client_metadata"]["judged"], "management true");

    for (method, path) in [("POST", "applications"), ("PATCH", path.as_str())] {
        let refused = ask(method, path, "a bank");
        assert_eq!(refused["status"], 502, "{refused}");
    }
    assert_eq!(management.get(&client).await["name"], "weather station");
}
