//! Versions and ranges as npm writes them.

use semver::{Version, VersionReq};

/// A range of versions: alternatives of which one must hold.
///
/// Source: <https://docs.npmjs.com/cli/v11/configuring-npm/package-json#dependencies>, node-semver's
/// grammar. Cargo's comparators mean the same, so each alternative is rewritten into those.
pub(crate) struct Range(Vec<VersionReq>);

impl Range {
    /// Reads a range; nothing if it is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let alternatives = text.split("||").map(|part| alternative(part.trim()));
        alternatives.collect::<Option<_>>().map(Self)
    }

    /// Whether the version is in the range.
    pub(crate) fn contains(&self, version: &Version) -> bool {
        // Cargo compares builds, npm ignores them.
        let plain = Version {
            build: semver::BuildMetadata::EMPTY,
            ..version.clone()
        };
        self.0.iter().any(|alternative| alternative.matches(&plain))
    }
}

fn alternative(text: &str) -> Option<VersionReq> {
    if let Some((from, to)) = text.split_once(" - ") {
        let (from, to) = (partial(from.trim())?, partial(to.trim())?);
        return VersionReq::parse(&format!(">={from}, <={to}")).ok();
    }
    let mut comparators = Vec::new();
    let mut operator = String::new();
    for word in text.split_whitespace() {
        let start = word
            .find(|c: char| !matches!(c, '<' | '>' | '=' | '~' | '^'))
            .unwrap_or(word.len());
        operator.push_str(&word[..start]);
        let version = &word[start..];
        if version.is_empty() {
            continue;
        }
        let version = partial(version)?;
        let written = match operator.as_str() {
            "~>" => "~",
            "" | "=" | "==" => "=",
            other => other,
        };
        if version != "*" {
            comparators.push(format!("{written}{version}"));
        }
        operator.clear();
    }
    if comparators.is_empty() {
        return Some(VersionReq::STAR);
    }
    VersionReq::parse(&comparators.join(", ")).ok()
}

/// `v1.x` is `1`, `*` and `x` are `*`.
fn partial(text: &str) -> Option<String> {
    let text = text.trim_start_matches(['v', '=']);
    let known = text
        .split('.')
        .take_while(|part| !matches!(*part, "x" | "X" | "*" | ""));
    let known = known.collect::<Vec<_>>().join(".");
    if known.is_empty() {
        return matches!(text, "" | "x" | "X" | "*").then(|| "*".to_owned());
    }
    Some(known)
}

#[cfg(test)]
mod tests {
    use super::Range;

    #[test]
    fn ranges_mean_what_npm_means() {
        for (range, inside, outside) in [
            ("^1.2.3", "1.9.0", "2.0.0"),
            ("^0.2.3", "0.2.9", "0.3.0"),
            ("~1.2", "1.2.7", "1.3.0"),
            ("~> 1.2.3", "1.2.9", "1.3.0"),
            ("1.2.3", "1.2.3", "1.2.4"),
            ("=v1.2.3", "1.2.3", "1.2.4"),
            ("1.x", "1.0.0", "2.0.0"),
            ("1", "1.9.9", "2.0.0"),
            ("", "3.0.0", "4.0.0-rc.1"),
            ("*", "3.0.0", "4.0.0-rc.1"),
            (">=1.2 <1.4 || 2.x", "2.5.0", "1.4.0"),
            (">= 1.2.0 < 2", "1.5.0", "2.0.0"),
            ("1.2 - 1.4", "1.4.9", "1.5.0"),
            ("1.2.3 - 2", "2.9.0", "3.0.0"),
            (">1.2", "1.3.0", "1.2.9"),
            ("<=1.2", "1.2.9", "1.3.0"),
            ("^2.0.0-beta.1", "2.0.0-beta.2", "2.1.0-beta.1"),
            ("^0", "0.9.0", "1.0.0"),
            ("0.x.x", "0.9.0", "1.0.0"),
        ] {
            let parsed = Range::parse(range).unwrap();
            assert!(
                parsed.contains(&inside.parse().unwrap()),
                "{range} {inside}"
            );
            assert!(
                !parsed.contains(&outside.parse().unwrap()),
                "{range} {outside}"
            );
        }
        for none in [
            "latest",
            "git+https://example.com/a.git",
            "file:../a",
            ">>1",
        ] {
            assert!(Range::parse(none).is_none(), "{none}");
        }
    }
}
