//! What authors write for programs before a Markdown text.

/// The YAML between two lines `---` at the beginning, if there is any, and the text behind it.
#[must_use]
pub fn front_matter(text: &str) -> (Option<&str>, &str) {
    let split = || {
        let rest = text.strip_prefix("---")?;
        let rest = rest.strip_prefix("\r\n").or(rest.strip_prefix('\n'))?;
        let mut at = 0;
        for line in rest.split_inclusive('\n') {
            if line.trim_end() == "---" {
                return Some((&rest[..at], &rest[at + line.len()..]));
            }
            at += line.len();
        }
        None
    };
    match split() {
        Some((yaml, text)) => (Some(yaml), text),
        None => (None, text),
    }
}

/// The text of the first heading.
#[must_use]
pub fn heading(markdown: &str) -> Option<String> {
    let lines = markdown.lines().filter(|line| line.starts_with('#'));
    let mut texts = lines.map(|line| line.trim_matches(['#', ' ']));
    let text = texts.find(|text| !text.is_empty())?;
    Some(text.chars().take(255).collect())
}

#[cfg(test)]
mod tests {
    use super::front_matter;

    #[test]
    fn it_stands_between_two_lines_at_the_beginning() {
        let text = "---\ntitle: Rain\n---\n# Rain\n";
        assert_eq!(front_matter(text), (Some("title: Rain\n"), "# Rain\n"));
        assert_eq!(front_matter("---\r\n---\r\nx"), (Some(""), "x"));
        for text in ["# Rain\n---\n", "---\ntitle: Rain\n", "----\n---\n", ""] {
            assert_eq!(front_matter(text), (None, text));
        }
    }
}
