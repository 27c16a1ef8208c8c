//! What a registry says of a package, and the package itself.

use std::collections::HashMap;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use egress::{Egress, ErrorKind, Request, Response};
use http::StatusCode;
use http::header::LOCATION;
use semver::Version;
use serde::Deserialize;
use serde_json::value::RawValue;
use url::Url;

use super::version::Range;
use super::{Limits, ModuleError};
use crate::error::refused_address;

/// A registry, reached by an egress.
pub(crate) struct Registry<'a> {
    pub(crate) egress: &'a Egress,
    pub(crate) url: &'a Url,
    pub(crate) limits: Limits,
}

/// A package's versions
/// (<https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md>).
#[derive(Deserialize)]
pub(crate) struct Packument {
    #[serde(rename = "dist-tags")]
    tags: HashMap<String, String>,
    versions: HashMap<String, Box<RawValue>>,
}

/// One version of a package.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) name: String,
    pub(crate) version: String,
    #[serde(default)]
    pub(crate) dependencies: HashMap<String, String>,
    #[serde(default, rename = "optionalDependencies")]
    pub(crate) optional: HashMap<String, String>,
    #[serde(default, rename = "peerDependencies")]
    pub(crate) peers: HashMap<String, String>,
    #[serde(default, rename = "peerDependenciesMeta")]
    pub(crate) peers_meta: HashMap<String, PeerMeta>,
    dist: Dist,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct PeerMeta {
    #[serde(default)]
    pub(crate) optional: bool,
}

#[derive(Clone, Debug, Deserialize)]
struct Dist {
    tarball: String,
    integrity: Option<String>,
}

/// How often a registry may send us elsewhere.
const REDIRECTS: usize = 3;
/// The largest list of versions that is read.
const LARGEST_LIST: usize = 48 << 20;

impl Manifest {
    /// `name@version`, for messages.
    pub(crate) fn title(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }
}

impl Packument {
    /// The version that npm would take: that of a tag, the very version, or the highest in the
    /// range; `latest` goes before higher ones.
    pub(crate) fn pick(&self, name: &str, wanted: &str) -> Result<Manifest, ModuleError> {
        let wanted = wanted.trim();
        let latest = self.tags.get("latest");
        let tag = if wanted.is_empty() { "latest" } else { wanted };
        let found = self.tags.get(tag).cloned().or_else(|| {
            let range = Range::parse(wanted)?;
            let fits = |version: &&String| {
                let parsed = Version::parse(version);
                parsed.is_ok_and(|version| range.contains(&version))
            };
            let highest = || {
                let fitting = self.versions.keys().filter(fits);
                fitting.max_by_key(|version| Version::parse(version).ok())
            };
            latest.filter(fits).or_else(highest).cloned()
        });
        let manifest = found
            .as_ref()
            .and_then(|version| self.versions.get(version));
        let Some(manifest) = manifest else {
            return Err(ModuleError::NoVersion {
                name: name.to_owned(),
                wanted: wanted.to_owned(),
                newest: latest.cloned().unwrap_or_default(),
            });
        };
        serde_json::from_str(manifest.get()).map_err(|error| ModuleError::Registry {
            what: format!("usable manifest of {name}"),
            message: error.to_string(),
        })
    }
}

impl Registry<'_> {
    /// What the registry says of a package.
    pub(crate) async fn packument(&self, name: &str) -> Result<Packument, ModuleError> {
        let mut url = self.url.clone();
        let path = format!(
            "{}/{}",
            url.path().trim_end_matches('/'),
            name.replace('/', "%2f")
        );
        url.set_path(&path);
        let what = || format!("list of versions of {name}");
        let answer = self.get(&url, LARGEST_LIST).await.map_err(|message| {
            let what = what();
            ModuleError::Registry { what, message }
        })?;
        match answer.status {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Err(ModuleError::NotFound(name.to_owned())),
            status => {
                return Err(ModuleError::Registry {
                    what: what(),
                    message: format!("it answered {status}"),
                });
            }
        }
        serde_json::from_slice(&answer.body).map_err(|error| ModuleError::Registry {
            what: what(),
            message: error.to_string(),
        })
    }

    /// The archive of a version, held against the registry's checksum.
    pub(crate) async fn archive(&self, manifest: &Manifest) -> Result<Vec<u8>, ModuleError> {
        let failed = |message: String| ModuleError::Registry {
            what: format!("archive of {}", manifest.title()),
            message,
        };
        let named = Url::parse(&manifest.dist.tarball);
        let named = named.map_err(|error| failed(error.to_string()))?;
        let mut answer = match self.mirrored(&named) {
            Some(own) => self.get(&own, self.limits.packed).await,
            None => Err(String::new()),
        };
        if !matches!(&answer, Ok(answer) if answer.status == StatusCode::OK) {
            answer = self.get(&named, self.limits.packed).await;
        }
        let answer = answer.map_err(failed)?;
        if answer.status != StatusCode::OK {
            return Err(failed(format!("it answered {}", answer.status)));
        }
        let promised = manifest.dist.integrity.as_deref().unwrap_or_default();
        let sum = digest::digest(&digest::SHA512, &answer.body);
        let sum = format!("sha512-{}", STANDARD.encode(sum));
        if promised.split_whitespace().any(|promise| promise == sum) {
            Ok(answer.body.into())
        } else {
            Err(ModuleError::Integrity(manifest.title()))
        }
    }

    /// A mirror that hands on another registry's lists has the archives as well, as npm assumes of
    /// mirrors of its own: where it would be, if the list names another host.
    fn mirrored(&self, named: &Url) -> Option<Url> {
        if named.host_str() == self.url.host_str() {
            return None;
        }
        let mut mirrored = self.url.clone();
        let path = format!("{}{}", mirrored.path().trim_end_matches('/'), named.path());
        mirrored.set_path(&path);
        Some(mirrored)
    }

    async fn get(&self, url: &Url, largest: usize) -> Result<Response, String> {
        let mut url = url.clone();
        for _ in 0..=REDIRECTS {
            let request = Request::get(url.as_str())
                .header(
                    "accept",
                    "application/vnd.npm.install-v1+json, application/json;q=0.8, */*;q=0.5",
                )
                .max_bytes(largest);
            let sent = self.egress.send(request).await;
            let answer = sent.map_err(|error| match error.kind {
                ErrorKind::Refused => refused_address(&url),
                _ => error.to_string(),
            })?;
            let moved = answer
                .headers
                .get(LOCATION)
                .filter(|_| answer.status.is_redirection());
            let Some(moved) = moved.and_then(|place| place.to_str().ok()) else {
                return Ok(answer);
            };
            url = url.join(moved).map_err(|error| error.to_string())?;
        }
        Err("it redirects too often".to_owned())
    }
}
