//! Where the forms of sign-in pages may lead.

use url::Url;
use web::ContentPolicy;

/// The content policy of a page whose form ends, after some redirects, at `redirect_uri`.
///
/// Chromium holds every redirect that answers a form against `form-action`, those of the application
/// too, which often goes on to another host of its own. So the policy allows the scheme of the redirect
/// URI and `https`, and nothing that could run here, such as `javascript:`.
pub(crate) fn policy(redirect_uri: &str) -> ContentPolicy {
    let policy = ContentPolicy::default().allow_form_action("https:");
    match Url::parse(redirect_uri) {
        Ok(url) if url.scheme() != "https" => {
            policy.allow_form_action(&format!("{}:", url.scheme()))
        }
        _ => policy,
    }
}

#[cfg(test)]
mod tests {
    use super::policy;

    fn form_action(redirect_uri: &str) -> String {
        let header = policy(redirect_uri).header();
        let text = header.to_str().unwrap();
        let all = text.split("; ").find(|d| d.starts_with("form-action"));
        all.unwrap().to_owned()
    }

    #[test]
    fn forms_lead_to_us_and_to_where_the_application_is() {
        let cases = [
            ("https://app.example/cb", "form-action 'self' https:"),
            ("http://127.0.0.1:3000/", "form-action 'self' https: http:"),
            (
                "com.example.app:/cb",
                "form-action 'self' https: com.example.app:",
            ),
            ("no address", "form-action 'self' https:"),
        ];
        for (redirect_uri, expected) in cases {
            assert_eq!(form_action(redirect_uri), expected);
        }
    }
}
