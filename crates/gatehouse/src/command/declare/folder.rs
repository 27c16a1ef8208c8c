//! A directory of declarations: YAML for what people write, and files of their own for documents,
//! specifications and images.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::object::{Key, Kind, Object, page_slug};
use super::team::in_order;

/// The member that stands for the content of a file: its path, relative to the YAML file.
const FILE: &str = "file";

/// Reads every declaration of a directory.
///
/// # Errors
/// What is wrong, with file and line.
pub(super) fn read(root: &Path) -> Result<Vec<Object>> {
    ensure!(root.is_dir(), "{} is not a directory", root.display());
    let known: BTreeSet<&str> = Kind::FOLDERS.iter().map(|(_, folder)| *folder).collect();
    for entry in sorted(root)? {
        let name = entry
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let folder = entry.is_dir() && !name.starts_with('.');
        ensure!(
            !folder || known.contains(name),
            "{} is none of the folders that are read: {}",
            entry.display(),
            known.iter().copied().collect::<Vec<_>>().join(", ")
        );
    }
    let mut found = Vec::new();
    for (kind, folder) in Kind::FOLDERS {
        for path in files_of(&root.join(folder))? {
            let text = fs::read_to_string(&path)
                .with_context(|| format!("{} cannot be read", path.display()))?;
            let value: Value = serde_saphyr::from_str(&text)
                .map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
            Reading {
                path: &path,
                found: &mut found,
            }
            .object(kind, value, &[])?;
        }
    }
    let mut seen = BTreeSet::new();
    for object in &found {
        ensure!(seen.insert(&object.key), "{} is declared twice", object.key);
    }
    Ok(found)
}

/// The YAML files of a folder: its own, and `*/portal.yaml` or `*/product.yaml` one below.
fn files_of(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let is_yaml = |path: &Path| {
        let end = path.extension().and_then(|end| end.to_str());
        path.is_file() && matches!(end, Some("yaml" | "yml"))
    };
    let mut all = Vec::new();
    for entry in sorted(folder)? {
        if is_yaml(&entry) {
            all.push(entry);
        } else if entry.is_dir() {
            let inside = MAIN.map(|name| entry.join(name));
            let main = inside.into_iter().find(|path| path.is_file());
            all.push(main.with_context(|| {
                format!("{} has no {}", entry.display(), MAIN.join(" and no "))
            })?);
        }
    }
    Ok(all)
}

/// The file that declares what a folder is about.
const MAIN: [&str; 2] = ["product.yaml", "portal.yaml"];

fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut paths = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<std::io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

struct Reading<'a> {
    path: &'a Path,
    found: &'a mut Vec<Object>,
}

