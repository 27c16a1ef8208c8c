//! Which route a request takes.
//!
//! Rules are ranked once, when a configuration is compiled. A request then looks at few of them:
//! those of its own host and those that name no exact host, and in each group at the prefixes of
//! its own path. Which rule wins never depends on this index, only on the rank.

mod path;
mod rule;

use std::collections::{BTreeSet, HashMap};

pub use path::{join, normalise};
pub use rule::{InvalidRoute, Target};

use crate::config;
use rule::{Hosts, Path, Rule};

/// The compiled routes of a configuration.
#[derive(Debug, Default)]
pub struct Router {
    /// Every rule, the first to win at the front.
    rules: Vec<Rule>,
    /// Rules that name an exact host.
    by_host: HashMap<String, Group>,
    /// All others.
    anywhere: Group,
}

/// Rules by their position in [`Router::rules`].
#[derive(Debug, Default)]
struct Group {
    prefix_lengths: BTreeSet<usize>,
    by_prefix: HashMap<String, Vec<usize>>,
    /// Rules with a regular expression or no path at all.
    unprefixed: Vec<usize>,
}

/// The route that a request takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// Position of the route in the list given to [`Router::compile`].
    pub route: usize,
    /// How many bytes of the path the route's own path matched.
    pub matched: usize,
}

impl Router {
    /// Compiles routes.
    ///
    /// # Errors
    /// [`InvalidRoute`] for the first route with a bad regular expression, method or header name.
    pub fn compile<'a>(
        routes: impl IntoIterator<Item = &'a config::Route>,
    ) -> Result<Self, InvalidRoute> {
        let mut rules = Vec::new();
        for (position, route) in routes.into_iter().enumerate() {
            rules.append(&mut Rule::of(position, route)?);
        }
        rules.sort_by_key(|rule| std::cmp::Reverse(rule.rank));
        let mut by_host: HashMap<String, Group> = HashMap::new();
        let mut anywhere = Group::default();
        for (at, rule) in rules.iter().enumerate() {
            if let Hosts::Exact(hosts) = &rule.hosts {
                let names: BTreeSet<&str> = hosts.iter().map(|host| host.name.as_str()).collect();
                for name in names {
                    by_host.entry(name.to_owned()).or_default().add(at, rule);
                }
            } else {
                anywhere.add(at, rule);
            }
        }
        Ok(Self {
            rules,
            by_host,
            anywhere,
        })
    }

    /// Finds the route of a request.
    #[must_use]
    pub fn find(&self, target: &Target<'_>) -> Option<Match> {
        let mut best: Option<(usize, usize)> = None;
        if let Some(group) = self.by_host.get(target.host) {
            group.find(&self.rules, target, &mut best);
        }
        self.anywhere.find(&self.rules, target, &mut best);
        best.map(|(at, matched)| Match {
            route: self.rules[at].route,
            matched,
        })
    }
}

impl Group {
    fn add(&mut self, at: usize, rule: &Rule) {
        if let Path::Prefix(prefix) = &rule.path {
            self.prefix_lengths.insert(prefix.len());
            self.by_prefix.entry(prefix.clone()).or_default().push(at);
        } else {
            self.unprefixed.push(at);
        }
    }

    fn find(&self, rules: &[Rule], target: &Target<'_>, best: &mut Option<(usize, usize)>) {
        for &length in self.prefix_lengths.iter().rev() {
            // A length inside a character is no prefix of anything that was configured.
            let Some(prefix) = target.path.get(..length) else {
                continue;
            };
            if let Some(candidates) = self.by_prefix.get(prefix) {
                first(rules, candidates, target, best);
            }
        }
        first(rules, &self.unprefixed, target, best);
    }
}

/// Takes the first matching candidate if it ranks before the best so far.
fn first(
    rules: &[Rule],
    candidates: &[usize],
    target: &Target<'_>,
    best: &mut Option<(usize, usize)>,
) {
    for &at in candidates {
        if best.is_some_and(|(found, _)| found <= at) {
            return;
        }
        if let Some(matched) = rules[at].matches(target) {
            *best = Some((at, matched));
            return;
        }
    }
}

#[cfg(test)]
mod tests;
