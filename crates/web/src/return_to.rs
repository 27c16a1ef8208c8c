//! Where to go on after signing in: on this site, or nowhere.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stays readable in a query's value.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// An address on this site, as a path; anything that a browser might take for another site's is not one.
///
/// Source: OWASP Unvalidated Redirects and Forwards Cheat Sheet; WHATWG URL §4.4 (a backslash counts as
/// a slash; tabs and line ends are dropped).
#[must_use]
pub fn local_path(path: &str) -> Option<&str> {
    let inside = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains(|c: char| c == '\\' || c.is_control());
    inside.then_some(path)
}

/// A text as the value of a parameter in an address.
#[must_use]
pub fn query_value(text: &str) -> String {
    utf8_percent_encode(text, VALUE).to_string()
}

/// The console's sign-in page, which leads back to `here`.
pub(crate) fn sign_in_for(here: &str) -> String {
    match local_path(here) {
        Some("/") | None => "/sign-in".to_owned(),
        Some(path) => format!("/sign-in?return_to={}", query_value(path)),
    }
}

#[cfg(test)]
mod tests {
    use super::{local_path, sign_in_for};

    #[test]
    fn only_paths_of_ours_are_gone_on_to() {
        assert_eq!(local_path("/my-apps?x=1"), Some("/my-apps?x=1"));
        for elsewhere in [
            "",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "\\/x",
            "/\t/evil.example",
            "/a\u{0}b",
            "javascript:x",
        ] {
            assert_eq!(local_path(elsewhere), None, "{elsewhere}");
        }
    }

    #[test]
    fn signing_in_leads_back_to_where_one_was() {
        assert_eq!(sign_in_for("/"), "/sign-in");
        assert_eq!(
            sign_in_for("/tenant/clients?q=a b&page=2"),
            "/sign-in?return_to=%2Ftenant%2Fclients%3Fq%3Da%20b%26page%3D2"
        );
    }
}
