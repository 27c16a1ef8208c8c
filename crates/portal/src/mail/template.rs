//! What the mails of a portal say where its team wrote them: subject, title, text and button, with
//! variables such as `{{ developer_fullname }}`.
//!
//! Source: Konnect portal-management v3.9.8, `email-templates`.

use web::Markup;

use super::{Mail, Subject};
use crate::model::EmailTemplate;
use crate::pages::markdown;

/// A kind of mail that can be written anew.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it is for, for people.
    pub(crate) label: &'static str,
    /// What it is here.
    pub(crate) subject: Subject,
    /// The variables that it knows.
    pub(crate) variables: &'static [&'static str],
}

const ACCOUNT: &[&str] = &[
    "portal_display_name",
    "portal_domain",
    "developer_email",
    "developer_fullname",
    "dev_portal_reply_to",
];
const DECIDED: &[&str] = &[
    "portal_display_name",
    "portal_domain",
    "developer_email",
    "developer_fullname",
    "dev_portal_reply_to",
    "developer_status",
];
const ACCESS: &[&str] = &[
    "portal_display_name",
    "portal_domain",
    "developer_email",
    "developer_fullname",
    "dev_portal_reply_to",
    "api_name",
    "api_version",
    "application_name",
];

const fn kind(
    name: &'static str,
    label: &'static str,
    subject: Subject,
    variables: &'static [&'static str],
) -> Kind {
    Kind {
        name,
        label,
        subject,
        variables,
    }
}

/// The vendor's kinds that are sent here. Its mails about keys that end (`api-key-expiring-soon`,
/// `api-key-expired`) are not.
pub(crate) const KINDS: [Kind; 9] = [
    kind(
        "confirm-email-address",
        "Confirm the developer's email address",
        Subject::Verify,
        ACCOUNT,
    ),
    kind(
        "developer-invitation",
        "Invite a developer whose account an administrator made",
        Subject::Invited,
        ACCOUNT,
    ),
    kind(
        "reset-password",
        "Set a new password",
        Subject::Reset,
        ACCOUNT,
    ),
    kind(
        "account-access-approved",
        "The developer's account is approved",
        Subject::Approved,
        DECIDED,
    ),
    kind(
        "account-access-rejected",
        "The developer's account is not approved",
        Subject::Rejected,
        DECIDED,
    ),
    kind(
        "account-access-revoked",
        "The developer's account is revoked",
        Subject::Revoked,
        DECIDED,
    ),
    kind(
        "app-registration-approved",
        "An application's registration for an API is approved",
        Subject::AccessApproved,
        ACCESS,
    ),
    kind(
        "app-registration-rejected",
        "An application's registration for an API is not approved",
        Subject::AccessRejected,
        ACCESS,
    ),
    kind(
        "app-registration-revoked",
        "An application's registration for an API is revoked",
        Subject::AccessRevoked,
        ACCESS,
    ),
];

/// What is known of a variable: name, what it is, an example.
pub(crate) const VARIABLES: [(&str, &str, &str); 9] = [
    (
        "portal_display_name",
        "The portal's name for people",
        "Weather APIs",
    ),
    (
        "portal_domain",
        "The host at which the portal is",
        "developers.example.com",
    ),
    (
        "developer_email",
        "The developer's address",
        "jane@example.com",
    ),
    ("developer_fullname", "The developer's name", "Jane Doe"),
    (
        "dev_portal_reply_to",
        "Whom answers reach; empty where nothing is set",
        "apis@example.com",
    ),
    (
        "developer_status",
        "Where the developer's account stands",
        "approved",
    ),
    ("api_name", "The API's name", "Forecasts"),
    ("api_version", "The API's version", "v1"),
    ("application_name", "The application's name", "cli"),
];

/// The kind of this name.
pub(crate) fn of_name(name: &str) -> Option<Kind> {
    KINDS.into_iter().find(|kind| kind.name == name)
}

/// The kind of such a mail, if it is one of them.
pub(crate) fn of_subject(subject: Subject) -> Option<Kind> {
    KINDS.into_iter().find(|kind| kind.subject == subject)
}

