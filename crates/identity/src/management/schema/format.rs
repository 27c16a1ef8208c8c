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

/// A connection's name: letters and digits, with single hyphens between them.
pub(crate) static CONNECTION_NAME: Format = Format {
    name: "^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9])*$",
    pattern: true,
    holds: |text| {
        let mut words = text.split('-');
        words.all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    },
};

/// A mail address.
pub(crate) static EMAIL: Format = Format {
    name: "email",
    pattern: false,
    holds: |text| egress::mail::is_address(text.trim()),
};

/// A phone number (ITU-T E.164).
pub(crate) static PHONE_NUMBER: Format = Format {
    name: "^\\+[0-9]{1,15}$",
    pattern: true,
    holds: |text| {
        text.strip_prefix('+').is_some_and(|digits| {
            (1..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
        })
    },
};

/// The part of a user's id that the one who makes the user may choose.
pub(crate) static USER_ID: Format = Format {
    name: "^[A-Za-z0-9@._+=|-]+$",
    pattern: true,
    holds: |text| {
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"@._+=|-".contains(&byte))
    },
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
