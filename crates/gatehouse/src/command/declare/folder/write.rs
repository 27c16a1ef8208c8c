//! Writing objects as a directory.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value};

use super::secret::secret_members;
use super::{FILE, ORGANIZATION, image};
use crate::command::declare::kind::{Child, Kind};
use crate::command::declare::object::{Key, Object};
use crate::command::declare::placeholder::escaped;
use crate::command::declare::usual;

/// Writes objects as a directory, in place of what an earlier export wrote. Gives how many files that are.
///
/// # Errors
/// If it cannot be written.
pub(in crate::command::declare) fn write(root: &Path, objects: &[Object]) -> Result<usize> {
    let files = files(objects)?;
    for path in ours(root) {
        let removed = match path.is_dir() {
            true => fs::remove_dir_all(&path),
            false => fs::remove_file(&path),
        };
        removed.with_context(|| format!("{} cannot be removed", path.display()))?;
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

/// Whether nothing is where an export is to be written, unless it is to be replaced.
///
/// # Errors
/// If something is.
pub(in crate::command::declare) fn vacant(root: &Path, replace: bool) -> Result<()> {
    match ours(root).first() {
        Some(path) if !replace => bail!(
            "{} exists already; give --replace to write it anew",
            path.display()
        ),
        _ => Ok(()),
    }
}

/// What exports write, as far as it is there.
fn ours(root: &Path) -> Vec<PathBuf> {
    let folders = Kind::FOLDERS.iter().map(|(_, folder)| root.join(folder));
    let organization = root.join(format!("{ORGANIZATION}.yaml"));
    let all = folders.chain([organization]);
    all.filter(|path| path.exists()).collect()
}

/// What every file holds, by its path.
fn files(objects: &[Object]) -> Result<BTreeMap<String, Vec<u8>>> {
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
            let main = match kind.main_file() {
                Some(main) => format!("{folder}/{slug}/{main}.yaml"),
                None => format!("{folder}/{slug}.yaml"),
            };
            let mut writing = Writing {
                objects,
                files: BTreeMap::new(),
            };
            let value = writing.object(object, "")?;
            for (path, bytes) in writing.files {
                files.insert(format!("{folder}/{slug}/{path}"), bytes);
            }
            files.insert(main, yaml(&value)?);
        }
    }
    let organization = Object::live(Key::new(Kind::Organization, &[]), Map::new());
    let mut writing = Writing {
        objects,
        files: BTreeMap::new(),
    };
    let mut written = Map::new();
    writing.fill(&mut written, &organization, "")?;
    if !written.is_empty() {
        files.insert(format!("{ORGANIZATION}.yaml"), yaml(&written.into())?);
    }
    Ok(files)
}

fn yaml(value: &Value) -> Result<Vec<u8>> {
    let text = serde_saphyr::to_string(value)?;
    Ok(format!("{}\n", text.trim_end_matches('\n')).into_bytes())
}

struct Writing<'a> {
    objects: &'a [Object],
    /// By path beside the YAML file.
    files: BTreeMap<String, Vec<u8>>,
}

impl<'a> Writing<'a> {
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
        usual::leave_out(kind, &mut members);
        self.set_aside(object, &mut members, folder)?;
        for (name, value) in &mut members {
            *value = plain(kind, name, value.take());
        }
        written.extend(members);
        for child in kind.children() {
            let held = self.held(object, child);
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

    fn held(&self, object: &Object, child: &Child) -> Vec<&'a Object> {
        let depth = object.key.path.len() + usize::from(child.many);
        let is_held = |other: &&Object| {
            other.key.kind == child.kind
                && other.key.path.len() == depth
                && other.key.path.starts_with(&object.key.path)
        };
        self.objects.iter().filter(is_held).collect()
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
            Kind::Icon => {
                if let Some(path) = self.set_image_aside("icon", members)? {
                    members.insert(FILE.into(), path.into());
                }
            }
            Kind::Appearance => {
                let images = members.get_mut("images").and_then(Value::as_object_mut);
                for (name, image) in images.into_iter().flatten() {
                    if let Some(image) = image.as_object_mut()
                        && let Some(path) = self.set_image_aside(name, image)?
                    {
                        image.insert(FILE.into(), path.into());
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Gives the path of the file that stands for `data` now, if one can.
    fn set_image_aside(
        &mut self,
        name: &str,
        image: &mut Map<String, Value>,
    ) -> Result<Option<String>> {
        let address = image.get("data").and_then(Value::as_str);
        let Some((end, bytes)) = address.map(image::file).transpose()?.flatten() else {
            return Ok(None);
        };
        image.remove("data");
        let path = format!("{name}.{end}");
        self.files.insert(path.clone(), bytes);
        Ok(Some(path))
    }

    fn set_text_aside(&mut self, members: &mut Map<String, Value>, path: String) {
        if let Some(Value::String(text)) = members.remove("content") {
            members.insert(FILE.into(), path.clone().into());
            self.files.insert(path, text.into_bytes());
        }
    }
}

/// A value in which nothing but secrets looks like a placeholder.
fn plain(kind: Kind, name: &str, value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| {
                let value = plain(kind, &name, value);
                (name, value)
            })
            .collect(),
        value if secret_members(kind).contains(&name) => value,
        value => escaped(value),
    }
}

/// A file name for a name: its letters and digits, and a number where another has it already.
fn slug(name: &str, taken: &mut BTreeSet<String>) -> String {
    let spaced: String = name
        .chars()
        .map(|c| match c.is_alphanumeric() {
            true => c.to_ascii_lowercase(),
            false => ' ',
        })
        .collect();
    let plain = spaced.split_whitespace().collect::<Vec<_>>().join("-");
    let plain = match plain.is_empty() {
        true => "unnamed".to_owned(),
        false => plain,
    };
    let numbered = (2..).map(|number| format!("{plain}-{number}"));
    let free = std::iter::once(plain.clone())
        .chain(numbered)
        .find(|slug| !taken.contains(slug))
        .unwrap_or(plain);
    taken.insert(free.clone());
    free
}
