//! `exports` and `imports` of a package's manifest.

use serde_json::Value;

/// The target of a subpath (`.`, `./lib/a`, `#internal`) under these conditions.
///
/// Source: <https://nodejs.org/api/esm.html#resolution-algorithm-specification>,
/// `PACKAGE_IMPORTS_EXPORTS_RESOLVE`.
pub(crate) fn target(map: &Value, subpath: &str, conditions: &[&str]) -> Option<String> {
    let subpaths = map.as_object().filter(|map| {
        let first = map.keys().next();
        first.is_some_and(|key| key.starts_with(['.', '#']))
    });
    let Some(subpaths) = subpaths else {
        // One target for the package as a whole.
        let whole = (subpath == ".").then_some(map)?;
        return choose(whole, "", conditions);
    };
    if let Some(exact) = subpaths.get(subpath) {
        return choose(exact, "", conditions);
    }
    let mut best: Option<(usize, &str, &Value)> = None;
    for (pattern, value) in subpaths {
        let (before, after) = match pattern.split_once('*') {
            Some(parts) => parts,
            // The old form: all that is below a folder.
            None if pattern.ends_with('/') => (pattern.as_str(), ""),
            None => continue,
        };
        let middle = subpath
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after));
        if let Some(middle) = middle.filter(|middle| !middle.is_empty())
            && best.is_none_or(|(length, ..)| before.len() > length)
        {
            best = Some((before.len(), middle, value));
        }
    }
    let (_, middle, value) = best?;
    choose(value, middle, conditions)
}

fn choose(value: &Value, middle: &str, conditions: &[&str]) -> Option<String> {
    match value {
        Value::String(target) if target.ends_with('/') => Some(format!("{target}{middle}")),
        Value::String(target) => Some(target.replace('*', middle)),
        Value::Array(targets) => targets
            .iter()
            .find_map(|target| choose(target, middle, conditions)),
        Value::Object(targets) => targets
            .iter()
            .filter(|(condition, _)| {
                *condition == "default" || conditions.contains(&condition.as_str())
            })
            .find_map(|(_, target)| choose(target, middle, conditions)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::target;

    #[test]
    fn the_first_condition_that_holds_decides() {
        let exports = json!({
            ".": { "browser": { "require": "./b.cjs", "default": "./b.js" }, "default": { "require": "./n.cjs" } },
            "./lib/*": "./src/*.js",
            "./lib/private/*": null,
            "./old/": "./older/",
            "./feature": [{ "import": "./f.mjs" }, "./f.cjs"],
        });
        let found = |subpath, conditions: &[&str]| target(&exports, subpath, conditions);
        assert_eq!(
            found(".", &["browser", "require"]).as_deref(),
            Some("./b.cjs")
        );
        assert_eq!(found(".", &["node", "require"]).as_deref(), Some("./n.cjs"));
        assert_eq!(
            found("./lib/a/b", &["require"]).as_deref(),
            Some("./src/a/b.js")
        );
        assert_eq!(found("./lib/private/x", &["require"]), None);
        assert_eq!(
            found("./old/a.js", &["require"]).as_deref(),
            Some("./older/a.js")
        );
        assert_eq!(found("./feature", &["require"]).as_deref(), Some("./f.cjs"));
        assert_eq!(found("./other", &["require"]), None);
        let whole = json!({ "import": "./i.mjs", "require": "./r.cjs" });
        assert_eq!(
            target(&whole, ".", &["require"]).as_deref(),
            Some("./r.cjs")
        );
        assert_eq!(
            target(&json!("./only.js"), ".", &[]).as_deref(),
            Some("./only.js")
        );
    }
}
