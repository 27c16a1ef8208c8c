//! Where the forms of sign-in pages may lead.

use web::ContentPolicy;

use crate::model::authorization_request::destination;
use crate::model::client::Client;
use crate::service::tickets::Done;

/// The content policy of a page whose form ends, after some redirects, at `redirect_uri`.
///
/// Chromium holds every redirect that answers a form against `form-action`, those of the application
/// too. The tenant's own applications may send their users on to hosts that nobody here knows of; a
/// stranger's client gets its redirect URI's origin alone.
pub(crate) fn policy(client: &Client, redirect_uri: &str) -> ContentPolicy {
    let target = destination(redirect_uri);
    let mut policy = ContentPolicy::default();
    if client.is_first_party {
        policy = policy.allow_form_action("https:");
        if target.starts_with("http://") {
            policy = policy.allow_form_action("http:");
        }
    }
    match runs(&target) {
        true => policy,
        false => policy.allow_form_action(&target),
    }
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
    fn an_application_of_ours_may_send_its_user_on_to_wherever_it_wants() {
        let own = || json!({ "name": "c" });
        for (redirect_uri, expected) in [
            (
                "https://app.example/cb",
                "form-action 'self' https: https://app.example",
            ),
            (
                "http://localhost:3000/cb",
                "form-action 'self' https: http: http://localhost:3000",
            ),
        ] {
            assert_eq!(form_action(own(), redirect_uri), expected);
        }
    }
}
