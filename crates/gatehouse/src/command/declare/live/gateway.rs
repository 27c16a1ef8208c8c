//! Control planes with their services and routes.

use anyhow::{Result, bail};
use serde_json::Value;

use super::list::{entities, every};
use super::{Reader, named, some};
use crate::command::declare::kind::Kind;

impl Reader<'_> {
    pub(super) async fn control_planes(&mut self) -> Result<()> {
        for plane in every(self.api, "/v2/control-planes").await? {
            let mut members = some(Kind::ControlPlane, &plane["config"]);
            members.extend(some(Kind::ControlPlane, &plane));
            let (key, id) = self.add(Kind::ControlPlane, &[], &plane, members)?;
            let base = format!("/v2/control-planes/{id}/core-entities");
            let services = entities(self.api, &format!("{base}/services")).await?;
            let routes = entities(self.api, &format!("{base}/routes")).await?;
            for service in services {
                let members = some(Kind::Service, &service);
                let (key, id) = self.add(Kind::Service, &key.path, &service, members)?;
                let own = |route: &&Value| {
                    route.pointer("/service/id") == Some(&Value::from(id.as_str()))
                };
                for route in routes.iter().filter(own) {
                    let members = some(Kind::Route, route);
                    self.add(Kind::Route, &key.path, route, members)?;
                }
            }
            if let Some(free) = routes.iter().find(|route| route["service"].is_null()) {
                bail!(
                    "route {} leads to no service, which cannot be declared",
                    named(free)?
                );
            }
        }
        Ok(())
    }
}
