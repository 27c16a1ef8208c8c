//! Markdown as a tree of nodes, which the vendor's single-page applications render by themselves.
//!
//! Raw HTML becomes text: nothing in a document is markup for a browser.
//!
//! Source: Konnect Portal API 2.1.0, schema `DocumentBlock`; Konnect API Products v2, schema `ChildNode`.

use pulldown_cmark::{Alignment, CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag};
use serde_json::{Map, Value, json};

use crate::model::front_matter;

/// Beyond this depth nodes are put beside each other instead of below.
const MAX_DEPTH: usize = 64;

/// The nodes of a document, without the one that holds them all.
pub(crate) fn children(markdown: &str) -> Value {
    document(markdown)["children"].take()
}

/// The document with all its nodes, without what stands before it for programs.
pub(crate) fn document(markdown: &str) -> Value {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let (_, markdown) = front_matter(markdown);
    let mut tree = Tree::default();
    tree.open(json!({ "type": "document", "version": "1" }));
    for event in Parser::new_ext(markdown, options) {
        tree.take(event);
    }
    while tree.stack.len() > 1 {
        tree.close();
    }
    tree.stack.pop().map(Node::finish).unwrap_or_default()
}

#[derive(Default)]
struct Tree {
    stack: Vec<Node>,
    /// Openings beyond [`MAX_DEPTH`] whose closings are still to come.
    skipped: usize,
    alignments: Vec<Value>,
    cell: usize,
}

struct Node {
    value: Map<String, Value>,
    children: Vec<Value>,
}

impl Node {
    fn finish(mut self) -> Value {
        self.value.insert("children".into(), self.children.into());
        Value::Object(self.value)
    }
}

impl Tree {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => {
                if self.stack.len() >= MAX_DEPTH {
                    self.skipped += 1;
                } else {
                    let node = self.node(&tag);
                    self.open(node);
                }
            }
            Event::End(_) if self.skipped > 0 => self.skipped -= 1,
            Event::End(_) => self.close(),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                self.leaf(json!({ "type": "text", "text": text.as_ref() }));
            }
            Event::Code(text) => {
                let text = json!({ "type": "text", "text": text.as_ref() });
                self.leaf(json!({ "type": "code", "children": [text] }));
            }
            Event::SoftBreak => self.line_break("softBreak"),
            Event::HardBreak => self.line_break("hardBreak"),
            Event::Rule => self.leaf(json!({ "type": "break" })),
            Event::TaskListMarker(checked) => {
                self.leaf(json!({ "type": "task_checkbox", "checked": checked }));
            }
            // Extensions that are not enabled.
            Event::FootnoteReference(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {}
        }
    }

    fn node(&mut self, tag: &Tag<'_>) -> Value {
        match tag {
            Tag::Heading { level, .. } => json!({ "type": "heading", "level": number(*level) }),
            Tag::BlockQuote(_) => json!({ "type": "blockquote" }),
            Tag::CodeBlock(CodeBlockKind::Fenced(language)) => {
                let language = language.split_whitespace().next().unwrap_or_default();
                json!({ "type": "code_block", "lang": language })
            }
            Tag::CodeBlock(CodeBlockKind::Indented) => json!({ "type": "code_block" }),
            Tag::List(start) => json!({ "type": "list", "isOrdered": start.is_some() }),
            Tag::Item => json!({ "type": "list_item" }),
            Tag::Emphasis => json!({ "type": "emphasis", "level": 1 }),
            Tag::Strong => json!({ "type": "emphasis", "level": 2 }),
            Tag::Strikethrough => json!({ "type": "strikethrough" }),
            Tag::Link {
                dest_url, title, ..
            } => json!({
                "type": "link",
                "href": safe(dest_url),
                "title": title.as_ref(),
            }),
            Tag::Image {
                dest_url, title, ..
            } => json!({
                "type": "image",
                "url": safe(dest_url),
                "alt": "",
                "title": title.as_ref(),
            }),
            Tag::Table(alignments) => {
                self.alignments = alignments.iter().map(|a| alignment(*a).into()).collect();
                json!({ "type": "table", "alignments": self.alignments })
            }
            Tag::TableHead => {
                self.cell = 0;
                json!({ "type": "table_header", "alignments": self.alignments })
            }
            Tag::TableRow => {
                self.cell = 0;
                json!({ "type": "table_row", "alignments": self.alignments })
            }
            Tag::TableCell => {
                let alignment = self.alignments.get(self.cell).cloned();
                self.cell += 1;
                json!({ "type": "table_cell", "alignment": alignment.unwrap_or("none".into()) })
            }
            _ => json!({ "type": "paragraph" }),
        }
    }

    fn open(&mut self, node: Value) {
        if let Value::Object(value) = node {
            let children = Vec::new();
            self.stack.push(Node { value, children });
        }
    }

    fn close(&mut self) {
        if self.stack.len() < 2 {
            return;
        }
        if let Some(mut node) = self.stack.pop() {
            // The text inside an image is what stands in for it.
            if node.value.get("type").is_some_and(|kind| kind == "image") {
                let words = node
                    .children
                    .iter()
                    .filter_map(|child| child["text"].as_str());
                node.value
                    .insert("alt".into(), words.collect::<String>().into());
                node.children.clear();
            }
            self.leaf(node.finish());
        }
    }

    fn leaf(&mut self, node: Value) {
        if let Some(parent) = self.stack.last_mut() {
            parent.children.push(node);
        }
    }

    /// A break belongs to the text before it.
    fn line_break(&mut self, kind: &str) {
        let last = self
            .stack
            .last_mut()
            .and_then(|parent| parent.children.last_mut());
        match last.filter(|last| last["type"] == "text") {
            Some(last) => last[kind] = true.into(),
            None => {
                let mut empty = json!({ "type": "text", "text": "" });
                empty[kind] = true.into();
                self.leaf(empty);
            }
        }
    }
}

