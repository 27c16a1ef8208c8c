//! From names and ranges to files.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use egress::Egress;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use semver::Version;
use url::Url;

use super::registry::{Manifest, Packument, Registry};
use super::version::Range;
use super::{Dependency, How, Limits, ModuleError, Modules, archive};

/// Requests to the registry at a time.
const AT_A_TIME: usize = 8;

/// Finds versions for the wanted packages and all that they need, fetches them and keeps what can
/// be required. After that, no network is needed.
///
/// Each archive is held against the registry's sha512. Scripts of packages are never run. A package
/// that another names as optional is left out.
///
/// # Errors
/// [`ModuleError`], in words for the author: no such package or version, a registry that does not
/// answer, a wrong checksum, more than `limits`, native code, packages that cannot be required.
pub async fn install(
    egress: &Egress,
    registry: &Url,
    wanted: &[Dependency],
    limits: Limits,
) -> Result<Modules, ModuleError> {
    let registry = Registry {
        egress,
        url: registry,
        limits,
    };
    let placed = Tree::plan(&registry, wanted).await?;
    let fetches = placed.iter().map(|(place, manifest)| {
        let registry = &registry;
        async move {
            let packed = registry.archive(manifest).await?;
            let title = manifest.title();
            let unpacking = move || archive::unpack(&title, &packed, &limits);
            let files = tokio::task::spawn_blocking(unpacking).await;
            let broken = |error: tokio::task::JoinError| ModuleError::Archive {
                package: manifest.title(),
                message: error.to_string(),
            };
            Ok((place, files.map_err(broken)??))
        }
    });
    let mut unpacked = stream::iter(fetches).buffer_unordered(AT_A_TIME);
    let (mut files, mut kept) = (BTreeMap::new(), 0);
    while let Some((place, package)) = unpacked.try_next().await? {
        for (path, text) in package {
            kept += text.len();
            files.insert(format!("{place}/{path}"), text);
        }
        if kept > limits.kept || files.len() > limits.files {
            return Err(ModuleError::TooLarge(format!(
                "{} files of {kept} bytes; {} files of {} bytes are allowed",
                files.len(),
                limits.files,
                limits.kept
            )));
        }
    }
    drop(unpacked);
    let pinned = wanted.iter().filter_map(|dependency| {
        let manifest = placed.get(&format!("node_modules/{}", dependency.name))?;
        Some(Dependency {
            name: dependency.name.clone(),
            version: manifest.version.clone(),
        })
    });
    let pinned = pinned.collect();
    let modules = Modules::new(pinned, files);
    check(&modules)?;
    Ok(modules)
}

/// Each wanted package can be required.
fn check(modules: &Modules) -> Result<(), ModuleError> {
    for Dependency { name, version } in modules.pinned() {
        modules
            .resolve("", name, How::Require)
            .map_err(|error| ModuleError::Nothing {
                package: format!("{name}@{version}"),
                message: error.to_string(),
            })?;
    }
    Ok(())
}

/// Which package lies where, as npm lays them: as high as no other version is in the way.
struct Tree<'a> {
    registry: &'a Registry<'a>,
    known: HashMap<String, Packument>,
    placed: BTreeMap<String, Manifest>,
}

/// A package that the package at a place needs.
struct Need {
    /// `node_modules/a/node_modules/b`; empty for the program itself.
    by: String,
    /// What it is required by.
    name: String,
    wanted: String,
}

