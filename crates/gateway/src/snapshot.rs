//! A configuration, compiled: what one request holds for its whole life.
//!
//! Whatever did not change between two configurations is the same object in both, so that
//! publishing keeps connections, keys and cached tokens of all that stays as it was.

use std::collections::HashMap;
use std::sync::Arc;

use crate::applications::{Application, Applications};
use crate::config::{self, Config};
use crate::proxy::tls::Trust;
use crate::proxy::upstream::{InvalidService, Upstream};
use crate::route::{InvalidRoute, Router};
use crate::strategy::{InvalidStrategy, Strategy};

/// A compiled configuration, without its applications.
#[derive(Default)]
pub(crate) struct Snapshot {
    pub(crate) router: Router,
    targets: Vec<Arc<Target>>,
    upstreams: HashMap<String, Arc<Upstream>>,
    strategies: HashMap<String, Arc<Strategy>>,
}

/// A route with all that follows from it.
pub(crate) struct Target {
    pub(crate) route: config::Route,
    pub(crate) upstream: Arc<Upstream>,
    /// Who may pass; `None` for a service that no published API guards, which is open.
    pub(crate) guard: Option<Guard>,
}

/// The APIs and strategies in front of one service.
pub(crate) struct Guard {
    pub(crate) strategies: Vec<Arc<Strategy>>,
    apis: Vec<Api>,
}

/// An API in front of a service.
struct Api {
    id: Arc<str>,
    strategy_ids: Vec<String>,
}

impl Guard {
    /// The API of this service for which the application is registered, of those that take its strategy.
    pub(crate) fn admits(
        &self,
        application: &Application,
        strategy: &Strategy,
    ) -> Option<&Arc<str>> {
        let mut taking = self.taking(strategy);
        taking.find(|id| application.registration(id).is_some())
    }

    /// The API that callers of this strategy mean, where nothing tells more.
    pub(crate) fn meant(&self, strategy: &Strategy) -> Option<&Arc<str>> {
        self.taking(strategy).next()
    }

    /// The API of this service, if there is one alone.
    pub(crate) fn only(&self) -> Option<&Arc<str>> {
        match &*self.apis {
            [api] => Some(&api.id),
            _ => None,
        }
    }

    fn taking(&self, strategy: &Strategy) -> impl Iterator<Item = &Arc<str>> {
        let taking = self
            .apis
            .iter()
            .filter(|api| api.strategy_ids.contains(&strategy.id));
        taking.map(|api| &api.id)
    }
}

/// A configuration that cannot be obeyed. The gateway keeps the one before it.
#[derive(Debug, thiserror::Error)]
pub enum InvalidConfig {
    /// A route is wrong.
    #[error(transparent)]
    Route(#[from] InvalidRoute),
    /// A service is wrong.
    #[error(transparent)]
    Service(#[from] InvalidService),
    /// A strategy is wrong.
    #[error(transparent)]
    Strategy(#[from] InvalidStrategy),
    /// Something names what is not there.
    #[error("{what} names {missing}, which is not in the configuration; publish it again")]
    Dangling {
        /// What holds the reference.
        what: String,
        /// What is missing.
        missing: String,
    },
}

impl Snapshot {
    /// Compiles a configuration; takes over from `before` what did not change.
    pub(crate) fn compile(
        config: &Config,
        before: &Self,
        applications: &Applications,
        trust: &Trust,
    ) -> Result<Self, InvalidConfig> {
        let mut upstreams = HashMap::new();
        for service in &config.services {
            let upstream = match before.upstreams.get(&service.id) {
                Some(known) if known.service == *service => Arc::clone(known),
                _ => Arc::new(Upstream::new(service, trust)?),
            };
            upstreams.insert(service.id.clone(), upstream);
        }
        let mut strategies = HashMap::new();
        for strategy in &config.strategies {
            let compiled = match before.strategies.get(&strategy.id) {
                Some(known) if known.kind == strategy.kind => Arc::clone(known),
                _ => Arc::new(Strategy::new(strategy, applications.callers(&strategy.id))?),
            };
            strategies.insert(strategy.id.clone(), compiled);
        }
        let routes: Vec<&config::Route> = config
            .routes
            .iter()
            .filter(|route| {
                let upstream = upstreams.get(&route.service_id);
                upstream.is_none_or(|upstream| upstream.service.enabled)
            })
            .collect();
        let router = Router::compile(routes.iter().copied())?;
        let apis = by_service(config);
        let targets = routes
            .into_iter()
            .map(|route| {
                let upstream = upstreams
                    .get(&route.service_id)
                    .ok_or_else(|| dangling("route", &route.id, "service", &route.service_id))?;
                Ok(Arc::new(Target {
                    route: route.clone(),
                    upstream: Arc::clone(upstream),
                    guard: guard(apis.get(route.service_id.as_str()), &strategies)?,
                }))
            })
            .collect::<Result<_, InvalidConfig>>()?;
        Ok(Self {
            router,
            targets,
            upstreams,
            strategies,
        })
    }

    /// The target of a route that the router found.
    pub(crate) fn target(&self, route: usize) -> &Arc<Target> {
        &self.targets[route]
    }
}

/// The APIs in front of each service that has any, in the order of the configuration.
fn by_service(config: &Config) -> HashMap<&str, Vec<&config::Api>> {
    let mut apis: HashMap<&str, Vec<&config::Api>> = HashMap::new();
    for api in &config.apis {
        apis.entry(&api.service_id).or_default().push(api);
    }
    apis
}

/// A service is guarded as soon as one API stands before it. A strategy that is missing is an
/// error, never an open door.
fn guard(
    apis: Option<&Vec<&config::Api>>,
    strategies: &HashMap<String, Arc<Strategy>>,
) -> Result<Option<Guard>, InvalidConfig> {
    let Some(apis) = apis else {
        return Ok(None);
    };
    let apis: Vec<Api> = apis
        .iter()
        .map(|api| Api {
            id: api.id.as_str().into(),
            strategy_ids: api.strategy_ids.clone(),
        })
        .collect();
    let mut guarding: Vec<Arc<Strategy>> = Vec::new();
    for api in &apis {
        for id in &api.strategy_ids {
            let strategy = strategies
                .get(id)
                .ok_or_else(|| dangling("api", &api.id, "strategy", id))?;
            if !guarding.iter().any(|known| known.id == strategy.id) {
                guarding.push(Arc::clone(strategy));
            }
        }
    }
    Ok(Some(Guard {
        strategies: guarding,
        apis,
    }))
}

fn dangling(what: &str, id: &str, missing: &str, missing_id: &str) -> InvalidConfig {
    InvalidConfig::Dangling {
        what: format!("{what} {id}"),
        missing: format!("{missing} {missing_id}"),
    }
}
