//! What a portal says of its mails.

use std::collections::BTreeMap;

use oauth::Timestamp;
use serde::{Deserialize, Serialize};

use super::{EmailConfigId, PortalId};

/// From whom the mails of a portal come, where it is not the instance's own sender.
#[derive(Clone, Debug)]
pub struct EmailConfig {
    /// Its id.
    pub id: EmailConfigId,
    /// The portal.
    pub portal_id: PortalId,
    /// The sender's name.
    pub from_name: Option<String>,
    /// The sender's address.
    pub from_email: Option<String>,
    /// Whom answers reach.
    pub reply_to_email: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A mail's own texts. A part that is missing is the usual one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EmailContent {
    /// The subject line.
    pub subject: Option<String>,
    /// The heading.
    pub title: Option<String>,
    /// The text, Markdown.
    pub body: Option<String>,
    /// What stands on the button.
    pub button_label: Option<String>,
}

/// What one kind of mail says in a portal.
#[derive(Clone, Debug)]
pub struct EmailTemplate {
    /// The portal.
    pub portal_id: PortalId,
    /// The kind of mail, such as `confirm-email-address`.
    pub name: String,
    /// What it says in every language that has no text of its own.
    pub content: EmailContent,
    /// What it says in one language, by its tag (BCP 47): `ja`.
    pub translations: BTreeMap<String, EmailContent>,
    /// Whether it counts; otherwise the usual texts do.
    pub enabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}