const fn number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

const fn alignment(alignment: Alignment) -> &'static str {
    match alignment {
        Alignment::None => "none",
        Alignment::Left => "left",
        Alignment::Center => "center",
        Alignment::Right => "right",
    }
}

/// An address that runs no script: relative, or by a scheme that leads to a page or a mail.
fn safe(address: &str) -> String {
    let printable: String = address
        .chars()
        .filter(|c| !c.is_control() && !c.is_whitespace())
        .collect();
    let scheme = printable
        .split_once(':')
        .map(|(scheme, _)| scheme.to_ascii_lowercase());
    match scheme.as_deref() {
        Some("http" | "https" | "mailto") | None => printable,
        // A colon after the path has begun belongs to no scheme.
        Some(scheme) if scheme.contains(['/', '?', '#']) => printable,
        Some(_) => "#".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{document, safe};

    #[test]
    fn markdown_becomes_nodes() {
        let nodes = document("# Hi *you*\n\n- [x] one\n\n```sh\nls\n```\n\n![alt](a.png)\n");
        let heading = &nodes["children"][0];
        assert_eq!(
            (&heading["type"], &heading["level"]),
            (&json!("heading"), &json!(1))
        );
        assert_eq!(heading["children"][1]["type"], "emphasis");
        let item = &nodes["children"][1]["children"][0];
        assert_eq!(
            item["children"][0],
            json!({ "type": "task_checkbox", "checked": true })
        );
        assert_eq!(nodes["children"][2]["lang"], "sh");
        assert_eq!(nodes["children"][3]["children"][0]["alt"], "alt");
    }

    #[test]
    fn a_table_keeps_its_alignments() {
        let nodes = document("|a|b|\n|:-|-:|\n|1|2|\n");
        let table = &nodes["children"][0];
        assert_eq!(table["alignments"], json!(["left", "right"]));
        assert_eq!(table["children"][1]["children"][1]["alignment"], "right");
    }

    #[test]
    fn nothing_in_a_document_runs() {
        for bad in [
            "javascript:alert(1)",
            "JaVa\tScript:x",
            "data:text/html,x",
            " vbscript:x",
        ] {
            assert_eq!(safe(bad), "#", "{bad}");
        }
        for good in [
            "https://a.example/b:c",
            "/a?b=c:d",
            "#x",
            "a.png",
            "mailto:a@b",
        ] {
            assert_eq!(safe(good), good);
        }
    }

    #[test]
    fn depth_is_bounded() {
        let deep = ">".repeat(5000) + " x";
        let nodes = document(&deep).to_string();
        assert!(nodes.len() < 100_000);
    }
}
