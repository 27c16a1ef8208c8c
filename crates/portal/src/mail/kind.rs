//! The kinds of mails that a portal's team can write anew, and the variables of each.
//!
//! Source: Konnect portal-management v3.9.8, `email-templates`; the kinds beyond are ours.

use std::time::Duration;

use oauth::Timestamp;
use web::Locale;

use super::template::fill;
use super::{Mail, Subject};
use crate::model::Site;

/// A kind of mail that can be written anew.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it is for, for people.
    pub(crate) label: &'static str,
    /// What it is here.
    pub(crate) subject: Subject,
    /// The variables that it knows beside [`EVERYWHERE`].
    own: &'static [&'static str],
    /// Whether the vendor has it too.
    pub(crate) is_the_vendors: bool,
}

/// The variables that every kind knows.
const EVERYWHERE: [&str; 5] = [
    "portal_display_name",
    "portal_domain",
    "developer_email",
    "developer_fullname",
    "dev_portal_reply_to",
];
const DECIDED: &[&str] = &["developer_status"];
const ACCESS: &[&str] = &["api_name", "api_version", "application_name"];
const KEY: &[&str] = &[
    "application_name",
    "credential_name",
    "credential_expires_at",
];
const SECRET: &[&str] = &["application_name", "credential_expires_at"];

const fn kind(
    name: &'static str,
    label: &'static str,
    subject: Subject,
    own: &'static [&'static str],
) -> Kind {
    Kind {
        name,
        label,
        subject,
        own,
        is_the_vendors: true,
    }
}

const fn ours(
    name: &'static str,
    label: &'static str,
    subject: Subject,
    own: &'static [&'static str],
) -> Kind {
    Kind {
        is_the_vendors: false,
        ..kind(name, label, subject, own)
    }
}

/// Every kind: the vendor's, then those that only this portal sends.
pub(crate) const KINDS: [Kind; 23] = [
    kind(
        "confirm-email-address",
        "Confirm the developer's email address",
        Subject::Verify,
        &[],
    ),
    kind(
        "developer-invitation",
        "Invite a developer whose account an administrator made",
        Subject::Invited,
        &[],
    ),
    kind("reset-password", "Set a new password", Subject::Reset, &[]),
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
    kind(
        "api-key-expiring-soon",
        "An API key ends soon",
        Subject::KeyEnding,
        KEY,
    ),
    kind(
        "api-key-expired",
        "An API key has ended",
        Subject::KeyEnded,
        KEY,
    ),
    ours(
        "account-exists",
        "Somebody signed up with an address that has an account",
        Subject::Exists,
        &[],
    ),
    ours(
        "password-changed",
        "The developer's password was changed",
        Subject::PasswordChanged,
        &[],
    ),
    ours(
        "account-deleted",
        "An administrator deleted the developer's account",
        Subject::AccountDeleted,
        &[],
    ),
    ours(
        "api-deprecated",
        "A version of an API is deprecated",
        Subject::Deprecated,
        &["api_name", "api_version"],
    ),
    ours(
        "api-withdrawn",
        "A version of an API has ended",
        Subject::Withdrawn,
        &["api_name", "api_version"],
    ),
    ours(
        "application-deleted",
        "An administrator deleted an application",
        Subject::ApplicationDeleted,
        &["application_name"],
    ),
    ours(
        "application-handed-over",
        "An application became the developer's",
        Subject::HandedOver,
        &["application_name"],
    ),
    ours(
        "application-handed-to-team",
        "An application became a team's",
        Subject::HandedToTeam,
        &["application_name", "team_name"],
    ),
    ours(
        "application-handed-away",
        "An application has another owner",
        Subject::HandedAway,
        &["application_name"],
    ),
    ours(
        "secret-waits",
        "A new secret waits for an application",
        Subject::SecretWaits,
        SECRET,
    ),
    ours(
        "secret-untaken",
        "Credentials end soon, and the new secret was not taken",
        Subject::SecretUntaken,
        SECRET,
    ),
    ours(
        "secret-still-used",
        "Credentials end soon, and are still used",
        Subject::SecretUsed,
        SECRET,
    ),
];

/// What is known of a variable: name, what it is, an example.
pub(crate) const VARIABLES: [(&str, &str, &str); 12] = [
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
    ("credential_name", "The API key's name", "nightly job"),
    (
        "credential_expires_at",
        "When the credential ends",
        "27 Nov 2026 05:00 UTC",
    ),
    ("team_name", "The team's name", "Mobile"),
];

