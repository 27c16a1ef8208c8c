//! What text may look like.

/// A rule for text beyond its length.
pub(crate) struct Format {
    /// How the sentence names it.
    pub(crate) name: &'static str,
    /// Whether `name` is a pattern (`^…$`) instead of a format's name.
    pub(crate) pattern: bool,
    pub(crate) holds: fn(&str) -> bool,
}

/// Names and text without `<` and `>`.
pub(crate) static NO_ANGLE_BRACKETS: Format = Format {
    name: "^[^<>]+$",
    pattern: true,
    holds: |text| !text.is_empty() && !text.contains(['<', '>']),
};

/// An absolute URI, or nothing.
pub(crate) static ABSOLUTE_URI_OR_EMPTY: Format = Format {
    name: "absolute-uri-or-empty",
    pattern: false,
    holds: |text| text.is_empty() || is_absolute_uri(text),
};

/// An absolute https URI, or nothing.
pub(crate) static HTTPS_URI_OR_EMPTY: Format = Format {
    name: "absolute-https-uri-or-empty",
    pattern: false,
    holds: |text| text.is_empty() || (text.starts_with("https://") && is_absolute_uri(text)),
};

/// A redirect URI: any scheme but those that run script in a page.
pub(crate) static CALLBACK_URL: Format = Format {
    name: "callback-url",
    pattern: false,
    holds: is_callback_url,
};

/// A scheme, a host and perhaps a port; `*` may stand for a label.
pub(crate) static ORIGIN: Format = Format {
    name: "url",
    pattern: false,
    holds: is_absolute_uri,
};

/// A moment (RFC 3339).
pub(crate) static DATE_TIME: Format = Format {
    name: "date-time",
    pattern: false,
    holds: |text| oauth::Timestamp::parse_rfc3339(text).is_ok(),
};

fn is_absolute_uri(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| url.has_host()) && !text.contains(char::is_whitespace)
}

fn is_callback_url(text: &str) -> bool {
    // A browser drops tabs, newlines and leading blanks before it reads the scheme.
    let clean = !text.contains(|c: char| c.is_control() || c.is_whitespace());
    let Ok(url) = url::Url::parse(text) else {
        return false;
    };
    let scripts = ["javascript", "data", "vbscript", "file", "blob", "about"];
    clean && !scripts.contains(&url.scheme()) && !text.contains('#')
}
