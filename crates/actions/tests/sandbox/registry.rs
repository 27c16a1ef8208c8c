//! A registry in this process, of the packages that the clients' tests install (tests/clients).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use actions::modules::{self, Limits, ModuleError};
use actions::{Dependency, Modules};
use aws_lc_rs::digest;
use axum::Router;
use axum::extract::{Path as Named, State};
use axum::http::StatusCode;
use axum::routing::get;
use base64::Engine as _;
use egress::{Egress, Policy};
use flate2::Compression;
use flate2::write::GzEncoder;
use oauth::Clock;
use serde_json::{Value, json};
use url::Url;

const ORIGIN: &str = "https://registry.example";

type Packages = BTreeMap<String, BTreeMap<String, (Value, Vec<u8>)>>;

/// Packages by name and version: manifest and archive.
#[derive(Clone, Default)]
pub(crate) struct Registry(Arc<Mutex<Packages>>);

/// Files of an archive, as they are written into it.
pub(crate) fn archive(files: &[(&str, &str)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, text) in files {
        let mut header = tar::Header::new_ustar();
        // Around the checks of the library, which refuses to write what leads out of the archive.
        header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append(&header, text.as_bytes()).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

impl Registry {
    pub(crate) fn publish(&self, manifest: Value, archive: Vec<u8>) {
        let sum = digest::digest(&digest::SHA512, &archive);
        let sum = base64::engine::general_purpose::STANDARD.encode(sum);
        self.publish_as(manifest, archive, &format!("sha512-{sum}"));
    }

    pub(crate) fn publish_as(&self, mut manifest: Value, archive: Vec<u8>, integrity: &str) {
        let text = |name: &str| manifest[name].as_str().unwrap().to_owned();
        let (name, version) = (text("name"), text("version"));
        let place = name.replace('/', "%2f");
        manifest["dist"] = json!({
            "tarball": format!("{ORIGIN}/{place}/-/{version}.tgz"),
            "integrity": integrity,
        });
        let mut packages = self.0.lock().unwrap();
        packages
            .entry(name)
            .or_default()
            .insert(version, (manifest, archive));
    }

    /// Publishes a package of these files, with its manifest.
    pub(crate) fn publish_files(&self, manifest: Value, files: &[(&str, &str)]) {
        let text = manifest.to_string();
        let mut all = vec![("package/package.json", text.as_str())];
        all.extend(files);
        self.publish(manifest.clone(), archive(&all));
    }

    /// Publishes an installed package and all that it needs.
    fn publish_installed(&self, root: &Path, name: &str, from: &Path) {
        let mut above = from.to_path_buf();
        let folder = loop {
            let folder = above.join("node_modules").join(name);
            if folder.join("package.json").exists() {
                break folder;
            }
            assert!(
                above.starts_with(root) && above.pop(),
                "{name}: run npm ci in tests/clients"
            );
        };
        let manifest = std::fs::read_to_string(folder.join("package.json")).unwrap();
        let manifest: Value = serde_json::from_str(&manifest).unwrap();
        let version = manifest["version"].as_str().unwrap();
        let known = self.0.lock().unwrap();
        if known
            .get(name)
            .is_some_and(|versions| versions.contains_key(version))
        {
            return;
        }
        drop(known);
        let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        add(&mut tar, &folder, Path::new("package"));
        self.publish(
            manifest.clone(),
            tar.into_inner().unwrap().finish().unwrap(),
        );
        for needed in manifest["dependencies"]
            .as_object()
            .into_iter()
            .flat_map(|map| map.keys())
        {
            self.publish_installed(root, needed, &folder);
        }
    }

    /// A client that reaches this registry alone.
    pub(crate) fn egress(&self) -> Egress {
        let egress = Egress::new(Policy::default(), Clock::system());
        let router = Router::new()
            .route("/{name}", get(packument))
            .route("/{name}/-/{file}", get(tarball))
            .with_state(self.clone());
        egress.mount(ORIGIN, &router);
        egress
    }

    pub(crate) async fn install_within(
        &self,
        wanted: &[(&str, &str)],
        limits: Limits,
    ) -> Result<Modules, ModuleError> {
        let wanted: Vec<Dependency> = wanted
            .iter()
            .map(|(name, version)| Dependency {
                name: (*name).to_owned(),
                version: (*version).to_owned(),
            })
            .collect();
        let url = Url::parse(ORIGIN).unwrap();
        modules::install(&self.egress(), &url, &wanted, limits).await
    }

    pub(crate) async fn install(&self, wanted: &[(&str, &str)]) -> Result<Modules, ModuleError> {
        self.install_within(wanted, Limits::default()).await
    }
}

fn add(tar: &mut tar::Builder<GzEncoder<Vec<u8>>>, folder: &Path, inside: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap();
        if path.is_dir() {
            if name != "node_modules" {
                add(tar, &path, &inside.join(name));
            }
        } else {
            tar.append_path_with_name(&path, inside.join(name)).unwrap();
        }
    }
}

async fn packument(
    State(registry): State<Registry>,
    Named(name): Named<String>,
) -> Result<String, StatusCode> {
    let packages = registry.0.lock().unwrap();
    let versions = packages.get(&name).ok_or(StatusCode::NOT_FOUND)?;
    let latest = versions.keys().next_back();
    let versions: BTreeMap<_, _> = versions
        .iter()
        .map(|(version, (manifest, _))| (version, manifest))
        .collect();
    Ok(
        json!({ "name": name, "dist-tags": { "latest": latest }, "versions": versions })
            .to_string(),
    )
}

async fn tarball(
    State(registry): State<Registry>,
    Named((name, file)): Named<(String, String)>,
) -> Result<Vec<u8>, StatusCode> {
    let packages = registry.0.lock().unwrap();
    let version = file.trim_end_matches(".tgz");
    let found = packages
        .get(&name)
        .and_then(|versions| versions.get(version));
    found
        .map(|(_, archive)| archive.clone())
        .ok_or(StatusCode::NOT_FOUND)
}

/// Real packages, installed; `a/node_modules/b` is the version of `b` that `a` has.
pub(crate) async fn real(names: &[&str]) -> Modules {
    let root: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../../tests/clients"]
        .iter()
        .collect();
    let registry = Registry::default();
    let mut wanted = Vec::new();
    for place in names {
        let (from, name) = match place.rsplit_once("/node_modules/") {
            Some((of, name)) => (root.join("node_modules").join(of), name),
            None => (root.clone(), *place),
        };
        registry.publish_installed(&root, name, &from);
        wanted.push((name, ""));
    }
    registry.install(&wanted).await.unwrap()
}
