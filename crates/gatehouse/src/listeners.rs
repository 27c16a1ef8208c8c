//! The five listeners: bound first, so that everybody knows the real addresses before anything serves.

use anyhow::Result;
use oauth::Clock;
use tokio::net::TcpListener;

use crate::app::Endpoints;
use crate::config::{Role, Settings, Tls};
use crate::listen;
use crate::tls::{self, ListenerTls, LocalCa};

/// A listener that is bound but serves nothing yet.
pub(crate) struct Bound {
    pub(crate) listener: TcpListener,
    pub(crate) tls: Option<ListenerTls>,
    /// The address for people and clients, without a trailing slash.
    pub(crate) address: String,
}

/// The listeners of the roles that this process has.
pub(crate) struct Listeners {
    pub(crate) gateway: Option<Bound>,
    pub(crate) platform: Option<Bound>,
    pub(crate) portal: Option<Bound>,
    pub(crate) identity: Option<Bound>,
    pub(crate) operations: Bound,
}

/// What the settings say of one listener.
struct Wanted<'a> {
    section: &'a str,
    listen: &'a str,
    tls: &'a Tls,
    public_url: Option<&'a str>,
}

impl Listeners {
    /// Binds every listener that a role of this process needs.
    ///
    /// # Errors
    /// One sentence that names the section and what to do.
    pub(crate) async fn bind(
        settings: &Settings,
        ca: Option<&LocalCa>,
        clock: &Clock,
    ) -> Result<Self> {
        let Settings {
            gateway,
            platform,
            portal,
            identity,
            operations,
            ..
        } = settings;
        let bind = async |role: Role, section, listen, tls, public_url: &Option<String>| {
            if !settings.roles.contains(&role) {
                return Ok(None);
            }
            let wanted = Wanted {
                section,
                listen,
                tls,
                public_url: public_url.as_deref(),
            };
            wanted.bind(ca, clock).await.map(Some)
        };
        let operations = Wanted {
            section: "operations",
            listen: &operations.listen,
            tls: &operations.tls,
            public_url: operations.public_url.as_deref(),
        };
        Ok(Self {
            gateway: bind(
                Role::Gateway,
                "gateway",
                &gateway.listen,
                &gateway.tls,
                &gateway.public_url,
            )
            .await?,
            platform: bind(
                Role::Platform,
                "platform",
                &platform.listen,
                &platform.tls,
                &platform.public_url,
            )
            .await?,
            portal: bind(
                Role::Portal,
                "portal",
                &portal.listen,
                &portal.tls,
                &portal.public_url,
            )
            .await?,
            identity: bind(
                Role::Identity,
                "identity",
                &identity.listen,
                &identity.tls,
                &identity.public_url,
            )
            .await?,
            operations: operations.bind(ca, clock).await?,
        })
    }

    /// Where everything answers. A part that runs elsewhere answers at the address that its section names.
    pub(crate) fn endpoints(&self, settings: &Settings, ca: Option<&LocalCa>) -> Endpoints {
        let address = |bound: &Option<Bound>, public_url: &Option<String>| match bound {
            Some(bound) => bound.address.clone(),
            None => public_url
                .as_deref()
                .unwrap_or_default()
                .trim_end_matches('/')
                .to_owned(),
        };
        let tenant = address(&self.identity, &settings.identity.public_url);
        Endpoints {
            gateway: address(&self.gateway, &settings.gateway.public_url),
            platform: address(&self.platform, &settings.platform.public_url),
            portal: address(&self.portal, &settings.portal.public_url),
            issuer: if tenant.is_empty() {
                tenant
            } else {
                format!("{tenant}/")
            },
            operations: self.operations.address.clone(),
            ca_cert: ca.map(|ca| ca.path.clone()),
        }
    }
}

impl Wanted<'_> {
    async fn bind(&self, ca: Option<&LocalCa>, clock: &Clock) -> Result<Bound> {
        let listener = listen::bind(self.section, self.listen).await?;
        let port = listen::port(&listener)?;
        let host = self
            .listen
            .rsplit_once(':')
            .map_or(self.listen, |(host, _)| host);
        // A wildcard address is where one listens, not where one calls.
        let host = match host {
            "0.0.0.0" | "[::]" | "*" => "localhost",
            host => host,
        };
        let scheme = if *self.tls == Tls::Off {
            "http"
        } else {
            "https"
        };
        let address = match self.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("{scheme}://{host}:{port}"),
        };
        let tls = tls::prepare(self.tls, ca, &names(host, &address), clock)?;
        Ok(Bound {
            listener,
            tls,
            address,
        })
    }
}

/// Names that a local certificate answers to.
fn names(host: &str, address: &str) -> Vec<String> {
    let mut names = vec![
        "localhost".to_owned(),
        "*.localhost".to_owned(),
        "127.0.0.1".to_owned(),
        "::1".to_owned(),
    ];
    let public = url::Url::parse(address)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned));
    for name in [Some(host.to_owned()), public].into_iter().flatten() {
        let name = name.trim_matches(['[', ']']).to_owned();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
