//! Reading a directory: what is wrong is named with file, line and column.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path};

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value};
use serde_saphyr::Location;

use super::node::{Content, Member, Node, place, wrong};
use super::secret::secret_members;
use super::{FILE, find, image, node};
use crate::command::declare::kind::{Child, Kind};
use crate::command::declare::names::Declaration;
use crate::command::declare::object::{Key, Object, nearest, page_slug};
use crate::command::declare::placeholder::{Variables, placeholder, unescaped};
use crate::command::declare::team::in_order;
use crate::command::declare::usual;

/// Reads every declaration of a directory. `${NAME}` becomes the value of the environment variable,
/// except where secrets stand, which are looked up when they are sent.
///
/// # Errors
/// What is wrong, with file, line and column; of variables that are not set, all.
pub(in crate::command::declare) fn read(
    root: &Path,
    variables: &Variables,
) -> Result<Vec<Declaration>> {
    let mut declarations = Vec::new();
    let mut unset = Unset::default();
    for file in find::every(root)? {
        let text = fs::read_to_string(&file.path)
            .with_context(|| format!("{} cannot be read", file.path.display()))?;
        for node in node::parse(&file.path, &text)? {
            let mut reading = Reading {
                path: &file.path,
                variables,
                found: Vec::new(),
                unset,
            };
            reading.object(file.kind, node, &[])?;
            let objects = reading.found;
            unset = reading.unset;
            declarations.push(Declaration { objects });
        }
    }
    unset.refuse()?;
    Ok(declarations)
}

/// Environment variables that are not set.
#[derive(Default)]
struct Unset {
    /// What is wrong, by place.
    values: Vec<String>,
    /// Those of secrets, which may not be needed.
    secrets: BTreeSet<String>,
}

impl Unset {
    /// Names every one at once, those of secrets too, since they are asked for next.
    fn refuse(self) -> Result<()> {
        if self.values.is_empty() {
            return Ok(());
        }
        let mut said = self.values;
        if !self.secrets.is_empty() {
            let secrets: Vec<String> = self.secrets.into_iter().collect();
            said.push(format!(
                "not set either, and needed for the secrets of what is new: {}",
                secrets.join(", ")
            ));
        }
        bail!("{}", said.join("\n"))
    }
}

struct Reading<'a> {
    path: &'a Path,
    variables: &'a Variables,
    found: Vec<Object>,
    unset: Unset,
}

