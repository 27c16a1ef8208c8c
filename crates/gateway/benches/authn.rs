//! What recognising a caller costs, through the whole gateway on one connection: no credential
//! needed, a cached bearer token, cached client credentials, a session.
#![expect(clippy::unwrap_used, reason = "a benchmark may stop here")]

#[path = "../tests/support/mod.rs"]
mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use http::Request;
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use support::World;

fn calls(c: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let world = runtime.block_on(World::start());
    let basic = "Basic app:s3cret".to_owned();
    let session = runtime.block_on(world.get("/weather", &[("authorization", &basic)]));
    let cases = [
        ("open", "/open/", "accept", "*/*".to_owned()),
        ("bearer", "/weather", "authorization", world.bearer("app")),
        ("client credentials", "/weather", "authorization", basic),
        ("session", "/weather", "cookie", session.cookie()),
    ];
    for (name, path, header, value) in cases {
        let mut sender = runtime.block_on(async {
            let stream = tokio::net::TcpStream::connect(world.address).await.unwrap();
            let stream = TokioIo::new(stream);
            let (sender, connection) = hyper::client::conn::http1::handshake(stream).await.unwrap();
            #[expect(clippy::disallowed_methods, reason = "ends with its connection")]
            tokio::spawn(connection);
            sender
        });
        c.bench_function(&format!("call/{name}"), |b| {
            b.iter(|| {
                let request = Request::get(path)
                    .header("host", "a")
                    .header(header, &value)
                    .body(Empty::<Bytes>::new());
                runtime.block_on(async {
                    let answer = sender.send_request(request.unwrap()).await.unwrap();
                    assert_eq!(answer.status(), 200);
                    answer.into_body().collect().await.unwrap();
                });
            });
        });
    }
}

criterion_group!(benches, calls);
criterion_main!(benches);
