//! Documents: Markdown of the API team, shown on the portal's own origin.

use std::collections::BTreeMap;

use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html};
use web::{Markup, PreEscaped};

use crate::model::front_matter;

/// Before every id of a heading, so that no document can take the id of a part of the page.
const PREFIX: &str = "doc-";
const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS);

/// Renders a document below a page whose `<h1>` is `title`.
///
/// Raw HTML is shown as text and links keep only harmless schemes, so a document can never run a script
/// on the portal. Headings move one level down; a first heading that repeats the title is left out.
/// What stands before the text between two lines `---` is for programs and left out.
/// Headings get ids, and links to `#getting-started` find `## Getting started`.
pub(crate) fn render(title: &str, markdown: &str) -> Markup {
    let (_, markdown) = front_matter(markdown);
    let events: Vec<Event<'_>> =
        Parser::new_ext(markdown, OPTIONS | Options::ENABLE_FOOTNOTES).collect();
    let events = without_repeated_title(title, events);
    let mut ids = heading_ids(&events).into_iter();
    let headings = events.into_iter().map(|event| match event {
        Event::Start(Tag::Heading { level, .. }) => Event::Start(Tag::Heading {
            level: below(level),
            id: ids.next().map(CowStr::from),
            classes: Vec::new(),
            attrs: Vec::new(),
        }),
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(below(level))),
        other => other,
    });
    written(headings, markdown.len())
}

/// Renders one of many short texts on a page, such as the description of a parameter: as [`render`], but
/// headings are paragraphs in bold, and nothing has an id.
pub(crate) fn fragment(markdown: &str) -> Markup {
    let events = Parser::new_ext(markdown, OPTIONS).flat_map(|event| match event {
        Event::Start(Tag::Heading { .. }) => [
            Some(Event::Start(Tag::Paragraph)),
            Some(Event::Start(Tag::Strong)),
        ],
        Event::End(TagEnd::Heading(_)) => [
            Some(Event::End(TagEnd::Strong)),
            Some(Event::End(TagEnd::Paragraph)),
        ],
        other => [Some(other), None],
    });
    written(events.flatten(), markdown.len())
}

/// Writes events without what could do harm.
fn written<'a>(events: impl Iterator<Item = Event<'a>>, length: usize) -> Markup {
    let mut links = Vec::new();
    let safe = events.map(|event| match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
        Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
        Event::Start(Tag::Link {
            link_type,
            dest_url,
            title,
            id,
        }) => {
            let address = match link_type {
                LinkType::Email => format!("mailto:{dest_url}"),
                _ => dest_url.to_string(),
            };
            let safe = is_safe(&address);
            links.push(safe);
            let dest_url = match dest_url.strip_prefix('#') {
                Some(heading) => CowStr::from(format!("#{PREFIX}{heading}")),
                None => dest_url,
            };
            if safe {
                Event::Start(Tag::Link {
                    link_type,
                    dest_url,
                    title,
                    id,
                })
            } else {
                Event::Text("".into())
            }
        }
        Event::End(TagEnd::Link) if links.pop() == Some(false) => Event::Text("".into()),
        Event::Start(Tag::Image {
            link_type,
            dest_url,
            title,
            id,
        }) => {
            let dest_url = if is_safe(&dest_url) {
                dest_url
            } else {
                "".into()
            };
            Event::Start(Tag::Image {
                link_type,
                dest_url,
                title,
                id,
            })
        }
        // A disabled checkbox would be a control without a label.
        Event::TaskListMarker(done) => Event::Text(if done { "☑ " } else { "☐ " }.into()),
        other => other,
    });
    let mut out = String::with_capacity(length * 3 / 2);
    html::push_html(&mut out, safe);
    // What scrolls sideways can be reached and scrolled by the keyboard (WCAG 2.2 SC 2.1.1).
    PreEscaped(out.replace("<pre><code", "<pre tabindex=\"0\"><code"))
}

fn below(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H2,
        HeadingLevel::H2 => HeadingLevel::H3,
        HeadingLevel::H3 => HeadingLevel::H4,
        HeadingLevel::H4 => HeadingLevel::H5,
        HeadingLevel::H5 | HeadingLevel::H6 => HeadingLevel::H6,
    }
}

/// Whether a link may lead there: our own paths and fragments, the web, mail. Everything before the first
/// colon counts as a scheme unless a `/`, `?` or `#` comes first (RFC 3986 §4.2); browsers ignore control
/// characters and blanks in schemes, so an address that holds any there is refused.
pub(crate) fn is_safe(address: &str) -> bool {
    let end = address.find(['/', '?', '#']).unwrap_or(address.len());
    match address[..end].split_once(':') {
        None => !address[..end].contains(|c: char| c.is_control()),
        Some((scheme, _)) => ["http", "https", "mailto"]
            .iter()
            .any(|safe| scheme.eq_ignore_ascii_case(safe)),
    }
}

