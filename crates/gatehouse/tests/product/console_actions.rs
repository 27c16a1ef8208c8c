//! Actions in the console, in a real browser: built, tried, deployed, put to work, looked at.

use fantoccini::Locator;
use serde_json::json;

use crate::browser::Browser;
use crate::site::Management;
use crate::support::Demo;

const CODE: &str = "exports.onExecuteCredentialsExchange = async (event, api) => {
  console.log('for', event.client.name);
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
        self.client
            .execute(script, vec![json!(id), json!(text)])
            .await
            .unwrap();
    }

    async fn choose(&self, css: &str) {
        self.client
            .find(Locator::Css(css))
            .await
            .unwrap()
            .click()
            .await
            .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_is_built_tried_deployed_and_put_to_work_by_hand() {
    let demo = tokio::task::spawn_blocking(|| Demo::start(false))
        .await
        .unwrap();
    let browser = Browser::start(&["--window-size=1440,1000"]).await;
    browser.sign_in_to_console(&demo).await;
    browser.open(&demo, "/actions").await;
    browser.look("console-actions-none").await;
    browser.follow("main a[href='/actions/new']").await;
    browser.fill("name", "Plan of the client").await;
    browser
        .choose("main input[value='credentials-exchange']")
        .await;
    browser.look("console-actions-new").await;
    browser.submit().await;

    // The template runs as it stands.
    browser.follow("main button[value=test]").await;
    assert!(browser.text().await.contains("The Action returned."));
    browser.put("code", CODE).await;
    browser.fill("dependencies", "").await;
    browser.put("new-secret-0", "PLAN").await;
    browser.put("new-value-0", "gold").await;
    browser.follow("main button[value=test]").await;
    let said = browser.text().await;
    for part in [
        "The Action returned.",
        "for Weather App",
        "setCustomClaim(\"https://acme.example/plan\", \"gold\")",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    browser.look("console-actions-test").await;
    browser
        .put(
            "event",
            r#"{ "client": { "name": "x", "metadata": { "plan": "bad" } } }"#,
        )
        .await;
    browser.follow("main button[value=test]").await;
    let said = browser.text().await;
    assert!(
        said.contains("there is no such plan") && said.contains("Line 4:"),
        "{said}"
    );
    let marked = browser
        .client
        .find(Locator::Css(".editor-fault"))
        .await
        .unwrap();
    assert_eq!(marked.text().await.unwrap(), "4");
    browser.look("console-actions-failed").await;

    browser.follow("main button[value=deploy]").await;
    assert!(
        browser
            .client
            .source()
            .await
            .unwrap()
            .contains("Version 1 is deployed.")
    );
    browser
        .put("code", &CODE.replace("'none'", "'nothing'"))
        .await;
    browser.follow("main button[value=save]").await;
    browser.follow("main a[href$='/versions']").await;
    browser.follow("main td a").await;
    let said = browser.text().await;
    assert!(
        said.contains("?? 'nothing'") && said.contains("?? 'none'"),
        "{said}"
    );
    browser.look("console-actions-version").await;

    browser.open(&demo, "/actions/triggers").await;
    browser.look("console-actions-triggers").await;
    browser
        .open(&demo, "/actions/triggers/credentials-exchange")
        .await;
    browser.submit().await;
    assert!(browser.text().await.contains("Plan of the client"));
    browser.look("console-actions-flow").await;

    // A token request runs it, and what came of it is there.
    let _ = Management::of(&demo).await;
    browser.open(&demo, "/actions/executions").await;
    browser.look("console-actions-runs").await;
    browser.follow("main td a").await;
    assert!(
        browser.text().await.contains("for "),
        "{}",
        browser.text().await
    );
    browser.look("console-actions-run").await;
    browser.stop().await;

    let phone = [
        "--window-size=500,900",
        "--blink-settings=preferredColorScheme=0",
    ];
    let browser = Browser::start(&phone).await;
    browser.sign_in_to_console(&demo).await;
    browser.open(&demo, "/actions?lang=ja").await;
    browser.look("console-actions-phone").await;
    browser.follow("main td a").await;
    browser.look("console-actions-phone-editor").await;
    browser
        .open(&demo, "/actions/triggers/credentials-exchange")
        .await;
    browser.look("console-actions-phone-flow").await;
    browser.stop().await;
}
