//! Actions in the console, in a real browser: the vendor's printed Action is built, tried, deployed and
//! bound, and a token request runs it. Every page is held against axe-core; pictures are kept.

use fantoccini::Locator;
use fantoccini::actions::{InputSource as _, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::registry::Registry;
use crate::seed_action;
use crate::site::Management;
use crate::support::Demo;

/// Begins an Action that leaves other clients alone, so that administration goes on.
const BROKEN: &str = "exports.onExecuteCredentialsExchange = async (event, api) => {
  console.warn('about to look at', event.client.name);
  if (event.client.metadata.plan === 'bad') {
    throw new Error('there is no such plan');
  }
  api.accessToken.setCustomClaim('https://acme.example/plan', event.secrets.PLAN ?? 'none');
};
";

impl Browser {
    /// Puts text into a field without typing it.
    async fn put(&self, id: &str, text: &str) {
        let script = "const field = document.getElementById(arguments[0]); field.value = arguments[1]; \
                      field.dispatchEvent(new Event('input', { bubbles: true }))";
        let arguments = vec![json!(id), json!(text)];
        self.client.execute(script, arguments).await.unwrap();
    }

    async fn press_button(&self, intent: &str) {
        self.follow(&format!("main button[value={intent}]")).await;
    }

    async fn shows(&self, parts: &[&str]) {
        let text = self.text().await;
        for part in parts {
            assert!(text.contains(part), "{part}: {text}");
        }
    }

    /// Makes an Action for client credentials, and opens its editor.
    async fn build_custom(&self, demo: &Demo, name: &str) {
        self.open(demo, "/actions/library/new").await;
        self.fill("name", name).await;
        self.tick("main input[value='credentials-exchange']").await;
        self.submit().await;
    }

    /// Adds a deployed Action to the flow of client credentials.
    async fn bind_first(&self, demo: &Demo) {
        self.open(demo, "/actions/triggers/credentials-exchange")
            .await;
        self.follow("main form.compare button").await;
    }
}

/// A client with this metadata that may ask for tokens: its id and secret.
async fn client(management: &Management, demo: &Demo, name: &str, metadata: Value) -> Value {
    let client = json!({
        "name": name, "app_type": "non_interactive", "client_metadata": metadata,
    });
    let client = management.create("clients", client).await;
    let audience = demo.saved("/audience");
    let grant = json!({ "client_id": client["client_id"], "audience": audience, "scope": [] });
    management.create("client-grants", grant).await;
    client
}

