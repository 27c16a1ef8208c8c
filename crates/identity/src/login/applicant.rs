//! What a client says about itself, as far as it is fit to be shown.

use serde_json::Value;
use url::Url;

use super::view::consent::{Applicant, Destination, MadeBy};
use crate::model::client::Client;
use crate::model::registration::CreatedBy;

/// A client as pages show it. `redirect_uri` is where the reader goes afterwards, where that is settled.
pub(crate) fn applicant<'a>(client: &'a Client, redirect_uri: Option<&str>) -> Applicant<'a> {
    let made_by = made_by(client);
    let said = client.registration.as_deref().map(|said| &said.metadata);
    let text = |name: &str| client.settings.get(name).and_then(Value::as_str);
    let registered = |name: &str| {
        let said = said?;
        let uri = match name {
            "client_uri" => &said.client_uri,
            "policy_uri" => &said.policy_uri,
            "tos_uri" => &said.tos_uri,
            _ => &said.logo_uri,
        };
        uri.as_deref()
    };
    let text = |name: &str| text(name).or_else(|| registered(name));
    let link = |name: &str| text(name).filter(|url| is_web_page(url));
    Applicant {
        name: &client.name,
        logo: text("logo_uri").filter(|logo| is_safe_logo(logo, made_by, redirect_uri)),
        website: link("client_uri"),
        policy: link("policy_uri"),
        terms: link("tos_uri"),
        made_by,
    }
}

/// Where a redirect URI leads, in words a person can judge: the host, not the whole address. A name in
/// another alphabet is shown as the network spells it (`xn--…`): look-alikes do not pass for each other.
pub(crate) fn destination(redirect_uri: &str) -> Destination {
    let Ok(url) = Url::parse(redirect_uri) else {
        return Destination::ThisDevice(redirect_uri.to_owned());
    };
    let host = url
        .host_str()
        .filter(|_| matches!(url.scheme(), "http" | "https"));
    let Some(host) = host else {
        return Destination::ThisDevice(format!("{}:", url.scheme()));
    };
    let shown = match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    if is_loopback(&url) {
        Destination::ThisDevice(shown)
    } else {
        Destination::Host(shown)
    }
}

fn made_by(client: &Client) -> MadeBy<'_> {
    match client.created_by {
        CreatedBy::Dcr | CreatedBy::SoftwareStatement => MadeBy::Itself,
        CreatedBy::MetadataDocument => MadeBy::Document(host_of(&client.client_id)),
        CreatedBy::Management if client.is_first_party => MadeBy::Tenant,
        CreatedBy::Management => MadeBy::Administrator,
    }
}

fn host_of(url: &str) -> &str {
    let rest = url.strip_prefix("https://").unwrap_or(url);
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}

fn is_web_page(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// A picture is loaded over TLS; and where nobody looked at the client, from the host alone that the
/// reader goes to anyway: the client can then neither borrow another's picture from its home nor bring
/// a third party in.
fn is_safe_logo(logo: &str, made_by: MadeBy<'_>, redirect_uri: Option<&str>) -> bool {
    let Ok(logo) = Url::parse(logo) else {
        return false;
    };
    if logo.scheme() != "https" {
        return false;
    }
    match made_by {
        MadeBy::Tenant | MadeBy::Administrator => true,
        MadeBy::Document(host) => logo.host_str() == Some(host),
        MadeBy::Itself => redirect_uri
            .and_then(|uri| Url::parse(uri).ok())
            .is_some_and(|uri| uri.host_str().is_some() && uri.host_str() == logo.host_str()),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use oauth::{Entropy, Timestamp};
    use serde_json::{Value, json};

    use super::{applicant, destination};
    use crate::login::view::consent::{Destination, MadeBy};
    use crate::model::client::Client;
    use crate::model::registration::{CreatedBy, Registration};

    fn client(request: Value) -> Client {
        let Value::Object(request) = request else {
            panic!("an object")
        };
        Client::register(request, &Entropy::seeded(1), Timestamp::from_millis(0))
    }

    #[test]
    fn a_registered_client_shows_a_logo_of_the_host_it_sends_people_to() {
        let mut itself = client(json!({ "name": "c", "is_first_party": false }));
        itself.created_by = CreatedBy::Dcr;
        let mut said = Registration::default();
        said.metadata.logo_uri = Some("https://client.example.com/logo.png".to_owned());
        itself.registration = Some(Box::new(said));
        let shown = applicant(&itself, Some("https://client.example.com/callback"));
        assert_eq!(shown.logo, Some("https://client.example.com/logo.png"));
        assert_eq!(shown.made_by, MadeBy::Itself);
        for elsewhere in [Some("https://evil.example/cb"), Some("evil:/cb"), None] {
            assert_eq!(applicant(&itself, elsewhere).logo, None);
        }
    }

    #[test]
    fn what_an_administrator_set_is_shown_and_scripts_are_never_links() {
        let made = client(json!({
            "name": "c", "is_first_party": false,
            "logo_uri": "https://cdn.example/logo.png",
            "client_uri": "javascript:alert(1)", "tos_uri": "https://client.example.com/terms",
        }));
        let shown = applicant(&made, Some("https://client.example.com/callback"));
        assert_eq!(shown.made_by, MadeBy::Administrator);
        assert_eq!(shown.logo, Some("https://cdn.example/logo.png"));
        assert_eq!((shown.website, shown.policy), (None, None));
        assert_eq!(shown.terms, Some("https://client.example.com/terms"));
        let plain = client(json!({ "name": "c", "logo_uri": "http://cdn.example/logo.png" }));
        assert_eq!(applicant(&plain, None).logo, None);
    }

    #[test]
    fn a_destination_is_a_host_or_this_device() {
        let host = |text: &str| Destination::Host(text.to_owned());
        let device = |text: &str| Destination::ThisDevice(text.to_owned());
        let cases = [
            (
                "https://client.example.com/cb?x",
                host("client.example.com"),
            ),
            (
                "https://client.example.com:8443",
                host("client.example.com:8443"),
            ),
            ("https://good.example@evil.example/", host("evil.example")),
            ("https://\u{430}pple.example/", host("xn--pple-43d.example")),
            ("http://127.0.0.1:3000/cb", device("127.0.0.1:3000")),
            ("http://[::1]:3000/cb", device("[::1]:3000")),
            ("com.example.app:/cb", device("com.example.app:")),
        ];
        for (uri, expected) in cases {
            assert_eq!(destination(uri), expected);
        }
    }
}
