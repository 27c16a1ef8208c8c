//! What applications become, in the words that several providers share.

use crate::port::{Metadata, NewClient};

/// How much of the application's id makes a name unique.
const SUFFIX: usize = 12;

/// The client's name, which no other has.
pub(crate) fn own_name(client: &NewClient, most: usize) -> String {
    let application_id = &client.metadata.konnect_application_id;
    match &client.distinction {
        None => unique_name(&client.name, application_id, most),
        Some(distinction) => {
            let room = most.saturating_sub(distinction.chars().count() + 1);
            let name = unique_name(&client.name, application_id, room);
            format!("{name} {distinction}")
        }
    }
}

/// The application's name with the end of its id, so that no two clients share a name: some providers
/// answer a name that they know with the client that has it. Signs that servers refuse in a name, because
/// they break lines, hide text or are markup, are written otherwise.
pub(crate) fn unique_name(name: &str, application_id: &str, most: usize) -> String {
    let from = application_id.chars().count().saturating_sub(SUFFIX);
    let suffix: String = application_id.chars().skip(from).collect();
    let suffix = format!(" ({suffix})");
    let kept = most.saturating_sub(suffix.chars().count());
    let mut unique: String = name.chars().map(plain).take(kept).collect();
    unique.push_str(&suffix);
    unique
}

fn plain(sign: char) -> char {
    match sign {
        '<' => '‹',
        '>' => '›',
        // Marks and overrides of the direction of text (Unicode UAX #9).
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => ' ',
        sign if sign.is_control() => ' ',
        sign => sign,
    }
}

/// Whether people sign in to the application.
pub(crate) fn uses_code_flow(client: &NewClient) -> bool {
    asks(client, "authorization_code") || !client.redirect_uris.is_empty()
}

/// OAuth's grant types for the strategy's auth methods.
pub(crate) fn grant_types(client: &NewClient) -> Vec<&'static str> {
    let code_flow = uses_code_flow(client);
    let machine = ["client_credentials", "bearer", "session"];
    let mut grant_types = Vec::new();
    if !code_flow || machine.iter().any(|method| asks(client, method)) {
        grant_types.push("client_credentials");
    }
    if code_flow {
        grant_types.extend(["authorization_code", "refresh_token"]);
    }
    grant_types
}

/// Redirect URIs as text.
pub(crate) fn redirect_uris(uris: &[url::Url]) -> Vec<String> {
    uris.iter().map(ToString::to_string).collect()
}

fn asks(client: &NewClient, method: &str) -> bool {
    client.auth_methods.iter().any(|asked| asked == method)
}

/// The scopes without `openid`, which client credentials cannot get at some providers.
pub(crate) fn without_openid(scopes: &[String]) -> Vec<String> {
    let others = scopes.iter().filter(|scope| *scope != "openid");
    others.cloned().collect()
}

/// The application that clients say they are for that a verification made: nobody's. Providers may ask
/// for UUIDs.
pub const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

/// A client that is made to be removed again, to see whether that can be done.
pub(crate) fn canary(scopes: &[String]) -> NewClient {
    NewClient {
        name: "Gatehouse verification (can be removed)".to_owned(),
        description: None,
        redirect_uris: Vec::new(),
        auth_methods: vec!["client_credentials".to_owned()],
        audience: None,
        scopes: scopes.to_vec(),
        metadata: Metadata {
            konnect_portal_id: NOBODY.to_owned(),
            konnect_developer_id: NOBODY.to_owned(),
            konnect_org_id: NOBODY.to_owned(),
            konnect_application_id: NOBODY.to_owned(),
        },
        auth_strategy_id: NOBODY.to_owned(),
        dcr_provider_id: NOBODY.to_owned(),
        distinction: None,
    }
}

#[cfg(test)]
mod tests {
    use super::unique_name;

    #[test]
    fn two_applications_never_share_a_name() {
        let name = |id| unique_name("cli", id, 100);
        assert_eq!(
            name("0190a1b2-0000-7000-8000-00000000000a"),
            "cli (00000000000a)"
        );
        let odd = unique_name("a<b>\n\u{202e}c", "d", 100);
        assert_eq!(odd, "a‹b›  c (d)");
        let long = unique_name(
            &"ö".repeat(300),
            "0190a1b2-0000-7000-8000-00000000000a",
            100,
        );
        assert_eq!(long.chars().count(), 100);
        assert!(long.ends_with("(00000000000a)"));
    }
}
