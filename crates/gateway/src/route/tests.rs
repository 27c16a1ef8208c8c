use std::collections::BTreeMap;

use http::{HeaderMap, HeaderValue, Method};
use proptest::prelude::{ProptestConfig, Strategy, any, prop_assert_eq, proptest};
use proptest::{collection, sample};

use super::rule::Rule;
use super::{Match, Router, Target};
use crate::config::Route;

fn route(hosts: &[&str], paths: &[&str], methods: &[&str]) -> Route {
    let own = |list: &[&str]| list.iter().map(|&item| item.to_owned()).collect();
    Route {
        id: format!("{hosts:?}{paths:?}{methods:?}"),
        name: None,
        service_id: "service".into(),
        protocols: vec!["http".into()],
        methods: own(methods),
        hosts: own(hosts),
        paths: own(paths),
        headers: BTreeMap::new(),
        strip_path: true,
        preserve_host: false,
        regex_priority: 0,
    }
}

fn find(routes: &[Route], method: Method, host: &str, path: &str) -> Option<usize> {
    let router = Router::compile(routes).unwrap();
    let target = Target {
        method: &method,
        host,
        port: None,
        path,
        headers: &HeaderMap::new(),
    };
    router.find(&target).map(|found| found.route)
}

#[test]
fn the_longest_prefix_wins() {
    let routes = [
        route(&[], &["/"], &[]),
        route(&[], &["/weather"], &[]),
        route(&[], &["/weather/v2"], &[]),
    ];
    assert_eq!(find(&routes, Method::GET, "a", "/weather/v2/x"), Some(2));
    assert_eq!(find(&routes, Method::GET, "a", "/weather/v3"), Some(1));
    assert_eq!(find(&routes, Method::GET, "a", "/other"), Some(0));
}

#[test]
fn more_attributes_win_over_a_longer_path() {
    let routes = [
        route(&[], &["/weather/today"], &[]),
        route(&["api.test"], &["/weather"], &[]),
    ];
    let found = find(&routes, Method::GET, "api.test", "/weather/today");
    assert_eq!(found, Some(1));
    let found = find(&routes, Method::GET, "b.test", "/weather/today");
    assert_eq!(found, Some(0));
}

#[test]
fn exact_hosts_win_over_wildcards_and_wildcards_over_none() {
    let routes = [
        route(&[], &["/"], &[]),
        route(&["*.api.test"], &["/"], &[]),
        route(&["eu.api.test"], &["/"], &[]),
        route(&["api.*"], &["/"], &[]),
    ];
    assert_eq!(find(&routes, Method::GET, "eu.api.test", "/"), Some(2));
    assert_eq!(find(&routes, Method::GET, "a.us.api.test", "/"), Some(1));
    assert_eq!(find(&routes, Method::GET, "api.example", "/"), Some(3));
    assert_eq!(find(&routes, Method::GET, ".api.test", "/"), Some(0));
}

#[test]
fn regular_expressions_come_before_prefixes_and_by_priority() {
    let mut broad = route(&[], &["~/users/.*"], &[]);
    let mut narrow = route(&[], &[r"~/users/\d+$"], &[]);
    (broad.regex_priority, narrow.regex_priority) = (1, 5);
    let routes = [route(&[], &["/users/12345"], &[]), broad, narrow];
    assert_eq!(find(&routes, Method::GET, "a", "/users/12345"), Some(2));
    assert_eq!(find(&routes, Method::GET, "a", "/users/me"), Some(1));
    assert_eq!(find(&routes, Method::GET, "a", "/x/users/1"), None);
}

#[test]
fn methods_and_headers_narrow_a_route() {
    let mut canary = route(&[], &["/"], &[]);
    canary.headers = BTreeMap::from([("x-canary".into(), vec!["yes".into(), "~*^be.a$".into()])]);
    let routes = [canary, route(&[], &["/"], &["POST"])];
    let router = Router::compile(&routes).unwrap();
    let find = |method: Method, canary: Option<&'static str>| {
        let mut headers = HeaderMap::new();
        if let Some(value) = canary {
            headers.insert("x-canary", HeaderValue::from_static(value));
        }
        let target = Target {
            method: &method,
            host: "",
            port: None,
            path: "/",
            headers: &headers,
        };
        router.find(&target).map(|found| found.route)
    };
    assert_eq!(find(Method::GET, Some("YES")), Some(0));
    assert_eq!(find(Method::GET, Some("Beta")), Some(0));
    assert_eq!(find(Method::POST, None), Some(1));
    assert_eq!(find(Method::GET, None), None);
}

#[test]
fn a_bad_regular_expression_names_its_route() {
    let error = Router::compile(&[route(&[], &["~/("], &[])]).unwrap_err();
    assert!(
        error.to_string().starts_with(r#"route []["~/("][]:"#),
        "{error}"
    );
}

fn some_of(items: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    collection::vec(sample::select(items).prop_map(String::from), 0..3)
}

fn any_route() -> impl Strategy<Value = Route> {
    let hosts = some_of(&["a.test", "b.test", "*.test", "a.*", "a.test:81", "*.b.test"]);
    let paths = some_of(&[
        "/", "/a", "/a/b", "/ab", "/a/b/c", "~/a/.", "~/[ab]+", "/b/",
    ]);
    let headers = proptest::option::of(sample::select(&["1", "2"][..]));
    (
        hosts,
        paths,
        some_of(&["GET", "POST"]),
        headers,
        any::<u8>(),
    )
        .prop_map(|(hosts, paths, methods, header, priority)| Route {
            hosts,
            paths,
            methods,
            headers: header
                .map(|value| ("x-version".to_owned(), vec![value.to_owned()]))
                .into_iter()
                .collect(),
            regex_priority: i64::from(priority % 3),
            ..route(&[], &[], &[])
        })
}

/// Tries every rule and keeps the best-ranked that matches.
fn oracle(routes: &[Route], target: &Target<'_>) -> Option<Match> {
    routes
        .iter()
        .enumerate()
        .flat_map(|(position, route)| Rule::of(position, route).unwrap())
        .filter_map(|rule| {
            rule.matches(target)
                .map(|matched| (rule.rank, matched, rule.route))
        })
        .max_by_key(|(rank, _, _)| *rank)
        .map(|(_, matched, route)| Match { route, matched })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_index_finds_what_trying_every_rule_finds(
        routes in collection::vec(any_route(), 0..12),
        host in sample::select(&["a.test", "b.test", "x.test", "x.b.test", "other"][..]),
        port in sample::select(&[None, Some(81_u16)][..]),
        path in "/[ab/]{0,6}",
        post in any::<bool>(),
        version in proptest::option::of(sample::select(&["1", "2"][..])),
    ) {
        let mut headers = HeaderMap::new();
        if let Some(version) = version {
            headers.insert("x-version", HeaderValue::from_static(version));
        }
        let method = if post { Method::POST } else { Method::GET };
        let target = Target { method: &method, host, port, path: &path, headers: &headers };
        let found = Router::compile(&routes).unwrap().find(&target);
        prop_assert_eq!(found.map(|m| m.route), oracle(&routes, &target).map(|m| m.route));
    }
}
