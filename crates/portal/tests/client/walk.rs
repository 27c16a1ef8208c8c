//! Every route refuses an outsider.

use crate::contract;
use crate::world::{SITE, World};

/// Operations that somebody without a session may call, and what an empty call is answered. The list
/// may only shrink.
const OPEN: &[(&str, &str, u16)] = &[
    ("POST", "/api/v2/developer", 400),
    ("POST", "/api/v2/developer/authenticate", 400),
    ("GET", "/api/v2/developer/authenticate/sso", 400),
    ("POST", "/api/v2/developer/forgot-password", 400),
    ("POST", "/api/v2/developer/logout", 204),
    ("POST", "/api/v2/developer/reset-password", 400),
    ("POST", "/api/v2/developer/verify-email", 400),
    ("GET", "/api/v2/portal", 200),
    ("GET", "/api/v2/portal/appearance", 200),
    ("GET", "/api/v2/portal/catalog-cover", 200),
    ("GET", "/api/v2/portal/logo", 200),
    ("POST", "/api/v3/developer", 400),
    ("POST", "/api/v3/developer/authenticate", 400),
    ("GET", "/api/v3/developer/authenticate/sso", 400),
    ("POST", "/api/v3/developer/forgot-password", 400),
    ("POST", "/api/v3/developer/logout", 204),
    ("POST", "/api/v3/developer/reset-password", 400),
    ("POST", "/api/v3/developer/verify-email", 400),
    ("GET", "/api/v3/api-attributes", 200),
    ("GET", "/api/v3/apis", 200),
    ("GET", "/api/v3/assets/favicon", 200),
    ("GET", "/api/v3/assets/logo", 200),
    ("GET", "/api/v3/customization", 200),
    ("GET", "/api/v3/integrations", 200),
    ("GET", "/api/v3/pages", 200),
    ("GET", "/api/v3/pages/{pagePath}", 404),
    ("GET", "/api/v3/portal", 200),
    ("GET", "/api/v3/search", 200),
    ("GET", "/api/v3/snippets", 200),
    ("GET", "/api/v3/snippets/{snippetName}", 404),
];

#[tokio::test]
async fn every_operation_is_served_and_refuses_an_outsider() {
    let world = World::all().await.remove(0);
    for (method, template) in contract::operations() {
        let path: Vec<&str> = template
            .split('/')
            .map(|part| if part.starts_with('{') { SITE } else { part })
            .collect();
        let open = OPEN.iter().find(|(m, t, _)| *m == method && *t == template);
        let expected = open.map_or(401, |(_, _, status)| *status);
        let mut outsider = world.caller();
        let answer = outsider.send(&method, &path.join("/"), None).await;
        assert_eq!(
            answer.status, expected,
            "{method} {template}: {}",
            answer.body
        );
        let mut forger = world.caller();
        let cookies = forger.cookies();
        cookies.insert("portalaccesstoken".into(), "forged".into());
        cookies.insert("portalrefreshtoken".into(), "forged.forged".into());
        let answer = forger.send(&method, &path.join("/"), None).await;
        assert_eq!(
            answer.status, expected,
            "{method} {template} with forged cookies"
        );
    }
}

#[tokio::test]
async fn what_does_not_exist_is_a_problem_too() {
    let world = World::all().await.remove(0);
    let answer = world
        .caller()
        .send("GET", "/api/v2/nothing/here", None)
        .await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    let answer = world.caller().send("PUT", "/api/v2/portal", None).await;
    assert_eq!(answer.status, 405);
}