impl Tree<'_> {
    async fn plan(
        registry: &Registry<'_>,
        wanted: &[Dependency],
    ) -> Result<BTreeMap<String, Manifest>, ModuleError> {
        let mut tree = Tree {
            registry,
            known: HashMap::new(),
            placed: BTreeMap::new(),
        };
        let mut needs: VecDeque<Need> = wanted
            .iter()
            .map(|dependency| Need {
                by: String::new(),
                name: dependency.name.clone(),
                wanted: dependency.version.clone(),
            })
            .collect();
        while !needs.is_empty() {
            tree.learn(&needs).await?;
            for need in std::mem::take(&mut needs) {
                let more = tree.place(&need)?;
                needs.extend(more);
            }
            if tree.placed.len() > registry.limits.packages {
                let limit = registry.limits.packages;
                return Err(ModuleError::TooLarge(format!("more than {limit} packages")));
            }
        }
        Ok(tree.placed)
    }

    /// Asks the registry for what is not known yet, several packages at a time.
    async fn learn(&mut self, needs: &VecDeque<Need>) -> Result<(), ModuleError> {
        let mut names = HashSet::new();
        for need in needs {
            let (name, _) = real(need)?;
            if !self.known.contains_key(name) {
                names.insert(name.to_owned());
            }
        }
        let registry = self.registry;
        let asked = names.into_iter().map(|name| async move {
            let packument = registry.packument(&name).await?;
            Ok::<_, ModuleError>((name, packument))
        });
        let answers: Vec<_> = stream::iter(asked)
            .buffer_unordered(AT_A_TIME)
            .try_collect()
            .await?;
        self.known.extend(answers);
        Ok(())
    }

    /// Places the package unless one that fits is found already; answers with what it needs.
    fn place(&mut self, need: &Need) -> Result<Vec<Need>, ModuleError> {
        let (name, wanted) = real(need)?;
        let place = match self.nearest(need) {
            Some(found) if fits(found, name, wanted) => return Ok(Vec::new()),
            Some(_) if need.by.is_empty() => return Ok(Vec::new()),
            Some(_) => format!("{}/node_modules/{}", need.by, need.name),
            None => format!("node_modules/{}", need.name),
        };
        let Some(packument) = self.known.get(name) else {
            return Err(ModuleError::NotFound(name.to_owned()));
        };
        let manifest = packument.pick(name, wanted)?;
        let peers = manifest.peers.iter().filter(|(name, _)| {
            let meta = manifest.peers_meta.get(*name);
            !meta.is_some_and(|meta| meta.optional)
        });
        let required = manifest.dependencies.iter();
        let required = required.filter(|(name, _)| !manifest.optional.contains_key(*name));
        let mut needs: Vec<Need> = required
            .chain(peers)
            .map(|(name, wanted)| Need {
                by: place.clone(),
                name: name.clone(),
                wanted: wanted.clone(),
            })
            .collect();
        // The order of a map is chance; the same names shall lie in the same places.
        needs.sort_by(|a, b| a.name.cmp(&b.name));
        self.placed.insert(place, manifest);
        Ok(needs)
    }

    /// What `require` would find.
    fn nearest(&self, need: &Need) -> Option<&Manifest> {
        let mut at = need.by.as_str();
        loop {
            let place = if at.is_empty() {
                format!("node_modules/{}", need.name)
            } else {
                format!("{at}/node_modules/{}", need.name)
            };
            if let Some(found) = self.placed.get(&place) {
                return Some(found);
            }
            if at.is_empty() {
                return None;
            }
            at = at
                .rsplit_once("/node_modules/")
                .map_or("", |(above, _)| above);
        }
    }
}

fn fits(found: &Manifest, name: &str, wanted: &str) -> bool {
    let range = Range::parse(wanted);
    let version = Version::parse(&found.version);
    found.name == name
        && match (range, version) {
            (Some(range), Ok(version)) => range.contains(&version),
            // A tag: whatever is there already.
            _ => true,
        }
}

/// Name in the registry and range: `npm:other@^1` stands for another package.
fn real(need: &Need) -> Result<(&str, &str), ModuleError> {
    let (name, wanted) = match need.wanted.strip_prefix("npm:") {
        Some(alias) => match alias[1.min(alias.len())..].find('@') {
            Some(at) => (&alias[..=at], &alias[at + 2..]),
            None => (alias, ""),
        },
        None => (need.name.as_str(), need.wanted.as_str()),
    };
    if !is_name(name) {
        return Err(ModuleError::Name(name.to_owned()));
    }
    if wanted.contains([':', '/']) {
        return Err(ModuleError::Elsewhere {
            name: name.to_owned(),
            wanted: wanted.to_owned(),
        });
    }
    Ok((name, wanted))
}

/// Whether a package can have that name
/// (<https://docs.npmjs.com/cli/v11/configuring-npm/package-json#name>). Old names have capitals.
fn is_name(name: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && !part.starts_with(['.', '_'])
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~'))
    };
    let (scope, rest) = match name.strip_prefix('@').and_then(|name| name.split_once('/')) {
        Some((scope, rest)) => (Some(scope), rest),
        None => (None, name),
    };
    name.len() <= 214 && scope.is_none_or(part) && part(rest)
}
