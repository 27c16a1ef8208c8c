//! Auth strategies as developers see them.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::session::SignedIn;
use crate::model::{AuthStrategy, AuthStrategyId, CredentialType, DcrProvider, StrategyConfig};
use crate::rest::Page;
use crate::rest::Problem;
use crate::rest::query::{Column, Kind, Query, column};
use crate::store::audience::Audience;
use crate::{Error, Portal, store};

const COLUMNS: &[Column] = &[
    column("name", "t.name", Kind::Text),
    column("credential_type", "", Kind::Word(CredentialType::WORDS)).filter_only(),
];

/// The strategies that an application of this developer can be made with.
pub(super) async fn list(
    SignedIn { site, id, .. }: SignedIn,
    State(portal): State<Portal>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let listing = query.listing(COLUMNS, "t.name")?;
    let mut found = Vec::new();
    let audience = Audience::of(&site, Some(id));
    for strategy in audience.strategies(portal.db()).await? {
        let name = shown_name(&strategy).to_lowercase();
        let wanted = |name_is: &str| query.get(name_is).map(str::to_lowercase);
        let equal = wanted("filter[name][eq]").or_else(|| wanted("filter[name]"));
        let part = wanted("filter[name][contains]");
        let kind = query.get("filter[credential_type][eq]");
        let kind = kind.or_else(|| query.get("filter[credential_type]"));
        if equal.is_none_or(|equal| name == equal)
            && part.is_none_or(|part| name.contains(&part))
            && kind.is_none_or(|kind| strategy.credential_type().as_str() == kind)
        {
            found.push(strategy);
        }
    }
    let views = Views::of(&portal, found.iter()).await?;
    let shown = |strategy: &AuthStrategy| Ok::<_, Error>(views.get(strategy.id)?.whole());
    let all = found.iter().map(shown).collect::<Result<_, _>>()?;
    Ok(Json(Page::cut(all, &listing)))
}

/// Developers read the name that was made for them.
fn shown_name(strategy: &AuthStrategy) -> &str {
    if strategy.display_name.is_empty() {
        &strategy.name
    } else {
        &strategy.display_name
    }
}

/// A strategy, as far as developers see it.
#[derive(Clone, Debug)]
pub(super) struct View {
    id: AuthStrategyId,
    name: String,
    credential_type: CredentialType,
    /// `key_names` and `ttl`, or `auth_methods`.
    settings: Vec<(&'static str, Value)>,
    /// The scopes that developers choose from, where they choose.
    pub(super) available_scopes: Option<Vec<String>>,
}

impl View {
    /// The members that every place shows: `PortalAuthStrategy`.
    pub(super) fn whole(&self) -> Value {
        let mut value = self.plain();
        let keys = self.credential_type == CredentialType::KeyAuth;
        value["supports_multiple_credentials"] = keys.into();
        value
    }

    /// The members that the closed schema `AuthStrategy` allows.
    pub(super) fn plain(&self) -> Value {
        let mut value = json!({
            "id": self.id,
            "name": self.name,
            "credential_type": self.credential_type,
        });
        for (name, setting) in &self.settings {
            value[*name] = setting.clone();
        }
        if let Some(scopes) = &self.available_scopes {
            value["available_scopes"] = scopes.as_slice().into();
        }
        value
    }

    /// How a version is registered for: `RegistrationConfiguration`.
    pub(super) fn registration(&self, enabled: bool, auto_approve: bool) -> Value {
        let mut value = self.plain();
        if let Some(map) = value.as_object_mut() {
            map.remove("key_names");
            map.remove("ttl");
        }
        value["registration_enabled"] = enabled.into();
        value["registration_auto_approve"] = auto_approve.into();
        value
    }
}

/// The views of the strategies that a page needs, read at once.
pub(super) struct Views(HashMap<AuthStrategyId, View>);

impl Views {
    /// Those with these ids.
    pub(super) async fn among(
        portal: &Portal,
        ids: impl IntoIterator<Item = AuthStrategyId>,
    ) -> Result<Self, Error> {
        let strategies = store::strategies::among(portal.db(), ids).await?;
        Self::of(portal, strategies.values()).await
    }

    async fn of(
        portal: &Portal,
        strategies: impl Iterator<Item = &AuthStrategy> + Clone,
    ) -> Result<Self, Error> {
        let providers = strategies
            .clone()
            .filter_map(|strategy| strategy.dcr_provider_id);
        let providers = store::dcr_providers::among(portal.db(), providers).await?;
        let views = strategies.map(|strategy| {
            let provider = strategy.dcr_provider_id.and_then(|id| providers.get(&id));
            (strategy.id, view(strategy, provider))
        });
        Ok(Self(views.collect()))
    }

    /// The view of a strategy that was asked for.
    pub(super) fn get(&self, id: AuthStrategyId) -> Result<&View, Error> {
        let view = self.0.get(&id);
        view.ok_or_else(|| Error::not_found("auth strategy", id))
    }
}

/// The view of one strategy.
pub(super) async fn find(portal: &Portal, id: AuthStrategyId) -> Result<View, Error> {
    let views = Views::among(portal, [id]).await?;
    views.get(id).cloned()
}

fn view(strategy: &AuthStrategy, provider: Option<&DcrProvider>) -> View {
    let (settings, scopes) = match &strategy.config {
        StrategyConfig::KeyAuth(config) => {
            let mut settings = vec![("key_names", config.key_names.as_slice().into())];
            if let Some(ttl) = &config.ttl {
                settings.push(("ttl", json!(ttl)));
            }
            (settings, None)
        }
        StrategyConfig::OpenidConnect(config) => {
            let methods = config.auth_methods.as_slice().into();
            (vec![("auth_methods", methods)], Some(config.scopes.clone()))
        }
    };
    let chosen = provider
        .and_then(|provider| provider.config.use_developer_managed_scopes)
        .unwrap_or(false);
    View {
        id: strategy.id,
        name: shown_name(strategy).to_owned(),
        credential_type: strategy.credential_type(),
        settings,
        available_scopes: scopes.filter(|_| chosen),
    }
}