async fn ask(management: &Management, demo: &Demo, client: &Value) -> Value {
    let asked = json!({
        "grant_type": "client_credentials", "audience": demo.saved("/audience"),
        "client_id": client["client_id"], "client_secret": client["client_secret"],
    });
    management.token(asked).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_printed_action_is_built_in_the_console_and_renames_a_client() {
    let started = tokio::task::spawn_blocking(|| {
        let registry = Registry::start();
        (registry.demo(false), registry)
    });
    let (demo, _registry) = started.await.unwrap();
    let management = Management::of(&demo).await;
    let metadata = json!({
        "konnect_portal_id": "p-1", "konnect_developer_id": "d-2",
        "konnect_application_id": "a-3",
    });
    let client = client(&management, &demo, "from the portal", metadata).await;
    let browser = Browser::start(&["--window-size=1440,1000"]).await;
    browser.sign_in_to_console(&demo).await;

    browser.open(&demo, "/actions").await;
    browser.look("actions-library-none").await;
    browser.build_custom(&demo, "Rename clients").await;
    browser.put("code", &seed_action::filled(&demo)).await;
    browser.put("dependency-0", "axios").await;
    browser.press_button("save").await;
    // While the package is fetched the script looks again by itself.
    browser.says("#dependencies-state", "Installed").await;
    browser.look("actions-editor-installed").await;
    browser.press_button("test").await;
    browser.shows(&["Succeeded", "Nothing was written"]).await;
    browser.look("actions-editor-tested").await;
    browser.press_button("deploy").await;
    browser.bind_first(&demo).await;
    browser.shows(&["Rename clients", "in effect"]).await;
    browser.look("actions-flow-bound").await;

    let token = ask(&management, &demo, &client).await;
    assert!(token["access_token"].is_string(), "{token}");
    browser.open(&demo, "/tenant/clients").await;
    browser.shows(&["p-1+d-2+a-3"]).await;
    browser.open(&demo, "/actions/executions").await;
    browser
        .shows(&["Machine to Machine", "Rename clients", "Succeeded"])
        .await;
    browser.look("actions-executions").await;
    browser.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_action_shows_its_line_in_the_test_and_in_the_run() {
    let demo = tokio::task::spawn_blocking(|| Demo::start(false));
    let demo = demo.await.unwrap();
    let management = Management::of(&demo).await;
    let client = client(&management, &demo, "cli", json!({ "plan": "bad" })).await;
    let browser = Browser::start(&["--window-size=1440,1000"]).await;
    browser.sign_in_to_console(&demo).await;
    browser.build_custom(&demo, "Plan of the client").await;
    browser.look("actions-editor-template").await;
    browser.put("code", BROKEN).await;
    browser.put("new-secret-0", "PLAN").await;
    browser.put("new-secret-value-0", "gold").await;
    browser.press_button("test").await;
    let sentence = "Sets the claim https://acme.example/plan of the access token to gold";
    browser
        .shows(&["Succeeded", "about to look at Weather App", sentence])
        .await;
    browser.look("actions-test-succeeded").await;
    let event = r#"{ "client": { "name": "x", "metadata": { "plan": "bad" } } }"#;
    browser.put("event", event).await;
    browser.press_button("test").await;
    browser
        .shows(&["there is no such plan", "Line 4 of the Action:"])
        .await;
    browser.says(".editor-fault", "4").await;
    browser.look("actions-test-failed").await;
    browser.put("event", "{\n  \"client\": nobody\n}").await;
    browser.press_button("test").await;
    browser.shows(&["line 2, column"]).await;
    browser.look("actions-event-refused").await;
    browser.put("event", "").await;
    browser.press_button("deploy").await;
    browser.shows(&["Version 1 is deployed."]).await;
    browser.bind_first(&demo).await;

    let refused = ask(&management, &demo, &client).await;
    assert!(refused["error"].is_string(), "{refused}");
    browser
        .open(&demo, "/actions/executions?outcome=failed")
        .await;
    browser
        .shows(&["Line 4: Error: there is no such plan"])
        .await;
    browser.look("actions-executions-failed").await;
    browser.follow("main td a").await;
    browser
        .shows(&[
            "there is no such plan",
            "Line 4 of the Action:",
            "about to look",
        ])
        .await;
    browser.look("actions-execution-failed").await;

    browser.follow("main h2 a").await;
    browser
        .put("code", &BROKEN.replace("'none'", "'nothing'"))
        .await;
    browser.press_button("deploy").await;
    browser.follow("main a[href$='/versions']").await;
    browser.shows(&["Version 2", "'nothing'"]).await;
    browser.look("actions-versions").await;
    browser.follow("main a[href$='/roll-back']").await;
    browser.look("actions-roll-back").await;
    browser.submit().await;
    browser.shows(&["Version 3 is deployed."]).await;
    browser.open(&demo, "/actions/library").await;
    browser.look("actions-library").await;
    browser.stop().await;
    on_a_phone(&demo).await;
}

/// The same pages on a phone, in the dark, in Japanese.
async fn on_a_phone(demo: &Demo) {
    let phone = [
        "--window-size=500,900",
        "--blink-settings=preferredColorScheme=0",
    ];
    let browser = Browser::start(&phone).await;
    browser.sign_in_to_console(demo).await;
    browser.open(demo, "/actions/library?lang=ja").await;
    browser.look("actions-phone-library").await;
    browser.follow("main td a").await;
    browser.press_button("test").await;
    browser.look("actions-phone-tested").await;
    let here = browser.path().await;
    for (path, name) in [
        (format!("{here}/versions"), "versions"),
        (format!("{here}/delete"), "delete"),
        ("/actions/triggers".to_owned(), "triggers"),
        ("/actions/triggers/credentials-exchange".to_owned(), "flow"),
        ("/actions/executions".to_owned(), "executions"),
    ] {
        browser.open(demo, &path).await;
        browser.look(&format!("actions-phone-{name}")).await;
    }
    browser.stop().await;
}

impl Browser {
    /// The names of a flow's Actions, in order.
    async fn flow(&self) -> Vec<String> {
        let names = "return [...document.querySelectorAll('.flow-steps strong')].map((own) => own.textContent)";
        let names = self.client.execute(names, vec![]).await.unwrap();
        serde_json::from_value(names).unwrap()
    }

    /// Takes one step of a flow with the mouse and lets it go on another, near its upper edge.
    async fn drag(&self, from: usize, to: usize) {
        let mut steps = self
            .client
            .find_all(Locator::Css(".flow-steps > li .flow-place"))
            .await
            .unwrap();
        let (from, to) = (steps.remove(from), steps[to].clone());
        let over = |element, y| PointerAction::MoveToElement {
            element,
            duration: None,
            x: 0.0,
            y,
        };
        let button = MOUSE_BUTTON_LEFT;
        let mouse = MouseActions::new("mouse".to_owned())
            .then(over(from.clone(), 0.0))
            .then(PointerAction::Down { button })
            .then(over(from, -6.0))
            .then(over(to.clone(), 0.0))
            .then(over(to, -8.0))
            .then(PointerAction::Up { button });
        self.mark().await;
        self.client.perform_actions(mouse).await.unwrap();
        self.settle().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn actions_are_put_in_order_by_pointer_and_by_keyboard() {
    let demo = tokio::task::spawn_blocking(|| Demo::start(false));
    let demo = demo.await.unwrap();
    let management = Management::of(&demo).await;
    let names = ["First", "Second", "Third"];
    for name in names {
        let action = json!({
            "name": name, "code": "exports.onExecuteCredentialsExchange = async () => {};",
            "supported_triggers": [{ "id": "credentials-exchange", "version": "v2" }],
        });
        let made = management.create("actions/actions", action).await;
        let path = format!("actions/actions/{}", made["id"].as_str().unwrap());
        assert_eq!(
            seed_action::built(&management, &path).await["status"],
            "built"
        );
        management.post(&format!("{path}/deploy"), json!({})).await;
    }
    let bindings = names.map(|name| json!({ "ref": { "type": "action_name", "value": name } }));
    let trigger = "actions/triggers/credentials-exchange/bindings";
    let bound = json!({ "bindings": bindings });
    management.change(trigger, bound).await;

    let browser = Browser::start(&["--window-size=1440,1000"]).await;
    browser.sign_in_to_console(&demo).await;
    browser
        .open(&demo, "/actions/triggers/credentials-exchange")
        .await;
    assert_eq!(browser.flow().await, names);
    browser.drag(2, 0).await;
    assert_eq!(browser.flow().await, ["Third", "First", "Second"]);
    browser.look("actions-flow-dragged").await;
    // By keyboard: the button of the last one that moves it up.
    browser
        .follow(".flow-steps li:last-child form:first-child button")
        .await;
    assert_eq!(browser.flow().await, ["Third", "Second", "First"]);
    let stored = management.get(trigger).await;
    let stored: Vec<_> = stored["bindings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|own| own["action"]["name"].as_str().unwrap())
        .collect();
    assert_eq!(stored, ["Third", "Second", "First"]);
    browser.stop().await;
}
