//! From whom the mails of a portal come, and what they say.

use anyhow::Result;
use http::Method;

use super::{Reader, some};
use crate::command::declare::kind::Kind;
use crate::command::declare::object::Key;

impl Reader<'_> {
    pub(super) async fn mails(&mut self, later: &str, portal: &Key) -> Result<()> {
        let path = format!("{later}/email-config");
        let answer = self.api.call(Method::GET, &path, None).await?;
        // Where nothing is set there is none.
        if answer.status != http::StatusCode::NOT_FOUND {
            let config = self.api.get(&path).await?;
            let members = some(Kind::Sender, &config);
            self.alone(portal.own(Kind::Sender), members);
        }
        let templates = self.api.get(&format!("{later}/email-templates")).await?;
        for template in templates["data"].as_array().into_iter().flatten() {
            if !template["content"].is_object() {
                continue;
            }
            let name = template["name"].as_str().unwrap_or_default();
            let key = portal.below(Kind::Template, name);
            self.live.ids.insert(key.clone(), name.to_owned());
            self.alone(key, some(Kind::Template, template));
        }
        Ok(())
    }
}
