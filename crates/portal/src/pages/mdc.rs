//! The component syntax of the vendor's pages ("MDC"), as far as plain Markdown can stand for it.
//!
//! Snippets are put in their places. Every other component is left out with its properties, and what an
//! author wrote inside of it stays: it is Markdown, and nothing of it is executed.
//!
//! Source: <https://developer.konghq.com/dev-portal/custom-components/>; the syntax itself:
//! <https://content.nuxt.com/docs/files/markdown>.

/// How deep snippets may include each other.
const DEEPEST: usize = 5;
/// How long a page may become by what it includes, in bytes.
const LONGEST: usize = 2 << 20;

/// The Markdown of a page in which snippets stand in their places. `snippet` gives a snippet's Markdown by
/// its name; one that is not there, or not for the reader, leaves nothing.
pub(crate) fn plain(markdown: &str, snippet: &impl Fn(&str) -> Option<String>) -> String {
    let mut page = Page {
        snippet,
        out: String::with_capacity(markdown.len()),
    };
    page.add(markdown, 0);
    page.out
}

struct Page<'a, F> {
    snippet: &'a F,
    out: String,
}

impl<F: Fn(&str) -> Option<String>> Page<'_, F> {
    fn add(&mut self, markdown: &str, depth: usize) {
        let mut lines = markdown.lines().peekable();
        let mut fence = None;
        // How far each component that is open stands to the right.
        let mut open: Vec<usize> = Vec::new();
        while let Some(line) = lines.next() {
            let text = line.trim();
            if let Some(mark) = fence {
                fence = (!closes(text, mark)).then_some(mark);
                self.line(line);
                continue;
            }
            if let Some(mark) = opens(text) {
                fence = Some(mark);
                self.line(line);
                continue;
            }
            if let Some(component) = Component::of(text) {
                let mut name = component.property("name");
                if component.is_block {
                    open.push(indent(line));
                    if lines.peek().is_some_and(|next| next.trim() == "---") {
                        lines.next();
                        for line in lines.by_ref() {
                            let line = line.trim();
                            if line == "---" {
                                break;
                            }
                            name = name.or_else(|| property_of(line, "name"));
                        }
                    }
                }
                if component.name == "snippet" {
                    self.include(name.as_deref().unwrap_or_default(), depth);
                }
                continue;
            }
            if !open.is_empty() && is_end(text) {
                open.pop();
                continue;
            }
            if !open.is_empty() && is_slot(text) {
                self.line("");
                continue;
            }
            // What stands to the right with its component is no code.
            let stands = open.last().map_or(0, |stands| indent(line).min(*stands));
            self.line(&line[stands..]);
        }
    }

    fn include(&mut self, name: &str, depth: usize) {
        if depth >= DEEPEST {
            return;
        }
        if let Some(snippet) = (self.snippet)(name) {
            let (_, markdown) = crate::model::front_matter(&snippet);
            self.line("");
            self.add(markdown, depth + 1);
            self.line("");
        }
    }

    fn line(&mut self, line: &str) {
        if self.out.len() + line.len() < LONGEST {
            self.out.push_str(line);
            self.out.push('\n');
        }
    }
}

/// A line that is a component: `::name`, `::name{a="b"}`, or `:name{a="b"}`, which has nothing inside.
struct Component<'a> {
    name: &'a str,
    properties: &'a str,
    is_block: bool,
}

impl<'a> Component<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let rest = line.trim_start_matches(':');
        let colons = line.len() - rest.len();
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let end = rest.find(|c: char| !is_name(c)).unwrap_or(rest.len());
        let (name, rest) = rest.split_at(end);
        if colons == 0 || !name.starts_with(|c: char| c.is_ascii_lowercase()) {
            return None;
        }
        let rest = match rest.strip_prefix('[') {
            Some(inner) => inner.split_once(']')?.1,
            None => rest,
        };
        let properties = match rest.trim() {
            "" => "",
            braced => braced.strip_prefix('{')?.strip_suffix('}')?,
        };
        let is_block = colons > 1;
        // `:rain` alone is a word; with properties it is a component.
        (is_block || !properties.is_empty()).then_some(Self {
            name,
            properties,
            is_block,
        })
    }

    fn property(&self, name: &str) -> Option<String> {
        let mut rest = self.properties;
        while let Some((before, after)) = rest.split_once('=') {
            let key = before.trim().rsplit(' ').next().unwrap_or_default();
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
            let (value, behind) = match quote {
                Some(quote) => after[1..].split_once(quote)?,
                None => after.split_once(' ').unwrap_or((after, "")),
            };
            if key.trim_start_matches(':') == name {
                return Some(value.to_owned());
            }
            rest = behind;
        }
        None
    }
}