impl Kind {
    /// The variables that it knows.
    pub(crate) fn variables(&self) -> Vec<&'static str> {
        EVERYWHERE.iter().chain(self.own).copied().collect()
    }

    fn knows(&self, name: &str) -> bool {
        EVERYWHERE.contains(&name) || self.own.contains(&name)
    }

    /// The first variable in a text that it does not know.
    pub(crate) fn unknown(&self, text: &str) -> Option<String> {
        let mut wrong = None;
        fill(text, |name| {
            if !self.knows(name) {
                wrong.get_or_insert_with(|| name.to_owned());
            }
            Some(String::new())
        });
        wrong
    }

    /// What of the reader's such a mail is about: an application, an API, or both.
    fn about(&self, [application, api, version]: [&str; 3]) -> String {
        match self.subject {
            Subject::AccessApproved | Subject::AccessRejected | Subject::AccessRevoked => {
                format!("{application}, {api} {version}")
            }
            Subject::Deprecated | Subject::Withdrawn => format!("{api} {version}"),
            _ => application.to_owned(),
        }
    }

    /// Such a mail with made-up names, to look at.
    pub(crate) fn sample(
        &self,
        site: &Site,
        address: &str,
        locale: Locale,
        now: Timestamp,
    ) -> Mail {
        let names = [
            example("application_name"),
            example("api_name"),
            example("api_version"),
        ];
        let named = match self.subject {
            Subject::HandedToTeam => "team_name",
            _ => "credential_name",
        };
        Mail {
            subject: self.subject,
            portal_id: Some(site.id),
            portal: site.called().to_owned(),
            about: self.about(names),
            names: names.map(str::to_owned),
            named: example(named).to_owned(),
            link: address.to_owned(),
            hours: 24,
            until: Some(now + Duration::from_secs(7 * 86_400)),
            locale: locale.tag().to_owned(),
            written_at: now,
            ..Mail::blank()
        }
    }

    /// Its usual texts in a language, with the variables that stand in them: subject, title, text, button.
    pub(crate) fn usual(&self, locale: Locale) -> [String; 4] {
        let names = ["{{application_name}}", "{{api_name}}", "{{api_version}}"];
        let named = match self.subject {
            Subject::HandedToTeam => "{{team_name}}",
            _ => "{{credential_name}}",
        };
        let mail = Mail {
            subject: self.subject,
            to: "{{developer_email}}".into(),
            full_name: "{{developer_fullname}}".into(),
            portal: "{{portal_display_name}}".into(),
            about: self.about(names),
            named: named.into(),
            locale: locale.tag().into(),
            ..Mail::blank()
        };
        let [subject, hello, lead, action] = ["subject", "hello", "lead", "action"]
            .map(|part| mail.part(part, "{{credential_expires_at}}"));
        [
            subject.clone(),
            subject,
            format!("{hello}\n\n{lead}"),
            action,
        ]
    }
}

/// What stands for a variable in a mail that is only looked at.
fn example(variable: &str) -> &'static str {
    let found = VARIABLES.iter().find(|(name, ..)| *name == variable);
    found.map_or("", |(_, _, example)| example)
}

/// The vendor's kinds.
pub(crate) fn vendors() -> impl Iterator<Item = Kind> {
    KINDS.into_iter().filter(|kind| kind.is_the_vendors)
}

/// The kind of this name.
pub(crate) fn of_name(name: &str) -> Option<Kind> {
    KINDS.into_iter().find(|kind| kind.name == name)
}

/// The kind of such a mail, if it is one of them.
pub(crate) fn of_subject(subject: Subject) -> Option<Kind> {
    KINDS.into_iter().find(|kind| kind.subject == subject)
}

#[cfg(test)]
mod tests {
    use web::Locale;

    use super::{KINDS, VARIABLES, of_name, of_subject};
    use crate::mail::Subject;

    #[test]
    fn the_usual_texts_have_known_variables_alone() {
        for kind in KINDS {
            for text in Locale::ALL.map(|locale| kind.usual(locale)).concat() {
                assert!(!text.is_empty(), "{}", kind.name);
                assert_eq!(kind.unknown(&text), None, "{}: {text}", kind.name);
            }
            for variable in kind.variables() {
                assert!(VARIABLES.iter().any(|(name, ..)| *name == variable));
            }
        }
        let kind = of_name("reset-password").unwrap();
        assert_eq!(kind.unknown("{{api_name}}").as_deref(), Some("api_name"));
    }

    #[test]
    fn every_mail_to_a_developer_can_be_written_anew() {
        for subject in Subject::ALL {
            assert_eq!(
                of_subject(subject).is_some(),
                ![Subject::Waiting, Subject::InvitedToTeam].contains(&subject),
                "{subject:?}"
            );
        }
    }
}