impl Reading<'_> {
    /// Takes an object apart: itself, and what it holds.
    fn object(&mut self, kind: Kind, node: Node, above: &[&str]) -> Result<()> {
        let (at, one) = (node.at, kind.one());
        let Content::Map(mut members) = node.content else {
            let what = format!("{one} must be a mapping of members to values");
            return Err(wrong(self.path, at, &what));
        };
        if kind == Kind::Organization {
            return self.members(kind, at, members, above);
        }
        let own = members.iter().position(|member| member.name == kind.key());
        let Some(own) = own.map(|own| members.remove(own)) else {
            let what = format!("{one} must have {:?}, a text", kind.key());
            return Err(wrong(self.path, at, &what));
        };
        let name = match own.value.content {
            Content::Scalar(Value::String(name)) if !name.is_empty() => name,
            Content::Scalar(Value::Number(number)) => {
                let what = format!("{:?} must be a text: put {number} in quotes", kind.key());
                return Err(wrong(self.path, own.value.at, &what));
            }
            _ => {
                let what = format!("{:?} must be a text", kind.key());
                return Err(wrong(self.path, own.value.at, &what));
            }
        };
        let name = match kind {
            Kind::Page => page_slug(&name),
            _ => name.as_str(),
        };
        let path: Vec<&str> = above.iter().copied().chain([name]).collect();
        self.members(kind, at, members, &path)
    }

    fn members(
        &mut self,
        kind: Kind,
        at: Location,
        declared: Vec<Member>,
        path: &[&str],
    ) -> Result<()> {
        let mut members = Map::new();
        let mut held: Vec<(&Child, Member)> = Vec::new();
        for member in declared {
            let name = member.name.as_str();
            if let Some(child) = kind.children().iter().find(|child| child.member == name) {
                held.push((child, member));
            } else if kind.members().contains(&name) {
                let value = self.value(kind, name, &member.value)?;
                members.insert(member.name, value);
            } else if kind.aside().is_some() && name == FILE {
                let content = match kind.has_text() {
                    true => self.text(&member.value)?,
                    false => self.picture(&member.value)?,
                };
                members.insert(FILE.into(), content.into());
            } else {
                return Err(self.unknown(kind, &member));
            }
        }
        if let (Some(aside), Some(content)) = (kind.aside(), members.remove(FILE)) {
            if members.contains_key(aside) {
                let what = format!("{FILE:?} and {aside:?} both say what it says: keep one");
                return Err(wrong(self.path, at, &what));
            }
            members.insert(aside.into(), content);
        }
        if kind == Kind::Team {
            in_order(&mut members);
        }
        usual::fill(kind, &mut members);
        self.found.push(Object {
            key: Key::new(kind, path),
            members,
            place: place(self.path, at),
        });
        for (child, member) in held {
            self.held(child, member, path)?;
        }
        Ok(())
    }

    fn held(&mut self, child: &Child, member: Member, path: &[&str]) -> Result<()> {
        let at = member.value.at;
        match member.value.content {
            Content::Scalar(Value::Null) => Ok(()),
            Content::List(items) if child.many => items
                .into_iter()
                .try_for_each(|item| self.object(child.kind, item, path)),
            Content::Map(members) if !child.many => self.members(child.kind, at, members, path),
            _ => {
                let shape = if child.many { "list" } else { "mapping" };
                let what = format!("{:?} must be a {shape}", child.member);
                Err(wrong(self.path, at, &what))
            }
        }
    }

    fn unknown(&self, kind: Kind, member: &Member) -> anyhow::Error {
        let children = kind.children().iter().map(|child| child.member);
        let file = kind.aside().map(|_| FILE);
        let own = kind.members().iter().copied().chain(children).chain(file);
        let known: Vec<&str> = own.collect();
        let mut hint = nearest(&member.name, known.iter().copied());
        if hint.is_empty() {
            hint = format!("; it has {}", known.join(", "));
        }
        let what = format!("{} has no member {:?}{hint}", kind.one(), member.name);
        wrong(self.path, member.at, &what)
    }

    /// A value as it is to be, with the values of environment variables in it.
    fn value(&mut self, kind: Kind, name: &str, node: &Node) -> Result<Value> {
        if secret_members(kind).contains(&name) {
            return self.secret(name, node);
        }
        match &node.content {
            Content::Map(members) if kind == Kind::Appearance && name == "images" => {
                let images = members.iter().map(|member| self.image(member));
                Ok(Value::Object(images.collect::<Result<_>>()?))
            }
            Content::Map(members) => {
                let inside = members.iter().map(|member| {
                    let value = self.value(kind, &member.name, &member.value)?;
                    Ok((member.name.clone(), value))
                });
                Ok(Value::Object(inside.collect::<Result<_>>()?))
            }
            Content::List(items) => {
                let inside = items.iter().map(|item| self.value(kind, "", item));
                Ok(Value::Array(inside.collect::<Result<_>>()?))
            }
            // Documents speak of placeholders.
            Content::Scalar(value) if kind.has_text() && name == "content" => Ok(value.clone()),
            Content::Scalar(value) => match placeholder(value) {
                Some(variable) => Ok(self.variable(variable, node.at).into()),
                None => Ok(unescaped(value)),
            },
        }
    }

    /// The value of a variable. One that is not set is told of when everything is read.
    fn variable(&mut self, name: &str, at: Location) -> String {
        self.variables.get(name).unwrap_or_else(|| {
            let what = format!("the environment variable {name} is not set");
            let said = wrong(self.path, at, &what).to_string();
            self.unset.values.push(said);
            String::new()
        })
    }

    /// Secrets stand for themselves until they are sent.
    fn secret(&mut self, name: &str, node: &Node) -> Result<Value> {
        if let Content::Scalar(value) = &node.content
            && let Some(variable) = placeholder(value)
            && self.variables.get(variable).is_none()
        {
            self.unset.secrets.insert(variable.to_owned());
        }
        match &node.content {
            Content::Scalar(value) if value.is_null() || placeholder(value).is_some() => {
                Ok(value.clone())
            }
            _ => {
                let what = format!(
                    "{name:?} is a secret, which does not belong into a file: write ${{NAME}}, as the whole value, \
                     and set the environment variable NAME"
                );
                Err(wrong(self.path, node.at, &what))
            }
        }
    }

    fn image(&self, member: &Member) -> Result<(String, Value)> {
        let mut image = member.value.plain();
        if let Content::Map(inside) = &member.value.content
            && let Some(file) = inside.iter().find(|inside| inside.name == FILE)
            && let Some(members) = image.as_object_mut()
        {
            let data = self.picture(&file.value)?;
            members.remove(FILE);
            members.insert("data".into(), data.into());
        }
        Ok((member.name.clone(), image))
    }

    fn picture(&self, node: &Node) -> Result<String> {
        let (path, bytes) = self.file(node)?;
        Ok(image::data(path, &bytes))
    }

    fn text(&self, node: &Node) -> Result<String> {
        let (path, bytes) = self.file(node)?;
        String::from_utf8(bytes)
            .map_err(|_| wrong(self.path, node.at, &format!("{path:?} is no text in UTF-8")))
    }

    /// The file that a member names, and what is in it.
    fn file<'n>(&self, node: &'n Node) -> Result<(&'n str, Vec<u8>)> {
        let Content::Scalar(Value::String(path)) = &node.content else {
            bail!(wrong(
                self.path,
                node.at,
                &format!("{FILE:?} must be a path")
            ));
        };
        let is_inside = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        if !Path::new(path).components().all(is_inside) {
            let what = format!("{path:?} must lie beside it or below");
            bail!(wrong(self.path, node.at, &what));
        }
        match fs::read(self.path.with_file_name(path)) {
            Ok(bytes) => Ok((path, bytes)),
            Err(error) => {
                let what = format!("{path:?} cannot be read: {error}");
                bail!(wrong(self.path, node.at, &what))
            }
        }
    }
}