/// `name: value` of a component's properties in YAML.
fn property_of(line: &str, name: &str) -> Option<String> {
    let (key, value) = line.split_once(':')?;
    let value = value.trim().trim_matches(['"', '\'']);
    (key.trim() == name && !value.is_empty()).then(|| value.to_owned())
}

/// How many blanks a line begins with.
fn indent(line: &str) -> usize {
    line.bytes().take_while(|b| *b == b' ').count()
}

fn is_end(line: &str) -> bool {
    line.len() > 1 && line.bytes().all(|b| b == b':')
}

/// `#title`: the place inside a component for which what follows is. A heading has a blank behind its `#`.
fn is_slot(line: &str) -> bool {
    line.strip_prefix('#').is_some_and(|name| {
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    })
}

/// The mark of a code block that begins here, and how long it is.
fn opens(line: &str) -> Option<(char, usize)> {
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let count = line.chars().take_while(|c| *c == mark).count();
    (count >= 3).then_some((mark, count))
}

fn closes(line: &str, (mark, count): (char, usize)) -> bool {
    line.chars().count() >= count && line.chars().all(|c| c == mark)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::plain;

    fn snippets(name: &str) -> Option<String> {
        let text = match name {
            "help" => "---\ntitle: Help\n---\n**Ask us.**",
            "round" => "again\n\n:snippet{name=\"round\"}",
            "outer" => "::snippet\n---\nname: help\n---\n::",
            _ => return None,
        };
        Some(text.to_owned())
    }

    fn shown(markdown: &str) -> String {
        let out = plain(markdown, &snippets);
        let lines: Vec<&str> = out.lines().filter(|line| !line.trim().is_empty()).collect();
        lines.join("|")
    }

    #[test]
    fn snippets_stand_in_their_places_however_they_are_written() {
        for markdown in [
            "a\n\n:snippet{name=\"help\"}\n\nb",
            "a\n::snippet{name='help'}\n::\nb",
            "a\n::snippet\n---\nname: \"help\"\n---\n::\nb",
            "a\n:snippet{class=x name=help}\nb",
            "a\n:snippet{name=\"outer\"}\nb",
        ] {
            assert_eq!(shown(markdown), "a|**Ask us.**|b", "{markdown}");
        }
        assert_eq!(shown("a\n:snippet{name=\"gone\"}\nb"), "a|b");
        let round = shown(":snippet{name=\"round\"}");
        assert_eq!(round, "again|again|again|again|again");
    }

    #[test]
    fn of_other_components_the_text_inside_stays() {
        let markdown = "::page-hero{color=\"#fff\"}\n---\nstyles: |\n  a { b: c }\n---\n#title\n  Weather\n  ::button\n  Go\n  ::\n#body\n# Heading\n::\nafter";
        assert_eq!(shown(markdown), "  Weather|Go|# Heading|after");
    }

    #[test]
    fn what_is_no_component_stays() {
        for markdown in [
            "```yaml|::snippet{name=\"help\"}|```",
            "~~~|:snippet{name=\"help\"}|~~~",
            "a: b|:smile:|Time 10:30|#tag",
            ":: not one|:word",
            "---|::",
        ] {
            let lines = markdown.replace('|', "\n");
            assert_eq!(shown(&lines), markdown);
        }
    }

    proptest! {
        #[test]
        fn anything_can_be_written(markdown in "[:a{}\\[\\]=\"'#`~\\-\n é]{0,200}") {
            plain(&markdown, &snippets);
        }
    }
}
