//! What pages and snippets of a portal have in common: rules of their fields, and what their texts say of
//! themselves.

use serde_json::Value;

use crate::model::{PublishStatus, Visibility, front_matter, heading};
use crate::rest::check::{Rule, text};

/// The rule of a violation: what is referred to is not there.
pub(super) const MISSING: &str = "missing_reference";
/// The rule of a violation: an address or a name that something else has.
pub(super) const TAKEN: &str = "invalid";

pub(super) const TITLE: Rule = text(0, 512);
pub(super) const CONTENT: Rule = text(0, 1_000_000);
pub(super) const DESCRIPTION: Rule = text(0, 160);
pub(super) const VISIBILITY: Rule = Rule::Word(Visibility::WORDS);
pub(super) const STATUS: Rule = Rule::Word(PublishStatus::WORDS);

/// Title and description of a text.
pub(super) struct Told {
    /// The title, if one is known.
    pub(super) title: Option<String>,
    /// The description, if there is one.
    pub(super) description: Option<String>,
}

impl Told {
    /// What stands before the text counts most, then what was sent, then the first heading.
    ///
    /// Source: Konnect portal-management v3.9.8, `create-portal-page`.
    pub(super) fn of(content: &str, sent: (Option<String>, Option<String>)) -> Self {
        let (front, markdown) = front_matter(content);
        let front: Option<Value> = front.and_then(|front| serde_saphyr::from_str(front).ok());
        let said = |name: &str, most: usize| {
            let text = front.as_ref()?[name].as_str()?.trim();
            let text: String = text.chars().take(most).collect();
            (!text.is_empty()).then_some(text)
        };
        let (title, description) = sent;
        let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        Self {
            title: said("title", 512)
                .or(given(title))
                .or_else(|| heading(markdown)),
            description: said("description", 160).or(given(description)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Told;

    #[test]
    fn what_stands_before_the_text_counts_most() {
        let sent = || (Some("Sent".to_owned()), None);
        let front = "---\ntitle: Front\ndescription: Why\n---\n# Heading\n";
        let told = Told::of(front, sent());
        assert_eq!(told.title.as_deref(), Some("Front"));
        assert_eq!(told.description.as_deref(), Some("Why"));
        assert_eq!(
            Told::of("# Heading\n", sent()).title.as_deref(),
            Some("Sent")
        );
        let heading = Told::of("# Heading\n", (None, Some(String::new())));
        assert_eq!(heading.title.as_deref(), Some("Heading"));
        assert_eq!(heading.description, None);
        assert_eq!(Told::of("text", (None, None)).title, None);
    }
}
