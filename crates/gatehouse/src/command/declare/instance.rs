//! Which instance is spoken to: the one in the data directory, or one at an address.

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use egress::{Egress, Policy};
use http::Method;
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use oauth::Clock;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use crate::command::api::{Api, said, text};
use crate::config::{Source, load};
use crate::parts;

/// Which instance.
#[derive(Args)]
pub(crate) struct Instance {
    /// The platform API's address; without it, that of the instance in the data directory.
    #[arg(long, env = "GATEHOUSE_URL", value_name = "URL")]
    url: Option<String>,
    /// A platform token (`gatehouse token create`).
    #[arg(
        long,
        env = "GATEHOUSE_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    token: Option<SecretString>,
}

/// A page of specifications is large.
const MOST: usize = 256 << 20;

/// The platform API of an instance, which answers and takes the token.
///
/// # Errors
/// What keeps it from that, and what to do.
pub(super) async fn connect(instance: &Instance, source: &Source) -> Result<Api> {
    let settings = load(source)?.settings;
    let file = |name: &str| -> Option<Value> {
        let bytes = std::fs::read(settings.data_dir.join(name)).ok()?;
        serde_json::from_slice(&bytes).ok()
    };
    let endpoints = file("endpoints.json").unwrap_or_default();
    let url = match &instance.url {
        Some(url) => url.clone(),
        None => {
            let folder = settings.data_dir.display();
            let nothing = || format!("nothing serves from {folder}: start it, or give --url");
            let here = endpoints["platform"].as_str();
            here.with_context(nothing)?.to_owned()
        }
    };
    ensure!(
        url.starts_with("http://") || url.starts_with("https://"),
        "{url} is no address: it begins with http:// or https://"
    );
    let token = match &instance.token {
        Some(token) => token.clone(),
        // A demo wrote down its own, which is nobody else's.
        None => file("quickstart.json")
            .filter(|_| instance.url.is_none())
            .and_then(|saved| text(&saved, "/platform_token").ok())
            .map(SecretString::from)
            .context("give --token or set GATEHOUSE_TOKEN; `gatehouse token create` makes one")?,
    };
    let mut roots = parts::roots(&settings, None)?;
    if let Ok(path) = text(&endpoints, "/ca_cert") {
        let pem =
            std::fs::read_to_string(&path).with_context(|| format!("{path} cannot be read"))?;
        let found = egress::tls::certificates(&pem);
        roots.extend(
            found.map_err(|error| anyhow::anyhow!("{path} holds no certificate: {error}"))?,
        );
    }
    // Whoever calls this names the address himself.
    let everywhere = [
        IpNet::V4(Ipv4Net::new_assert([0, 0, 0, 0].into(), 0)),
        IpNet::V6(Ipv6Net::new_assert(std::net::Ipv6Addr::UNSPECIFIED, 0)),
    ];
    let policy = Policy {
        allow: everywhere.into(),
        max_response_bytes: MOST,
        roots,
        ..Policy::default()
    };
    let egress = Egress::new(policy, Clock::system());
    let api = Api::at(&egress, &url).authorized(format!("Bearer {}", token.expose_secret()));
    greet(&api, &url).await?;
    Ok(api)
}

/// Whether it is a platform API, and takes the token.
async fn greet(api: &Api, url: &str) -> Result<()> {
    let answer = api
        .call(Method::GET, "/v2/portals?page[size]=1", None)
        .await?;
    match answer.status.as_u16() {
        200 => {}
        401 => bail!(
            "{url} does not take the token: it is mistyped, revoked, past its date, or of another instance; \
             `gatehouse token create` makes one"
        ),
        403 => bail!(
            "the token does not let its bearer read at {url}: {}",
            said(&answer)
        ),
        _ => bail!(
            "{url} is no platform API: GET /v2/portals answered {}; give the address of the listener [platform]",
            answer.status
        ),
    }
    let body: Result<Value, _> = answer.json();
    let is_list = body.is_ok_and(|body| body["data"].is_array());
    ensure!(
        is_list,
        "{url} is no platform API: GET /v2/portals answered with something else; give the address of the \
         listener [platform]"
    );
    Ok(())
}
