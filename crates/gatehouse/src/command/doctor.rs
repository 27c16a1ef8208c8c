//! `gatehouse doctor`: what is wrong here, and what to do about it.

use std::collections::HashMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use oauth::{Clock, Entropy};

use super::say;
use crate::app;
use crate::config::{Role, Settings, Source, Tls, load};
use crate::tls::LocalCa;
use crate::{files, listen, parts, tls};

/// One thing that was looked at: its name, and what is wrong with it or what was found.
struct Check {
    name: &'static str,
    outcome: Result<String>,
}

pub(super) fn run(source: &Source) -> Result<ExitCode> {
    let checks = match load(source) {
        Ok(loaded) => {
            let mut checks = vec![Check {
                name: "configuration",
                outcome: Ok(format!("{} keys set", loaded.origins.len())),
            }];
            checks.extend(app::runtime()?.block_on(examine(&loaded.settings)));
            checks
        }
        Err(error) => vec![Check {
            name: "configuration",
            outcome: Err(error),
        }],
    };
    let mut wrong = 0;
    for Check { name, outcome } in &checks {
        match outcome {
            Ok(found) => say(&format!("ok     {name}: {found}")),
            Err(error) => {
                wrong += 1;
                say(&format!("WRONG  {name}: {error:#}"));
            }
        }
    }
    say(&if wrong == 0 {
        "nothing is wrong".to_owned()
    } else {
        format!("{wrong} of {} checks found something wrong", checks.len())
    });
    Ok(if wrong == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn examine(settings: &Settings) -> Vec<Check> {
    let mut checks = vec![
        Check {
            name: "data directory",
            outcome: data_dir(&settings.data_dir),
        },
        Check {
            name: "keys",
            outcome: parts::sealer(settings, &Entropy::system()).map(|_| "readable".to_owned()),
        },
        Check {
            name: "database",
            outcome: database(settings).await,
        },
    ];
    let listeners = [
        (
            "gateway listener",
            "gateway",
            &settings.gateway.listen,
            &settings.gateway.tls,
            Some(Role::Gateway),
        ),
        (
            "platform listener",
            "platform",
            &settings.platform.listen,
            &settings.platform.tls,
            Some(Role::Platform),
        ),
        (
            "portal listener",
            "portal",
            &settings.portal.listen,
            &settings.portal.tls,
            Some(Role::Portal),
        ),
        (
            "identity listener",
            "identity",
            &settings.identity.listen,
            &settings.identity.tls,
            Some(Role::Identity),
        ),
        (
            "operations listener",
            "operations",
            &settings.operations.listen,
            &settings.operations.tls,
            None,
        ),
    ];
    for (name, section, address, protection, role) in listeners {
        if role.is_none_or(|role| settings.roles.contains(&role)) {
            checks.push(Check {
                name,
                outcome: listener(settings, section, address, protection).await,
            });
        }
    }
    checks
}

fn data_dir(dir: &Path) -> Result<String> {
    files::prepare_data_dir(dir)?;
    let mode = dir.join("keys").metadata()?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        anyhow::bail!(
            "{} may be read by others (mode {mode:o}); run chmod 700 on it",
            dir.join("keys").display()
        );
    }
    Ok(format!("{} is writable", dir.display()))
}

async fn database(settings: &Settings) -> Result<String> {
    let database = parts::database(settings).await?;
    let revision = database.feed().revision().await?;
    let found = format!(
        "{:?}, schema up to date, revision {revision}",
        database.dialect()
    );
    database.close().await;
    Ok(found)
}

async fn listener(
    settings: &Settings,
    section: &str,
    address: &str,
    protection: &Tls,
) -> Result<String> {
    let clock = Clock::system();
    let ca = match protection {
        Tls::Local => Some(LocalCa::load_or_create(&settings.data_dir, &clock)?),
        Tls::Off | Tls::Files { .. } => None,
    };
    tls::prepare(protection, ca.as_ref(), &["localhost".to_owned()], &clock)?;
    match listen::bind(section, address).await {
        Ok(_) => Ok(format!("{address} is free")),
        Err(_) if served_here(&settings.data_dir, address) => Ok(format!(
            "{address} is this data directory's, which is being served now"
        )),
        Err(error) => Err(error),
    }
}

/// Whether a process that serves this data directory says that it listens there: `endpoints.json` is
/// removed at its end.
fn served_here(data_dir: &Path, address: &str) -> bool {
    let endpoints = std::fs::read(data_dir.join("endpoints.json")).ok();
    let endpoints: Option<HashMap<String, Option<String>>> =
        endpoints.and_then(|text| serde_json::from_slice(&text).ok());
    let port = |url: &str| url::Url::parse(url).ok()?.port_or_known_default();
    let wanted = address
        .rsplit_once(':')
        .and_then(|(_, port)| port.parse().ok());
    endpoints.is_some_and(|endpoints| {
        let urls = endpoints.into_values().flatten();
        wanted.is_some() && urls.into_iter().any(|url| port(&url) == wanted)
    })
}

#[cfg(test)]
mod tests {
    use super::served_here;

    #[test]
    fn a_port_of_the_running_instance_is_its_own() {
        let dir = tempfile::tempdir().unwrap();
        assert!(!served_here(dir.path(), "127.0.0.1:8000"));
        let endpoints = r#"{"gateway":"http://127.0.0.1:8000","issuer":"https://login.example/","ca_cert":null}"#;
        std::fs::write(dir.path().join("endpoints.json"), endpoints).unwrap();
        assert!(served_here(dir.path(), "127.0.0.1:8000"));
        assert!(served_here(dir.path(), "0.0.0.0:443"));
        assert!(!served_here(dir.path(), "127.0.0.1:8001"));
        assert!(!served_here(dir.path(), "nonsense"));
    }
}