impl Reading<'_> {
    /// Takes an object apart: itself, and what it holds.
    fn object(&mut self, kind: Kind, value: Value, above: &[&str]) -> Result<()> {
        let Value::Object(mut members) = value else {
            bail!(
                "{}: a {} must be a mapping",
                self.path.display(),
                kind.words()
            );
        };
        let Some(Value::String(name)) = members.remove(kind.key()) else {
            bail!(
                "{}: a {} must have {:?}, a text",
                self.path.display(),
                kind.words(),
                kind.key()
            );
        };
        let name = match kind {
            Kind::Page => page_slug(&name),
            _ => name.as_str(),
        };
        let path: Vec<&str> = above.iter().copied().chain([name]).collect();
        self.members(kind, members, &path)
    }

    fn members(
        &mut self,
        kind: Kind,
        mut members: Map<String, Value>,
        path: &[&str],
    ) -> Result<()> {
        let held: Vec<(&super::object::Child, Value)> = kind
            .children()
            .iter()
            .filter_map(|child| Some((child, members.remove(child.member)?)))
            .collect();
        self.files(kind, &mut members)?;
        if kind == Kind::Team {
            in_order(&mut members);
        }
        let key = Key::new(kind, path);
        self.found.push(Object { key, members });
        for (child, value) in held {
            match value {
                Value::Null => {}
                Value::Array(items) if child.many => {
                    for item in items {
                        self.object(child.kind, item, path)?;
                    }
                }
                Value::Object(members) if !child.many => self.members(child.kind, members, path)?,
                _ => bail!(
                    "{}: {:?} must be a {}",
                    self.path.display(),
                    child.member,
                    if child.many { "list" } else { "mapping" }
                ),
            }
        }
        Ok(())
    }

    /// Puts the content of files where their paths stand.
    fn files(&self, kind: Kind, members: &mut Map<String, Value>) -> Result<()> {
        match kind {
            Kind::Specification | Kind::Document | Kind::Snippet | Kind::Page => {
                if let Some(path) = members.remove(FILE) {
                    let text = String::from_utf8(self.file(&path)?);
                    let text = text.map_err(|_| anyhow::anyhow!("{path} is not UTF-8"))?;
                    members.insert("content".into(), text.into());
                }
            }
            Kind::Appearance => {
                let images = members.get_mut("images").and_then(Value::as_object_mut);
                for image in images.into_iter().flat_map(Map::values_mut) {
                    let Some(path) = image.as_object_mut().and_then(|image| image.remove(FILE))
                    else {
                        continue;
                    };
                    let end = path.as_str().and_then(|path| path.rsplit_once('.'));
                    let end = end.map_or("", |(_, end)| end);
                    let data = STANDARD.encode(self.file(&path)?);
                    image["data"] = format!("data:image/{};base64,{data}", media(end)).into();
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn file(&self, path: &Value) -> Result<Vec<u8>> {
        let here = self.path.display();
        let path = path
            .as_str()
            .with_context(|| format!("{here}: {FILE:?} must be a path"))?;
        let inside = Path::new(path)
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        ensure!(inside, "{here}: {path:?} must lie beside it or below");
        let full = self.path.with_file_name(path);
        fs::read(&full).with_context(|| format!("{here}: {} cannot be read", full.display()))
    }
}

fn media(end: &str) -> &str {
    match end {
        "jpg" => "jpeg",
        "ico" => "x-icon",
        other => other,
    }
}

/// Writes objects as a directory. Nothing else may be in it.
///
/// # Errors
/// If there is, or it cannot be written.
pub(super) fn write(root: &Path, objects: &[Object], replace: bool) -> Result<usize> {
    for (_, folder) in Kind::FOLDERS {
        let folder = root.join(folder);
        if folder.exists() {
            ensure!(
                replace,
                "{} exists already; give --replace to write it anew",
                folder.display()
            );
            fs::remove_dir_all(&folder)
                .with_context(|| format!("{} cannot be removed", folder.display()))?;
        }
    }
    let mut files = BTreeMap::new();
    for (kind, folder) in Kind::FOLDERS {
        let mut taken = BTreeSet::new();
        let mut outermost: Vec<&Object> = objects
            .iter()
            .filter(|object| object.key.kind == kind)
            .collect();
        outermost.sort_by(|a, b| a.key.cmp(&b.key));
        for object in outermost {
            let slug = slug(object.key.name(), &mut taken);
            let main = match kind {
                Kind::Product => format!("{folder}/{slug}/product.yaml"),
                Kind::Portal => format!("{folder}/{slug}/portal.yaml"),
                _ => format!("{folder}/{slug}.yaml"),
            };
            let mut writing = Writing {
                objects,
                files: BTreeMap::new(),
            };
            let value = writing.object(object, "")?;
            for (path, bytes) in writing.files {
                files.insert(format!("{folder}/{slug}/{path}"), bytes);
            }
            files.insert(main, serde_saphyr::to_string(&value)?.into_bytes());
        }
    }
    for (path, bytes) in &files {
        let path = root.join(path);
        let folder = path.parent().unwrap_or(root);
        fs::create_dir_all(folder)
            .with_context(|| format!("{} cannot be made", folder.display()))?;
        fs::write(&path, bytes).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(files.len())
}

struct Writing<'a> {
    objects: &'a [Object],
    /// By path beside the YAML file.
    files: BTreeMap<String, Vec<u8>>,
}

impl Writing<'_> {
    /// An object with what it holds, as it is written; `folder` is where its files go.
    fn object(&mut self, object: &Object, folder: &str) -> Result<Value> {
        let kind = object.key.kind;
        let mut written = Map::new();
        written.insert(kind.key().into(), object.key.name().into());
        self.fill(&mut written, object, folder)?;
        Ok(Value::Object(written))
    }

    fn fill(
        &mut self,
        written: &mut Map<String, Value>,
        object: &Object,
        folder: &str,
    ) -> Result<()> {
        let kind = object.key.kind;
        let mut members = object.members.clone();
        self.set_aside(object, &mut members, folder)?;
        written.extend(members);
        for child in kind.children() {
            let held: Vec<&Object> = self
                .objects
                .iter()
                .filter(|other| {
                    let depth = object.key.path.len() + usize::from(child.many);
                    other.key.kind == child.kind
                        && other.key.path.len() == depth
                        && other.key.path.starts_with(&object.key.path)
                })
                .collect();
            if held.is_empty() {
                continue;
            }
            let inside = match kind {
                Kind::Product if child.kind == Kind::Document => "documents/".to_owned(),
                Kind::Portal if child.kind == Kind::Page => "pages/".to_owned(),
                Kind::Portal if child.kind == Kind::Snippet => "snippets/".to_owned(),
                Kind::Document | Kind::Page => format!("{folder}{}/", object.key.name()),
                _ => folder.to_owned(),
            };
            let value = if child.many {
                let all = held.iter().map(|held| self.object(held, &inside));
                Value::Array(all.collect::<Result<_>>()?)
            } else {
                let mut one = Map::new();
                self.fill(&mut one, held[0], &inside)?;
                Value::Object(one)
            };
            written.insert(child.member.into(), value);
        }
        Ok(())
    }

    /// Moves long texts and images to files of their own.
    fn set_aside(
        &mut self,
        object: &Object,
        members: &mut Map<String, Value>,
        folder: &str,
    ) -> Result<()> {
        let name = object.key.name();
        match object.key.kind {
            // No other page can be called that.
            Kind::Page if name == "/" => {
                self.set_text_aside(members, format!("{folder}@start.md"));
            }
            Kind::Document | Kind::Page => {
                self.set_text_aside(members, format!("{folder}{name}.md"));
            }
            Kind::Snippet => {
                let name = name.replace('/', "@").trim_matches('.').to_owned();
                self.set_text_aside(members, format!("{folder}{name}.md"));
            }
            Kind::Specification => {
                let version = slug(name, &mut BTreeSet::new());
                let file = members
                    .get("name")
                    .and_then(Value::as_str)
                    .unwrap_or("openapi.yaml");
                let file = file.replace(['/', '\\'], "-");
                self.set_text_aside(members, format!("{version}/{file}"));
            }
            Kind::Appearance => {
                let images = members.get_mut("images").and_then(Value::as_object_mut);
                for (name, image) in images.into_iter().flatten() {
                    let Some(data) = image.get("data").and_then(Value::as_str) else {
                        continue;
                    };
                    let Some((head, data)) = data.split_once(',') else {
                        continue;
                    };
                    let end = head.trim_start_matches("data:image/");
                    let end = end.trim_end_matches(";base64");
                    let path = format!("{name}.{end}");
                    let bytes = STANDARD.decode(data).context("an image is not base64")?;
                    self.files.insert(path.clone(), bytes);
                    if let Some(image) = image.as_object_mut() {
                        image.remove("data");
                        image.insert(FILE.into(), path.into());
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn set_text_aside(&mut self, members: &mut Map<String, Value>, path: String) {
        if let Some(Value::String(text)) = members.remove("content") {
            members.insert(FILE.into(), path.clone().into());
            self.files.insert(path, text.into_bytes());
        }
    }
}

/// A file name for a name: its letters and digits, and a number where another has it already.
fn slug(name: &str, taken: &mut BTreeSet<String>) -> String {
    let spaced: String = name
        .chars()
        .map(|c| {
            if c.is_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                ' '
            }
        })
        .collect();
    let plain = spaced.split_whitespace().collect::<Vec<_>>().join("-");
    let plain = if plain.is_empty() {
        "unnamed".to_owned()
    } else {
        plain
    };
    let numbered = (2..).map(|number| format!("{plain}-{number}"));
    let free = std::iter::once(plain.clone())
        .chain(numbered)
        .find(|slug| !taken.contains(slug))
        .unwrap_or(plain);
    taken.insert(free.clone());
    free
}
