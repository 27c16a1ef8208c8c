//! What a client says about itself, as far as it is fit to be shown.

use serde_json::Value;
use url::Url;
use web::Locale;

use super::view::consent::{Applicant, Destination, MadeBy};
use crate::model::client::Client;
use crate::model::registration::CreatedBy;

/// A client as pages show it to a reader of `locale`. `redirect_uri` is where the reader goes afterwards,
/// where that is settled.
pub(crate) fn applicant<'a>(
    client: &'a Client,
    redirect_uri: Option<&str>,
    locale: Locale,
) -> Applicant<'a> {
    let made_by = made_by(client);
    let text = |name: &str| {
        let set = client.settings.get(name).and_then(Value::as_str);
        said(client, name, set, locale)
    };
    let link = |name: &str| text(name).filter(|url| is_web_page(url));
    Applicant {
        name: name(client, locale),
        logo: text("logo_uri").filter(|logo| is_safe_logo(logo, made_by, redirect_uri)),
        website: link("client_uri"),
        policy: link("policy_uri"),
        terms: link("tos_uri"),
        made_by,
    }
}

/// What a client is called, for a reader of `locale`.
pub(crate) fn name(client: &Client, locale: Locale) -> &str {
    let own = client.name.as_str();
    said(client, "client_name", Some(own), locale).unwrap_or(own)
}

/// A member of a client: what an administrator set or, where he set nothing, what the client says of itself
/// in the reader's language.
fn said<'a>(
    client: &'a Client,
    name: &str,
    set: Option<&'a str>,
    locale: Locale,
) -> Option<&'a str> {
    let Some(registered) = client.registration.as_deref() else {
        return set;
    };
    match set {
        Some(set) if registered.plain(name) != Some(set) => Some(set),
        _ => registered.localized(name, locale),
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
    use web::Locale;

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
        let shown = applicant(
            &itself,
            Some("https://client.example.com/callback"),
            Locale::En,
        );
        assert_eq!(shown.logo, Some("https://client.example.com/logo.png"));
        assert_eq!(shown.made_by, MadeBy::Itself);
        for elsewhere in [Some("https://evil.example/cb"), Some("evil:/cb"), None] {
            assert_eq!(applicant(&itself, elsewhere, Locale::En).logo, None);
        }
    }

    #[test]
    fn a_client_speaks_the_readers_language_until_an_administrator_says_otherwise() {
        let mut itself = client(json!({ "name": "Weather", "is_first_party": false }));
        itself.created_by = CreatedBy::Dcr;
        let mut said = Registration::default();
        said.metadata.client_name = Some("Weather".to_owned());
        said.metadata.policy_uri = Some("https://client.example.com/policy".to_owned());
        for (member, value) in [
            ("client_name#ja-JP", "天気"),
            ("client_name#fr", "Météo"),
            ("policy_uri#ja", "https://client.example.com/ja/policy"),
        ] {
            said.metadata.extra.insert(member.to_owned(), json!(value));
        }
        itself.registration = Some(Box::new(said));
        let shown = applicant(&itself, None, Locale::Ja);
        assert_eq!(
            (shown.name, shown.policy),
            ("天気", Some("https://client.example.com/ja/policy"))
        );
        let shown = applicant(&itself, None, Locale::En);
        assert_eq!(
            (shown.name, shown.policy),
            ("Weather", Some("https://client.example.com/policy"))
        );
        itself.name = "Partner's weather".to_owned();
        assert_eq!(
            applicant(&itself, None, Locale::Ja).name,
            "Partner's weather"
        );
    }

    #[test]
    fn what_an_administrator_set_is_shown_and_scripts_are_never_links() {
        let made = client(json!({
            "name": "c", "is_first_party": false,
            "logo_uri": "https://cdn.example/logo.png",
            "client_uri": "javascript:alert(1)", "tos_uri": "https://client.example.com/terms",
        }));
        let shown = applicant(
            &made,
            Some("https://client.example.com/callback"),
            Locale::En,
        );
        assert_eq!(shown.made_by, MadeBy::Administrator);
        assert_eq!(shown.logo, Some("https://cdn.example/logo.png"));
        assert_eq!((shown.website, shown.policy), (None, None));
        assert_eq!(shown.terms, Some("https://client.example.com/terms"));
        let plain = client(json!({ "name": "c", "logo_uri": "http://cdn.example/logo.png" }));
        assert_eq!(applicant(&plain, None, Locale::En).logo, None);
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
