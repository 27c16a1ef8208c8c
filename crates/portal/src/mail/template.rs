//! What the mails of a portal say where its team wrote them: subject, title, text and button, with
//! variables such as `{{ developer_fullname }}`.
//!
//! Source: Konnect portal-management v3.9.8, `email-templates`. Texts by language are ours.

use web::Markup;

use super::Mail;
use crate::model::{EmailContent, EmailTemplate};
use crate::pages::markdown;

/// A mail's own texts.
pub(crate) struct Written {
    pub(crate) subject: Option<String>,
    pub(crate) title: Option<String>,
    /// As a page, and as text.
    pub(crate) body: Option<(Markup, String)>,
    pub(crate) button: Option<String>,
}

impl Written {
    /// What a template says in this mail: its text for the mail's language, and else the one for all.
    pub(crate) fn of(template: &EmailTemplate, mail: &Mail, reply_to: &str) -> Self {
        let translation = template.translations.get(mail.language().tag());
        let said = |part: fn(&EmailContent) -> Option<&String>| {
            let own = translation.and_then(part);
            own.or_else(|| part(&template.content))
        };
        let value = |name: &str| mail.variable(name, reply_to);
        let plain = |text: &String| fill(text, value);
        // What stands for a variable is never markup: a name is anybody's own word.
        let marked = |text: &String| fill(text, |name| value(name).map(|value| escaped(&value)));
        Self {
            subject: said(|content| content.subject.as_ref()).map(plain),
            title: said(|content| content.title.as_ref()).map(plain),
            body: said(|content| content.body.as_ref())
                .map(|body| (markdown::render("", &marked(body)), plain(body))),
            button: said(|content| content.button_label.as_ref())
                .map(plain)
                .filter(|label| !label.trim().is_empty()),
        }
    }
}

/// The text with what stands for each `{{ name }}`; what is unknown stays.
pub(super) fn fill(text: &str, mut value: impl FnMut(&str) -> Option<String>) -> String {
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
    use super::{escaped, fill};
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
}
