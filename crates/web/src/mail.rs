//! What every mail of ours looks like: a greeting, one paragraph, one link, one line of small print.

use maud::{DOCTYPE, Markup, html};

use crate::locale::Locale;

/// A mail that leads to one page, in the language of its reader. The link may hold a token: never log it.
#[derive(Clone, Copy)]
pub struct LinkMail<'a> {
    /// The language of the texts.
    pub locale: Locale,
    /// The subject line.
    pub subject: &'a str,
    /// The greeting.
    pub hello: &'a str,
    /// Why the mail came.
    pub lead: &'a str,
    /// What the link does, on a button.
    pub action: &'a str,
    /// Where it leads.
    pub link: &'a str,
    /// What to do where the button does not work.
    pub fallback: &'a str,
    /// How long the link works, and what if the reader did not ask for it.
    pub small: &'a str,
}

impl LinkMail<'_> {
    /// The mail as text.
    #[must_use]
    pub fn plain(&self) -> String {
        let parts = [self.hello, self.lead, self.link, self.small];
        format!("{}\r\n", parts.join("\r\n\r\n"))
    }

    /// The same with a text of somebody's own instead of the greeting and the paragraph.
    #[must_use]
    pub fn plain_saying(&self, said: &str) -> String {
        let parts = [said, self.link, self.small];
        format!("{}\r\n", parts.join("\r\n\r\n"))
    }

    /// The mail as a page of its own, without anything from elsewhere.
    #[must_use]
    pub fn html(&self) -> String {
        self.html_saying(&html! { p { (self.hello) } p { (self.lead) } })
    }

    /// The same with a text of somebody's own instead of the greeting and the paragraph.
    #[must_use]
    pub fn html_saying(&self, said: &Markup) -> String {
        html! {
            (DOCTYPE)
            html lang=(self.locale.tag()) {
                head {
                    meta charset="utf-8";
                    meta name="color-scheme" content="light dark";
                    title { (self.subject) }
                }
                body style="font-family:system-ui,sans-serif;line-height:1.5;max-width:34rem;margin:2rem auto;padding:0 1rem" {
                    (said)
                    p {
                        a href=(self.link) style="display:inline-block;padding:.6rem 1.1rem;border-radius:.4rem;background:#1d4ed8;color:#fff;text-decoration:none" {
                            (self.action)
                        }
                    }
                    p style="font-size:.875rem" {
                        (self.fallback) br; a href=(self.link) { (self.link) }
                    }
                    p style="font-size:.875rem" { (self.small) }
                }
            }
        }
        .into_string()
    }
}

#[cfg(test)]
mod tests {
    use super::LinkMail;
    use crate::locale::Locale;

    #[test]
    fn both_forms_lead_to_the_page_and_names_add_no_markup() {
        let mail = LinkMail {
            locale: Locale::Ja,
            subject: "S",
            hello: "Hello Jane <b>Doe</b>",
            lead: "L",
            action: "A",
            link: "https://a.example/?a=1&b=2",
            fallback: "F",
            small: "M",
        };
        assert_eq!(
            mail.plain(),
            "Hello Jane <b>Doe</b>\r\n\r\nL\r\n\r\nhttps://a.example/?a=1&b=2\r\n\r\nM\r\n"
        );
        let page = mail.html();
        assert!(
            page.contains("<html lang=\"ja\">") && !page.contains("<b>"),
            "{page}"
        );
        assert_eq!(page.matches("https://a.example/?a=1&amp;b=2").count(), 3);
    }
}
