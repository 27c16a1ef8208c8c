//! What `require` and `import` find.

use std::sync::Arc;

use serde_json::Value;

use super::manifest::Manifest;
use super::{Modules, exports};

/// Why nothing is found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// There is no such package or file.
    #[error("cannot find module '{0}'; add it to the action's dependencies")]
    NoPackage(String),
    /// There is no such file.
    #[error("cannot find module '{0}'")]
    NoFile(String),
    /// The package does not let it be required.
    #[error("'{0}' is not exported by its package")]
    NotExported(String),
    /// It is a part of Node that is not offered.
    #[error("'node:{0}' is not offered here: an action has no files, processes or sockets; there are {list}", list = OFFERED.join(", "))]
    NotOffered(String),
}

/// The parts of Node that can be required, with or without `node:`.
pub(crate) const OFFERED: &[&str] = &[
    "assert",
    "buffer",
    "crypto",
    "events",
    "http",
    "https",
    "os",
    "path",
    "process",
    "punycode",
    "querystring",
    "stream",
    "stream/promises",
    "string_decoder",
    "timers",
    "timers/promises",
    "url",
    "util",
    "util/types",
    "zlib",
];

/// The parts of Node that an action has nothing of. A package that requires one as it loads gets what says
/// no when it is called; an author who requires one is told at once.
const NOT_OFFERED: &[&str] = &[
    "async_hooks",
    "child_process",
    "cluster",
    "constants",
    "dgram",
    "diagnostics_channel",
    "dns",
    "dns/promises",
    "domain",
    "fs",
    "fs/promises",
    "http2",
    "inspector",
    "module",
    "net",
    "perf_hooks",
    "readline",
    "repl",
    "stream/web",
    "tls",
    "tty",
    "v8",
    "vm",
    "wasi",
    "worker_threads",
];

/// How a file asks for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum How {
    /// `require`, which gets ES modules as well, as in Node 22.
    Require,
    /// `import`.
    Import,
}

impl How {
    /// Which build of a package is taken: first one for browsers, which uses `fetch` and its kind; then
    /// one for Node; last what the package offers to others.
    const fn conditions(self) -> [&'static [&'static str]; 4] {
        const BROWSER: &[&str] = &["browser", "require", "module-sync"];
        const NODE: &[&str] = &["node", "require"];
        const BROWSER_MODULE: &[&str] = &["browser", "import", "module-sync"];
        const NODE_MODULE: &[&str] = &["node", "import", "module-sync"];
        match self {
            Self::Require => [BROWSER, NODE, BROWSER_MODULE, NODE_MODULE],
            Self::Import => [BROWSER_MODULE, NODE_MODULE, BROWSER, NODE],
        }
    }
}

impl Modules {
    /// The path that `require(wanted)` or `import` in the file `from` means; the author's own file is
    /// empty.
    ///
    /// Source: <https://nodejs.org/api/modules.html#all-together>.
    pub(crate) fn resolve(
        &self,
        from: &str,
        wanted: &str,
        how: How,
    ) -> Result<String, ResolveError> {
        let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
        if let Some(name) = wanted.strip_prefix("node:") {
            return built_in(from, name);
        }
        if wanted.starts_with(['.', '/']) {
            let path = join(folder, wanted);
            let found = self.file_or_folder(&path);
            return found.ok_or_else(|| ResolveError::NoFile(wanted.to_owned()));
        }
        if wanted.starts_with('#') {
            return self.own_import(folder, wanted, how);
        }
        if OFFERED.contains(&wanted) {
            return built_in(from, wanted);
        }
        let found = self.package(folder, wanted, how);
        if found == Err(ResolveError::NoPackage(wanted.to_owned())) && NOT_OFFERED.contains(&wanted)
        {
            return built_in(from, wanted);
        }
        found
    }

