//! Which portal a request is for, and who sends it.

use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use serde_json::Value;
use web::{Caller, RequestId, cookie_value};

use super::written::menu;
use super::{DeveloperFacts, PortalFacts, ReaderFacts, Source, Ways};
use crate::Error;
use crate::model::{PortalId, Site};
use crate::pages::is_secure;
use crate::service::accounts::{Developer, Refreshed};
use crate::service::ip_allow_list::admit;
use crate::service::look::Look;
use crate::store;
use crate::store::audience::Audience;

/// The name of the cookie with the access token, shared with the portal client API.
pub(super) const ACCESS: &str = "portalaccesstoken";
/// The name of the cookie with the refresh token.
pub(super) const REFRESH: &str = "portalrefreshtoken";

/// What is known before any page is made.
#[derive(Debug)]
pub(crate) struct Arrival {
    pub(crate) reader: ReaderFacts,
    /// New session cookies, if the session was renewed on the way.
    pub(crate) cookies: Vec<HeaderValue>,
}

impl Source {
    /// Finds the portal by host and the developer by cookie; a session whose access token has ended is
    /// renewed by its refresh token.
    pub(crate) async fn arrive(&self, parts: &Parts) -> Result<Arrival, Error> {
        let headers = &parts.headers;
        let site = self.site(headers).await?;
        let caller = Caller::of(&parts.extensions, headers);
        admit(&site, caller.address)?;
        let mut portal = self.facts(&site);
        let (developer, cookies) = match site.is_public {
            true => (None, Vec::new()),
            false => self.developer(&portal.id.to_string(), headers).await?,
        };
        let request_id = parts.extensions.get::<RequestId>();
        let id = developer.as_ref().map(|developer| developer.id);
        let db = self.portal.db();
        let reads_all = site.is_public || developer.is_some();
        let (pages, hidden_pages) = self.pages(&site, reads_all).await?;
        portal.menu = menu(&site.customization, &pages, reads_all);
        let reader = ReaderFacts {
            portal,
            pages,
            hidden_pages,
            public_apis: !reads_all
                && !site.rbac_enabled
                && store::api_publications::any_public(db, site.id).await?,
            audience: Audience::of(&site, id),
            developer,
            address: caller
                .address
                .map(|address| address.to_string())
                .unwrap_or_default(),
            request_id: request_id.map(ToString::to_string).unwrap_or_default(),
            caller,
        };
        Ok(Arrival { reader, cookies })
    }

    async fn site(&self, headers: &HeaderMap) -> Result<Site, Error> {
        let db = self.portal.db();
        let host = headers
            .get(http::header::HOST)
            .and_then(|host| host.to_str().ok())
            .unwrap_or_default();
        let host = without_port(host).to_lowercase();
        let by_id = host
            .strip_suffix(".localhost")
            .and_then(|id| id.parse::<PortalId>().ok());
        let found = match by_id {
            Some(id) => store::sites::find(db, id).await?,
            None => store::sites::find_by_domain(db, &host).await?,
        };
        let found = match found {
            Some(site) => Some(site),
            None => store::sites::oldest(db).await?,
        };
        found.ok_or_else(|| {
            Error::NotFound("there is no portal yet; make one on the platform API".into())
        })
    }

    fn facts(&self, site: &Site) -> PortalFacts {
        let text = |pointer: &str| {
            let found = Value::Object(site.appearance.clone())
                .pointer(pointer)?
                .as_str()?
                .trim()
                .to_owned();
            (!found.is_empty()).then_some(found)
        };
        let origin = match &site.custom_domain {
            Some(domain) => format!(
                "{}://{domain}",
                if is_secure(&self.portal) {
                    "https"
                } else {
                    "http"
                }
            ),
            None => self.portal.portal_url().to_owned(),
        };
        PortalFacts {
            id: site.id,
            name: if site.display_name.trim().is_empty() {
                site.name.clone()
            } else {
                site.display_name.clone()
            },
            origin,
            is_public: site.is_public,
            ways: Ways {
                passwords: site.authentication.basic_auth_enabled,
                provider: site.authentication.oidc_auth_enabled,
            },
            heading: text("/text/catalog/primary_header"),
            welcome: text("/text/catalog/welcome_message"),
            logo: picture(site, "logo", "logo"),
            icon: picture(site, "favicon", "favicon.ico"),
            cover: picture(site, "catalog_cover", "catalog-cover"),
            stylesheet: Look::of(&site.appearance, &site.customization)
                .stylesheet(":root")
                .map(Into::into),
            menu: Vec::new(),
        }
    }

    async fn developer(
        &self,
        portal: &str,
        headers: &HeaderMap,
    ) -> Result<(Option<DeveloperFacts>, Vec<HeaderValue>), Error> {
        let accounts = &self.portal.accounts();
        if let Some(access) = cookie_value(headers, ACCESS)
            && let Some(developer) = accounts.developer(portal, access).await?
        {
            return Ok((Some(facts(developer)?), Vec::new()));
        }
        let Some(refresh) = cookie_value(headers, REFRESH) else {
            return Ok((None, Vec::new()));
        };
        match accounts.refresh(portal, refresh).await? {
            Some(Refreshed::New(developer, tokens)) => {
                Ok((Some(facts(developer)?), self.session_cookies(&tokens)))
            }
            Some(Refreshed::Already(developer)) => Ok((Some(facts(developer)?), Vec::new())),
            None => Ok((None, self.no_session_cookies())),
        }
    }
}

fn facts(developer: Developer) -> Result<DeveloperFacts, Error> {
    let id = developer
        .id
        .parse()
        .map_err(|_| Error::Internal("a developer's id is no UUID".into()))?;
    Ok(DeveloperFacts {
        id,
        full_name: developer.full_name,
        email: developer.email,
    })
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// The address under which the client API serves an uploaded picture. It changes when the portal does, so
/// that browsers may keep it.
fn picture(site: &Site, name: &str, served_as: &str) -> Option<String> {
    let kept = site.appearance.get("images")?.get(name)?;
    let data = kept["data"].as_str().or_else(|| kept.as_str())?;
    let version = site.updated_at.as_millis();
    is_image(data).then(|| format!("/api/v2/portal/{served_as}?v={version}"))
}

/// Whether a picture is one that a page may show: an embedded image that holds no script.
fn is_image(data: &str) -> bool {
    ["png", "jpeg", "gif", "webp", "svg+xml", "x-icon"]
        .iter()
        .any(|kind| data.starts_with(&format!("data:image/{kind};base64,")))
}

#[cfg(test)]
mod tests {
    use super::{is_image, without_port};

    #[test]
    fn logos_are_embedded_images() {
        assert!(is_image("data:image/png;base64,AAAA"));
        for other in [
            "javascript:x",
            "data:text/html;base64,AAAA",
            "https://tracker.example/x.png",
        ] {
            assert!(!is_image(other), "{other}");
        }
    }

    #[test]
    fn hosts_lose_their_port() {
        assert_eq!(without_port("portal.example:8003"), "portal.example");
        assert_eq!(without_port("[::1]:8003"), "[::1]");
        assert_eq!(without_port("portal.example"), "portal.example");
    }
}
