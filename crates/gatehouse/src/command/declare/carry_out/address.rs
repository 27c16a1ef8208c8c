//! Where the platform API has objects.

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

use super::Work;
use crate::command::declare::kind::Kind;
use crate::command::declare::object::Key;

impl Work<'_> {
    /// Where objects of its kind are made.
    pub(super) fn collection(&self, key: &Key) -> Result<String> {
        let product = || self.id(&key.root(Kind::Product));
        let portal = || self.id(&key.root(Kind::Portal));
        Ok(match key.kind {
            Kind::ControlPlane => "/v2/control-planes".into(),
            Kind::Provider => "/v2/dcr-providers".into(),
            Kind::Strategy => "/v2/application-auth-strategies".into(),
            Kind::Product => "/v2/api-products".into(),
            Kind::Portal => "/v2/portals".into(),
            Kind::Destination => "/v2/audit-log-destinations".into(),
            Kind::Team => format!("/v2/portals/{}/teams", portal()?),
            Kind::Template => format!("/v3/portals/{}/email-templates", portal()?),
            Kind::Version => format!("/v2/api-products/{}/product-versions", product()?),
            Kind::Document => format!("/v2/api-products/{}/documents", product()?),
            Kind::Specification => {
                let version = self.id(&key.own(Kind::Version))?;
                let product = product()?;
                format!("/v2/api-products/{product}/product-versions/{version}/specifications")
            }
            Kind::Snippet => format!("/v3/portals/{}/snippets", portal()?),
            Kind::Page => format!("/v3/portals/{}/pages", portal()?),
            kind => bail!("{} has no collection", kind.one()),
        })
    }

    /// Where an object is changed.
    pub(super) fn address(&self, key: &Key) -> Result<String> {
        let portal = || self.id(&key.root(Kind::Portal));
        Ok(match key.kind {
            Kind::Service | Kind::Route => self.entity(key, Map::new())?.0,
            Kind::Api => format!("/v3/apis/{}", self.id(&key.root(Kind::Product))?),
            Kind::Icon => {
                let product = self.id(&key.root(Kind::Product))?;
                format!("/v3/apis/{product}/images/icon")
            }
            Kind::OrganizationWebhook => "/v2/audit-log-webhook".into(),
            Kind::Appearance => format!("/v2/portals/{}/appearance", portal()?),
            Kind::Customization => format!("/v3/portals/{}/customization", portal()?),
            Kind::Authentication => format!("/v2/portals/{}/authentication-settings", portal()?),
            Kind::AllowList => format!("/v3/portals/{}/ip-allow-list", portal()?),
            Kind::Sender => format!("/v3/portals/{}/email-config", portal()?),
            Kind::Template => format!("{}/{}", self.collection(key)?, escaped(key.name())),
            Kind::Webhook => format!("/v2/portals/{}/audit-log-webhook", portal()?),
            Kind::Offer => {
                let version = Key::new(Kind::Version, &[&key.path[1], &key.path[2]]);
                let version = self.id(&version)?;
                format!("/v2/portals/{}/product-versions/{version}", portal()?)
            }
            _ => format!("{}/{}", self.collection(key)?, self.id(key)?),
        })
    }

    /// A gateway entity: PUT under its name, or its id where it has none.
    pub(super) fn entity(
        &self,
        key: &Key,
        mut members: Map<String, Value>,
    ) -> Result<(String, Value)> {
        let is_id = uuid::Uuid::try_parse(key.name()).is_ok();
        let known = self.ids.get(key).map_or(key.name(), String::as_str);
        let name = escaped(known);
        if !is_id {
            members.insert("name".into(), key.name().into());
        }
        let plane = self.id(&key.root(Kind::ControlPlane))?;
        let collection = match key.kind {
            Kind::Service => "services",
            _ => "routes",
        };
        if key.kind == Kind::Route {
            let service = self.id(&key.above(Kind::Service))?;
            members.insert("service".into(), json!({ "id": service }));
        }
        let path = format!("/v2/control-planes/{plane}/core-entities/{collection}/{name}");
        Ok((path, members.into()))
    }
}

fn escaped(name: &str) -> String {
    percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC).to_string()
}