/// The first variable in a text that `kind` does not know.
pub(crate) fn unknown(text: &str, kind: &Kind) -> Option<String> {
    let mut wrong = None;
    fill(text, |name| {
        if !kind.variables.contains(&name) {
            wrong.get_or_insert_with(|| name.to_owned());
        }
        Some(String::new())
    });
    wrong
}

/// The usual texts of a kind, with the variables that stand in them: subject, title, text, button.
pub(crate) fn usual(kind: &Kind) -> [String; 4] {
    let mail = Mail {
        subject: kind.subject,
        to: "{{developer_email}}".into(),
        full_name: "{{developer_fullname}}".into(),
        portal: "{{portal_display_name}}".into(),
        about: "{{application_name}}, {{api_name}} {{api_version}}".into(),
        ..Mail::blank()
    };
    let [subject, hello, lead, action] =
        ["subject", "hello", "lead", "action"].map(|part| mail.part(part));
    [
        subject.clone(),
        subject,
        format!("{hello}\n\n{lead}"),
        action,
    ]
}

/// A mail's own texts.
pub(crate) struct Written {
    pub(crate) subject: Option<String>,
    pub(crate) title: Option<String>,
    /// As a page, and as text.
    pub(crate) body: Option<(Markup, String)>,
    pub(crate) button: Option<String>,
}

impl Written {
    /// What a template says in this mail.
    pub(crate) fn of(template: &EmailTemplate, mail: &Mail, reply_to: &str) -> Self {
        let value = |name: &str| mail.variable(name, reply_to);
        let plain = |text: &String| fill(text, value);
        // What stands for a variable is never markup: a name is anybody's own word.
        let marked = |text: &String| fill(text, |name| value(name).map(|value| escaped(&value)));
        Self {
            subject: template.subject.as_ref().map(plain),
            title: template.title.as_ref().map(plain),
            body: template
                .body
                .as_ref()
                .map(|body| (markdown::render("", &marked(body)), plain(body))),
            button: template
                .button_label
                .as_ref()
                .map(plain)
                .filter(|label| !label.trim().is_empty()),
        }
    }
}

/// The text with what stands for each `{{ name }}`; what is unknown stays.
fn fill(text: &str, mut value: impl FnMut(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, behind)) = after.split_once("}}") else {
            break;
        };
        out.push_str(before);
        match value(name.trim()) {
            Some(value) => out.push_str(&value),
            None => {
                out.push_str("{{");
                out.push_str(name);
                out.push_str("}}");
            }
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// A text that Markdown shows as it is.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !c.is_control()) {
        if c.is_ascii_punctuation() {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{KINDS, VARIABLES, escaped, fill, of_name, unknown, usual};
    use crate::pages::markdown;

    #[test]
    fn variables_are_filled_and_what_is_none_stays() {
        let value = |name: &str| (name == "a").then(|| "x".to_owned());
        assert_eq!(fill("{{a}} {{ a }} {{b}} {{", value), "x x {{b}} {{");
        assert_eq!(fill("", value), "");
    }

    #[test]
    fn a_name_is_no_markup() {
        let name = "[click](https://evil.example) **b** <i>";
        let shown = markdown::render("", &escaped(name)).into_string();
        assert!(
            !shown.contains("<a ") && !shown.contains("<strong>"),
            "{shown}"
        );
        assert!(
            shown.contains("[click](https://evil.example) **b** &lt;i&gt;"),
            "{shown}"
        );
    }

    #[test]
    fn the_usual_texts_have_known_variables_alone() {
        for kind in KINDS {
            for text in usual(&kind) {
                assert!(!text.is_empty(), "{}", kind.name);
                assert_eq!(unknown(&text, &kind), None, "{}: {text}", kind.name);
            }
            for variable in kind.variables {
                assert!(VARIABLES.iter().any(|(name, ..)| name == variable));
            }
        }
        let kind = of_name("reset-password").unwrap();
        assert_eq!(unknown("{{api_name}}", &kind).as_deref(), Some("api_name"));
    }
}
