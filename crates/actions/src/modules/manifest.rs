//! What a package says of its files, and what files say of themselves.

use std::sync::{Arc, PoisonError};

use serde::Deserialize;
use serde_json::Value;

use super::Modules;

/// The members of a package's manifest that say what is found in it.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Manifest {
    #[serde(default)]
    pub(super) exports: Option<Value>,
    #[serde(default)]
    pub(super) imports: Option<Value>,
    #[serde(default)]
    pub(super) main: Option<Value>,
    #[serde(default)]
    pub(super) browser: Option<Value>,
    #[serde(default, rename = "type")]
    kind: Option<Value>,
}

impl Modules {
    /// The manifest in a folder, read once.
    pub(super) fn manifest(&self, place: &str) -> Option<Arc<Manifest>> {
        let lock = || {
            let manifests = &self.0.manifests;
            manifests.lock().unwrap_or_else(PoisonError::into_inner)
        };
        if let Some(known) = lock().get(place) {
            return known.clone();
        }
        let text = self.text(&format!("{place}/package.json"))?;
        let read = serde_json::from_str(&text).ok().map(Arc::new);
        lock().insert(place.to_owned(), read.clone());
        read
    }

    /// Whether a file is an ES module: by its extension, by its package's `type`, or by what stands in it.
    ///
    /// Source: <https://nodejs.org/api/packages.html#determining-module-system>.
    pub(crate) fn is_es_module(&self, path: &str) -> bool {
        match path.rsplit_once('.') {
            Some((_, "mjs")) => true,
            Some((folder, "js")) => {
                let folder = folder.rsplit_once('/').map_or("", |(folder, _)| folder);
                let scope = self.scope(folder);
                let kind = scope
                    .as_ref()
                    .and_then(|(_, manifest)| manifest.kind.as_ref());
                match kind.and_then(Value::as_str) {
                    Some(kind) => kind == "module",
                    None => self.has_module_syntax(path),
                }
            }
            _ => false,
        }
    }

    fn has_module_syntax(&self, path: &str) -> bool {
        let lock = || {
            let syntax = &self.0.syntax;
            syntax.lock().unwrap_or_else(PoisonError::into_inner)
        };
        if let Some(known) = lock().get(path) {
            return *known;
        }
        let found = self.text(path).is_some_and(|text| has_module_syntax(&text));
        lock().insert(path.to_owned(), found);
        found
    }
}

/// Whether a line outside of comments begins with `import` or `export`, as nothing but a statement of an ES
/// module does.
fn has_module_syntax(text: &str) -> bool {
    let mut in_comment = false;
    text.lines().any(|line| {
        if in_comment {
            in_comment = !line.contains("*/");
            return false;
        }
        in_comment = line.trim_start().starts_with("/*") && !line.contains("*/");
        let after = |word: &str| line.strip_prefix(word)?.chars().next();
        match (after("import"), after("export")) {
            // `import(…)` and `import.meta` may stand in a script, or in no file of that kind.
            (Some(next), _) => matches!(next, ' ' | '{' | '*' | '"' | '\''),
            (_, Some(next)) => matches!(next, ' ' | '{' | '*'),
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::has_module_syntax;

    #[test]
    fn a_module_is_known_by_its_statements() {
        for module in [
            "import a from 'a';",
            "'use strict';\nimport{a}from'a';",
            "const a = 1;\nexport { a };",
            "/* c */\nexport default 1",
            "export*from'./a.js'",
        ] {
            assert!(has_module_syntax(module), "{module}");
        }
        for script in [
            "exports.a = 1;",
            "import('a').then(use)",
            "/*\nimport a from 'a';\n*/ module.exports = 1;",
            "  export_all();",
            "exporter = 1;",
        ] {
            assert!(!has_module_syntax(script), "{script}");
        }
    }
}
