//! What is declared: objects by name, each with the members that can be written.

use serde_json::{Map, Value};

use super::kind::Kind;

/// Which object: its kind, and the names from the outermost to its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key {
    pub(super) kind: Kind,
    pub(super) path: Vec<String>,
}

impl Key {
    pub(super) fn new(kind: Kind, path: &[&str]) -> Self {
        let path = path.iter().map(|&name| name.to_owned()).collect();
        Self { kind, path }
    }

    /// The one of this kind that this object has.
    pub(super) fn own(&self, kind: Kind) -> Self {
        let path = self.path.clone();
        Self { kind, path }
    }

    /// The one of this kind and name that this object holds.
    pub(super) fn below(&self, kind: Kind, name: &str) -> Self {
        let path = self.path.iter().cloned().chain([name.to_owned()]).collect();
        Self { kind, path }
    }

    /// The key of the object that this one belongs to, which is of `kind`.
    pub(super) fn above(&self, kind: Kind) -> Self {
        let end = self.path.len().saturating_sub(1);
        let path = self.path[..end].to_vec();
        Self { kind, path }
    }

    /// The outermost object that this one belongs to, which is of `kind`.
    pub(super) fn root(&self, kind: Kind) -> Self {
        let path = self.path.iter().take(1).cloned().collect();
        Self { kind, path }
    }

    /// The object's own name.
    pub(super) fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// Whether this object goes when `other` does.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        let (theirs, own) = (branch(other.kind), branch(self.kind));
        let apart = theirs != 0 && theirs != own;
        !apart
            && self != other
            && family(self.kind) == family(other.kind)
            && self.path.len() >= other.path.len()
            && self.path.starts_with(&other.path)
    }
}

/// What belongs to one outermost object is of one family.
const fn family(kind: Kind) -> u8 {
    match kind {
        Kind::ControlPlane | Kind::Service | Kind::Route => 0,
        Kind::Provider => 1,
        Kind::Strategy => 2,
        Kind::Product
        | Kind::Api
        | Kind::Icon
        | Kind::Version
        | Kind::Specification
        | Kind::Document => 3,
        Kind::Destination => 4,
        Kind::Organization | Kind::OrganizationWebhook => 5,
        _ => 6,
    }
}

/// A version and a document may have one name, and a page, a snippet, a team and a product in a portal.
const fn branch(kind: Kind) -> u8 {
    match kind {
        Kind::Version | Kind::Specification => 1,
        Kind::Document => 2,
        Kind::Publication | Kind::Offer => 3,
        Kind::Snippet => 4,
        Kind::Page => 5,
        Kind::Team => 6,
        Kind::Template => 7,
        Kind::Icon => 8,
        _ => 0,
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind.words())?;
        match self.path.is_empty() {
            true => Ok(()),
            false => write!(f, " {}", self.path.join(" / ")),
        }
    }
}

/// A page's slug without the slashes that the vendor puts around it; the start page's is `/`.
pub(super) fn page_slug(slug: &str) -> &str {
    match slug.trim_matches('/') {
        "" => "/",
        slug => slug,
    }
}

/// One object and what can be written of it. References are names, texts are plain.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Object {
    pub(super) key: Key,
    pub(super) members: Map<String, Value>,
    /// File, line and column of its declaration; empty for what is in an instance.
    pub(super) place: String,
}

impl Object {
    /// One that is in an instance.
    pub(super) fn live(key: Key, members: Map<String, Value>) -> Self {
        let place = String::new();
        Self {
            key,
            members,
            place,
        }
    }
}

/// `; did you mean "…"?`, where one of these is close to what was written; otherwise nothing.
pub(super) fn nearest<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> String {
    let near = |known: &str| strsim::damerau_levenshtein(known, written);
    let most = 1 + written.chars().count() / 4;
    // Products of one name are told apart behind an `@`.
    let bare = |name: &str| name.split('@').next().unwrap_or(name).to_owned();
    let close = known.filter(|known| near(known) <= most || bare(known) == bare(written));
    let found = close.min_by_key(|known| near(known));
    found.map_or(String::new(), |known| format!("; did you mean {known:?}?"))
}

#[cfg(test)]
mod tests {
    use super::{Key, Kind, nearest};

    #[test]
    fn what_an_object_holds_goes_with_it() {
        let product = Key::new(Kind::Product, &["Weather"]);
        let version = Key::new(Kind::Version, &["Weather", "v1"]);
        let document = Key::new(Kind::Document, &["Weather", "v1"]);
        let specification = Key::new(Kind::Specification, &["Weather", "v1"]);
        assert!(version.is_within(&product) && specification.is_within(&version));
        assert!(!document.is_within(&version) && !specification.is_within(&document));
        assert!(!product.is_within(&Key::new(Kind::Portal, &["Weather"])));
        let snippet = Key::new(Kind::Snippet, &["Docs", "help"]);
        let page = Key::new(Kind::Page, &["Docs", "help", "more"]);
        assert!(!page.is_within(&snippet) && page.is_within(&Key::new(Kind::Portal, &["Docs"])));
    }

    #[test]
    fn what_is_close_is_suggested_and_nothing_else() {
        let known = ["description", "is_public"];
        let near = |written| nearest(written, known.into_iter());
        assert_eq!(near("is_pubic"), "; did you mean \"is_public\"?");
        assert_eq!(near("colour"), "");
    }
}
