//! Where the forms of sign-in pages may lead.

use web::ContentPolicy;

use crate::model::authorization_request::destination;
use crate::model::client::Client;
use crate::model::strings;
use crate::service::tickets::Done;

/// Addresses of a client that an application may send its user on to after the callback.
const OWN: [&str; 4] = [
    "callbacks",
    "web_origins",
    "allowed_origins",
    "initiate_login_uri",
];
/// More origins than that make a header that servers refuse.
const MAX: usize = 40;

/// The content policy of a page whose form ends, after some redirects, at `redirect_uri`.
///
/// Chromium holds every redirect that answers a form against `form-action`, those of the application
/// too, which may go on to another host of its own: for the tenant's own clients the origins that an
/// administrator gave them are allowed as well. A stranger's client gets its redirect URI's alone.
pub(crate) fn policy(client: &Client, redirect_uri: &str) -> ContentPolicy {
    let mut allowed = vec![destination(redirect_uri)];
    if client.is_first_party {
        for value in OWN.iter().filter_map(|name| client.settings.get(*name)) {
            let one = value.as_str().into_iter();
            let all = one.chain(strings(Some(value).filter(|value| value.is_array())));
            allowed.extend(all.map(destination).filter(|origin| is_web(origin)));
        }
        allowed.sort();
        allowed.dedup();
    }
    let policy = ContentPolicy::default();
    allowed
        .iter()
        .take(MAX)
        .filter(|origin| !runs(origin))
        .fold(policy, |policy, origin| policy.allow_form_action(origin))
}

fn is_web(origin: &str) -> bool {
    origin.starts_with("https://") || origin.starts_with("http://")
}

/// The content policy of a page behind a mailed link, whose form may end where the one who made the link
/// said.
pub(super) fn after_mail(done: &Done) -> ContentPolicy {
    let policy = ContentPolicy::default();
    match done.result_url(&[]) {
        Some(url) if !runs(&destination(&url)) => policy.allow_form_action(&destination(&url)),
        _ => policy,
    }
}

/// Whether something could run here by it.
fn runs(origin: &str) -> bool {
    let scheme = origin.split(':').next().unwrap_or_default();
    ["javascript", "data", "blob", "filesystem"]
        .iter()
        .any(|bad| scheme.eq_ignore_ascii_case(bad))
}

#[cfg(test)]
mod tests {
    use oauth::{Entropy, Timestamp};
    use serde_json::{Value, json};

    use super::policy;
    use crate::model::client::Client;

    fn form_action(client: Value, redirect_uri: &str) -> String {
        let Value::Object(members) = client else {
            panic!("an object")
        };
        let client = Client::register(members, &Entropy::seeded(1), Timestamp::from_millis(0));
        let header = policy(&client, redirect_uri).header();
        let text = header.to_str().unwrap();
        let all = text.split("; ").find(|d| d.starts_with("form-action"));
        all.unwrap().to_owned()
    }

    #[test]
    fn forms_lead_to_us_and_to_where_the_request_goes() {
        let stranger = json!({
            "name": "c", "is_first_party": false, "web_origins": ["https://evil.example"]
        });
        let cases = [
            (
                "https://app.example/cb?x",
                "form-action 'self' https://app.example",
            ),
            (
                "http://127.0.0.1:3000/",
                "form-action 'self' http://127.0.0.1:3000",
            ),
            ("com.example.app:/cb", "form-action 'self' com.example.app:"),
            ("javascript:alert(1)", "form-action 'self'"),
            ("no address", "form-action 'self'"),
        ];
        for (redirect_uri, expected) in cases {
            assert_eq!(form_action(stranger.clone(), redirect_uri), expected);
        }
    }

    #[test]
    fn an_application_of_ours_may_send_its_user_on_to_its_other_hosts() {
        let own = json!({
            "name": "c", "callbacks": ["https://app.example/cb", "myapp://cb"],
            "web_origins": ["https://www.app.example", "https://*.shop.example"],
            "initiate_login_uri": "https://start.app.example/login",
        });
        assert_eq!(
            form_action(own, "https://app.example/cb"),
            "form-action 'self' https://*.shop.example https://app.example \
             https://start.app.example https://www.app.example"
        );
    }
}