    /// A package, or a file in one, looked for from the folder upwards.
    fn package(&self, folder: &str, wanted: &str, how: How) -> Result<String, ResolveError> {
        let slashes = if wanted.starts_with('@') { 2 } else { 1 };
        let end = wanted.match_indices('/').nth(slashes - 1).map(|(at, _)| at);
        let (name, subpath) = wanted.split_at(end.unwrap_or(wanted.len()));
        let mut at = folder;
        loop {
            let place = join(at, &format!("node_modules/{name}"));
            if let Some(manifest) = self.manifest(&place) {
                return self.in_package(&place, &manifest, subpath, (wanted, how));
            }
            if at.is_empty() {
                return Err(ResolveError::NoPackage(wanted.to_owned()));
            }
            at = at.rsplit_once('/').map_or("", |(above, _)| above);
        }
    }

    fn in_package(
        &self,
        place: &str,
        manifest: &Manifest,
        subpath: &str,
        (wanted, how): (&str, How),
    ) -> Result<String, ResolveError> {
        let Some(map) = manifest.exports.as_ref() else {
            let path = join(place, subpath.trim_start_matches('/'));
            let found = self.file_or_folder(&path);
            return found.ok_or_else(|| ResolveError::NoFile(wanted.to_owned()));
        };
        self.mapped(place, map, &format!(".{subpath}"), (wanted, how))
    }

    /// What a map of `exports` or `imports` says.
    fn mapped(
        &self,
        place: &str,
        map: &Value,
        subpath: &str,
        (wanted, how): (&str, How),
    ) -> Result<String, ResolveError> {
        let mut why = ResolveError::NotExported(wanted.to_owned());
        for conditions in how.conditions() {
            let Some(target) = exports::target(map, subpath, conditions) else {
                continue;
            };
            if !target.starts_with("./") {
                // `imports` may name a package.
                return self.resolve(&format!("{place}/package.json"), &target, how);
            }
            let path = join(place, &target);
            if self.holds(&path) {
                return Ok(path);
            }
            why = ResolveError::NoFile(format!("{wanted} ({path})"));
        }
        Err(why)
    }

    /// `#name`, from the package's own `imports`.
    fn own_import(&self, folder: &str, wanted: &str, how: How) -> Result<String, ResolveError> {
        let scope = self.scope(folder);
        let imports = scope
            .as_ref()
            .and_then(|(_, manifest)| manifest.imports.as_ref());
        match (&scope, imports) {
            (Some((place, _)), Some(imports)) => self.mapped(place, imports, wanted, (wanted, how)),
            _ => Err(ResolveError::NotExported(wanted.to_owned())),
        }
    }

    fn file_or_folder(&self, path: &str) -> Option<String> {
        let file = |path: &str| {
            ["", ".js", ".json", ".cjs"]
                .iter()
                .map(|extension| format!("{path}{extension}"))
                .find(|path| self.holds(path))
        };
        if let Some(found) = file(path) {
            return Some(found);
        }
        // <https://github.com/defunctzombie/package-browser-field-spec>, "replace main".
        let main = self.manifest(path).and_then(|manifest| {
            let mains = [&manifest.browser, &manifest.main].into_iter();
            let mut mains = mains.filter_map(|main| main.as_ref()?.as_str());
            mains.find_map(|main| {
                let main = join(path, main);
                file(&main).or_else(|| file(&format!("{main}/index")))
            })
        });
        main.or_else(|| file(&format!("{path}/index")))
    }

    /// The nearest manifest above a folder, and where it lies.
    pub(super) fn scope(&self, folder: &str) -> Option<(String, Arc<Manifest>)> {
        let mut at = folder;
        loop {
            if let Some(manifest) = self.manifest(at) {
                return Some((at.to_owned(), manifest));
            }
            let (above, name) = at.rsplit_once('/')?;
            if name == "node_modules" {
                return None;
            }
            at = above;
        }
    }
}

fn built_in(from: &str, name: &str) -> Result<String, ResolveError> {
    if OFFERED.contains(&name) {
        Ok(format!("node:{name}"))
    } else if !from.is_empty() && NOT_OFFERED.contains(&name) {
        Ok(format!("shell:{name}"))
    } else {
        Err(ResolveError::NotOffered(name.to_owned()))
    }
}

/// A path from a folder; it cannot lead out of the installed files.
fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}
