//! Finding a request's route, alone.
#![expect(clippy::unwrap_used, reason = "a benchmark may stop here")]

use std::collections::BTreeMap;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use gateway::config::Route;
use gateway::route::{Router, Target, normalise};
use http::{HeaderMap, Method};

fn routes(count: usize) -> Vec<Route> {
    (0..count)
        .map(|n| Route {
            id: n.to_string(),
            name: None,
            service_id: n.to_string(),
            protocols: Vec::new(),
            methods: Vec::new(),
            hosts: if n % 4 == 0 {
                vec![format!("api-{n}.test")]
            } else {
                Vec::new()
            },
            paths: vec![format!("/product-{n}/v{}", n % 3)],
            headers: BTreeMap::new(),
            strip_path: true,
            preserve_host: false,
            regex_priority: 0,
        })
        .collect()
}

fn finding(c: &mut Criterion) {
    for count in [1, 100, 10_000] {
        let router = Router::compile(&routes(count)).unwrap();
        let path = format!("/product-{}/v{}/forecast", count - 1, (count - 1) % 3);
        let headers = HeaderMap::new();
        c.bench_function(&format!("route/of {count}"), |b| {
            b.iter(|| {
                router.find(black_box(&Target {
                    method: &Method::GET,
                    host: "127.0.0.1",
                    port: Some(8000),
                    path: &path,
                    headers: &headers,
                }))
            });
        });
    }
    c.bench_function("route/normalise", |b| {
        b.iter(|| normalise(black_box("/product/v1/forecast/berlin/today")).len());
    });
}

criterion_group!(benches, finding);
criterion_main!(benches);