fn without_repeated_title<'a>(title: &str, mut events: Vec<Event<'a>>) -> Vec<Event<'a>> {
    let Some(Event::Start(Tag::Heading {
        level: HeadingLevel::H1,
        ..
    })) = events.first()
    else {
        return events;
    };
    let Some(end) = events
        .iter()
        .position(|event| matches!(event, Event::End(TagEnd::Heading(_))))
    else {
        return events;
    };
    if text_of(&events[1..end])
        .trim()
        .eq_ignore_ascii_case(title.trim())
    {
        events.drain(..=end);
    }
    events
}

fn heading_ids(events: &[Event<'_>]) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut ids = Vec::new();
    let mut start = None;
    for (at, event) in events.iter().enumerate() {
        match event {
            Event::Start(Tag::Heading { .. }) => start = Some(at + 1),
            Event::End(TagEnd::Heading(_)) => {
                let Some(from) = start.take() else { continue };
                let slug = slug(&text_of(&events[from..at]));
                let times = seen
                    .entry(slug.clone())
                    .and_modify(|times| *times += 1)
                    .or_insert(0);
                ids.push(if *times == 0 {
                    slug
                } else {
                    format!("{slug}-{times}")
                });
            }
            _ => {}
        }
    }
    ids
}

fn text_of(events: &[Event<'_>]) -> String {
    events
        .iter()
        .filter_map(|event| match event {
            Event::Text(text) | Event::Code(text) => Some(text.as_ref()),
            _ => None,
        })
        .collect()
}

/// Lower case, words joined by `-`, after the prefix.
fn slug(text: &str) -> String {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    format!("{PREFIX}{}", words.join("-"))
}

#[cfg(test)]
mod tests {
    use super::{fragment, render};

    fn html(markdown: &str) -> String {
        render("Weather", markdown).into_string()
    }

    #[test]
    fn raw_html_is_text() {
        let out = html("a <script>alert(1)</script> b\n\n<img src=x onerror=alert(1)>\n\n<b>c</b>");
        assert!(
            !out.contains("<script") && !out.contains("<img") && !out.contains("<b>"),
            "{out}"
        );
        assert!(out.contains("&lt;script&gt;"));
    }

    #[test]
    fn links_keep_harmless_schemes_alone() {
        for bad in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java&#x0A;script:alert(1)",
            "&#x1;javascript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "<java script:alert(1)>",
        ] {
            let out = html(&format!("[click]({bad}) ![pic]({bad}) <{bad}>"));
            assert!(!out.contains("<a "), "{bad}: {out}");
            assert!(!out.to_lowercase().contains("src=\"j"), "{bad}: {out}");
        }
        for good in [
            "https://a.example/x?y#z",
            "/docs/a:b",
            "guide",
            "mailto:a@b.example",
        ] {
            assert!(
                html(&format!("[click]({good})")).contains(&format!("href=\"{good}\"")),
                "{good}"
            );
        }
        assert!(html("[up](#first-steps)").contains("href=\"#doc-first-steps\""));
        assert!(html("<team@example.org>").contains("href=\"mailto:team@example.org\""));
    }

    #[test]
    fn headings_stand_below_the_pages_and_get_ids_of_their_own() {
        let out = html("# Weather\n\nHi\n\n## First steps\n\n## First steps\n\n###### Deep");
        assert!(!out.contains(">Weather<"), "{out}");
        assert!(
            out.contains("<h3 id=\"doc-first-steps\">")
                && out.contains("<h3 id=\"doc-first-steps-1\">")
        );
        assert!(out.contains("<h6 id=\"doc-deep\">"));
    }

    #[test]
    fn a_fragment_has_neither_headings_nor_ids() {
        let out = fragment("# Units\n\nSee [below](#x).\n\n<script>x</script>").into_string();
        assert!(out.starts_with("<p><strong>Units</strong></p>"), "{out}");
        assert!(!out.contains(" id=") && !out.contains("<script"), "{out}");
    }

    #[test]
    fn code_that_scrolls_can_be_reached_by_keyboard() {
        assert!(
            html("```sh\ncurl x\n```").contains("<pre tabindex=\"0\"><code class=\"language-sh\">")
        );
        let shown = html("`<pre><code>`");
        assert!(shown.contains("&lt;pre&gt;"), "{shown}");
    }
}
