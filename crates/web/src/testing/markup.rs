//! Whether a page is well-formed.

use std::collections::BTreeSet;

/// Whether elements nest and close, ids are unique, and what points to an id finds it.
///
/// # Errors
/// What is wrong first, for a test's message.
pub fn well_formed(html: &str) -> Result<(), String> {
    const VOID: [&str; 6] = ["meta", "link", "input", "img", "br", "hr"];
    let (mut open, mut ids, mut wanted) = (Vec::new(), BTreeSet::new(), Vec::new());
    for (at, _) in html.match_indices('<') {
        let tag = &html[at + 1..at + html[at..].find('>').ok_or("a tag does not end")?];
        let name = tag
            .trim_start_matches('/')
            .split([' ', '\n', '/'])
            .next()
            .unwrap_or("");
        if tag.starts_with('!')
            || VOID.contains(&name) && !tag.contains(" id=\"") && !tag.contains("describedby")
        {
            continue;
        }
        if let Some(closed) = tag.strip_prefix('/') {
            if open.pop() != Some(closed) {
                return Err(format!("</{closed}> closes nothing"));
            }
            continue;
        }
        for (attribute, several) in [
            ("id", false),
            ("for", false),
            ("aria-labelledby", true),
            ("aria-describedby", true),
            ("data-copy", false),
        ] {
            let Some((_, rest)) = tag.split_once(&format!(" {attribute}=\"")) else {
                continue;
            };
            let value = rest.split('"').next().unwrap_or("");
            if attribute == "id" {
                if !ids.insert(value.to_owned()) {
                    return Err(format!("the id {value} is there twice"));
                }
            } else if several {
                wanted.extend(value.split(' ').map(str::to_owned));
            } else {
                wanted.push(value.to_owned());
            }
        }
        if !VOID.contains(&name) {
            open.push(name);
        }
    }
    match (open.pop(), wanted.into_iter().find(|id| !ids.contains(id))) {
        (Some(name), _) => Err(format!("<{name}> is never closed")),
        (_, Some(id)) => Err(format!("nothing has the id {id}")),
        _ => Ok(()),
    }
}
