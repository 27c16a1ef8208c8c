//! Programs as attackers write them.

use std::time::Duration;

use crate::support::{body, engine, engine_with, execution, program, run, said, settings, short};
use actions::{Engine, Error, Limits, Settings};
use serde_json::json;

#[tokio::test]
async fn every_way_to_run_for_ever_is_stopped() {
    let engine = engine();
    for source in [
        "while (true) {}",
        "for (;;) { try { while (true) {} } catch {} finally { for (;;) {} } }",
        "for (;;) await null;",
        "const again = () => { Promise.resolve().then(again); }; again(); await new Promise(() => {});",
        "/(a+)+$/.test('a'.repeat(200) + 'b');",
        "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);",
        "throw { get message() { while (true) {} }, toString() { while (true) {} } };",
        "const tick = () => setTimeout(tick, 0); tick(); await new Promise(() => {});",
        "for (let i = 0; i < 1e5; i++) setInterval(() => {}, 0); await new Promise(() => {});",
        "setTimeout(() => { while (true) {} }); await new Promise(() => {});",
        "await new Promise((done) => setTimeout(done, 1e6));",
    ] {
        let outcome = engine.run(short(&body(source))).await;
        assert!(
            matches!(outcome.result, Err(Error::TimedOut { .. })),
            "{source}: {:?}",
            outcome.result
        );
        assert!(
            outcome.elapsed < Duration::from_secs(1),
            "{source}: {:?}",
            outcome.elapsed
        );
    }
}

#[tokio::test]
async fn what_is_one_step_to_the_language_does_not_take_long_either() {
    let engine = engine();
    for source in [
        "let n = 3n ** 200000n; for (;;) String(n);",
        "const all = Array.from({ length: 5e5 }, (_, i) => i * 7 % 1000003); for (;;) all.slice().sort();",
        "const text = 'ab'.repeat(2e6); for (;;) text.replaceAll('a', 'cd').split('d').join('e');",
        "const data = JSON.stringify(Array(2e5).fill({ a: [1, 2, 3] })); for (;;) JSON.parse(data);",
        "for (;;) require('crypto').pbkdf2Sync('p', 's', 50000, 32, 'sha512');",
        "const big = 'x'.repeat(1e6); for (;;) console.log(big);",
        "for (;;) structuredClone(Array(1e4).fill({ a: 1 }));",
        "const m = new Map(); for (let i = 0; i < 1e5; i++) m.set(i, i); for (;;) [...m].map(String);",
    ] {
        let outcome = engine.run(short(&body(source))).await;
        assert!(outcome.result.is_err(), "{source}");
        assert!(
            outcome.elapsed < Duration::from_secs(3),
            "{source}: {:?}",
            outcome.elapsed
        );
    }
}

#[tokio::test]
async fn nothing_of_a_context_is_there_for_the_next_execution() {
    let engine = engine();
    let dirty = program(
        "globalThis.left = 1; Object.prototype.left = 1; Promise.prototype.then = null; JSON.parse = null;
         globalThis.fetch = Object.freeze = console.log = null; delete globalThis.setTimeout;
         Object.defineProperty(Error, 'prepareStackTrace', { value: () => { throw 1; } });
         setInterval(() => {}, 1); exports.onExecuteCredentialsExchange = () => {};",
    );
    let clean = body(
        "await new Promise((done) => setTimeout(done, 1)); console.log('x');
         api.access.deny([typeof left, typeof fetch, typeof JSON.parse, typeof new Error().stack]);",
    );
    for _ in 0..30 {
        let _ = engine.run(execution(&dirty, json!({}))).await;
        let outcome = engine.run(execution(&clean, json!({}))).await;
        assert_eq!(
            said(&outcome),
            json!([["undefined", "function", "function", "string"]])
        );
    }
}

#[tokio::test]
async fn a_loop_outside_the_handler_is_stopped_too() {
    let engine = engine();
    let program = program("while (true) {}");
    for _ in 0..2 {
        let outcome = engine.run(short(&program)).await;
        assert!(matches!(outcome.result, Err(Error::TimedOut { .. })));
    }
}

#[tokio::test]
async fn a_promise_that_nothing_settles_is_named_at_once() {
    let outcome = run("await new Promise(() => {});").await;
    assert!(matches!(outcome.result, Err(Error::NeverSettles { .. })));
    assert!(outcome.elapsed < Duration::from_millis(200));
}

#[tokio::test]
async fn a_memory_bomb_ends_the_program_and_not_the_process() {
    let engine = engine_with(Limits {
        memory: 16 << 20,
        ..Limits::default()
    });
    for source in [
        "const all = []; for (;;) all.push(new Array(1000).fill(1));",
        "new ArrayBuffer(1 << 30);",
        "let s = 'x'; for (;;) s += s + 'y'.repeat(1e6);",
        "let n = 1n; for (;;) n = n * n + 3n;",
        "const m = new Map(); for (let i = 0; ; i++) m.set({}, 'x'.repeat(100));",
    ] {
        let outcome = engine.run(execution(&body(source), json!({}))).await;
        let Err(error) = outcome.result else {
            panic!("{source} went through")
        };
        // A string has a largest length below the limit's reach; that is an error as well.
        assert!(
            matches!(error, Error::OutOfMemory { .. } | Error::Threw { .. }),
            "{source}: {error}"
        );
    }
}

#[tokio::test]
async fn deep_recursion_is_an_error_of_the_program() {
    for source in [
        "const f = () => f() + 1; f();",
        "JSON.parse('['.repeat(1e6))",
        "let v = []; for (let i = 0; i < 1e5; i++) v = [v]; JSON.stringify(v);",
        "let v = []; for (let i = 0; i < 200; i++) v = [v]; api.access.deny(v);",
        "new Function('['.repeat(1e5))",
    ] {
        let outcome = run(source).await;
        let Err(Error::Threw { message, .. }) = outcome.result else {
            panic!("{source}: {:?}", outcome.result)
        };
        assert!(message.contains("Error"), "{source}: {message}");
    }
}

#[tokio::test]
async fn too_much_output_ends_the_program_even_if_it_catches_the_error() {
    let outcome = run("for (;;) { try { api.access.deny('x'.repeat(1000)); } catch {} }").await;
    assert!(matches!(outcome.result, Err(Error::TooMuchOutput { .. })));
}

#[tokio::test]
async fn a_flood_of_console_output_is_cut_and_said_to_be() {
    let engine = engine_with(Limits {
        console: 256,
        ..Limits::default()
    });
    let program = body(
        "for (let i = 0; i < 10000; i++) console.log('line ' + i, i % 2 ? '' : 'é'.repeat(9));",
    );
    let outcome = engine.run(execution(&program, json!({}))).await;
    assert_eq!(outcome.result, Ok(Vec::new()));
    let kept: usize = outcome
        .console
        .iter()
        .map(|line| line.text.chars().count())
        .sum();
    assert!(kept < 320, "{kept}");
    let last = outcome.console.last().map(|line| line.text.as_str());
    assert_eq!(last, Some("… output beyond 256 characters is dropped"));
}

#[tokio::test]
async fn more_than_threads_and_queue_can_hold_is_refused_alone() {
    let engine = Engine::start(Settings {
        threads: 1,
        queue: 1,
        ..settings()
    })
    .unwrap();
    let program = body("while (true) {}");
    let runs = (0..8).map(|_| {
        let (engine, execution) = (engine.clone(), short(&program));
        async move { engine.run(execution).await.result }
    });
    let results = futures_util::future::join_all(runs).await;
    assert!(results.contains(&Err(Error::Busy)));
    assert!(
        results
            .iter()
            .any(|result| matches!(result, Err(Error::TimedOut { .. })))
    );
    // And it goes on working.
    let outcome = engine.run(execution(&body(""), json!({}))).await;
    assert_eq!(outcome.result, Ok(Vec::new()));
}

#[tokio::test]
async fn one_that_ends_at_once_does_not_even_need_a_thread() {
    // Nobody waits for the one thread: whoever does not find it free is refused.
    let engine = Engine::start(Settings {
        threads: 1,
        queue: 0,
        ..settings()
    })
    .unwrap();
    let quick = body("api.access.deny(1)");
    let accepted = async || loop {
        let outcome = engine.run(execution(&quick, json!({}))).await;
        if outcome.result != Err(Error::Busy) {
            break outcome;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(said(&accepted().await), json!([1]));
    let endless = body("while (true) {}");
    let mut busy = loop {
        let mut run = Box::pin(engine.run(short(&endless)));
        tokio::select! {
            biased;
            refused = &mut run => assert_eq!(refused.result, Err(Error::Busy)),
            () = std::future::ready(()) => break run,
        }
        tokio::task::yield_now().await;
    };
    // As soon as a context is ready, it needs nothing else.
    assert_eq!(said(&accepted().await), json!([1]));
    tokio::select! {
        biased;
        ended = &mut busy => panic!("the thread was free: {ended:?}"),
        () = std::future::ready(()) => {}
    }
    assert!(matches!(busy.await.result, Err(Error::TimedOut { .. })));
}

#[tokio::test]
async fn one_that_does_not_end_at_once_begins_anew_on_a_thread_and_leaves_nothing_behind() {
    let engine = engine();
    for source in [
        "api.access.deny('once'); console.log('x'); await new Promise((done) => setTimeout(done, 2));",
        "api.access.deny('once'); console.log('x'); const end = Date.now() + 4; while (Date.now() < end) {}",
        "api.access.deny('once'); console.log('x'); await fetch('http://10.0.0.1/').catch(() => {});",
        "let n = Number(api.cache.get('n')?.value ?? 0); api.cache.set('n', String(n + 1)); await new Promise(setImmediate);
         console.log('x'); api.access.deny(n === 0 ? 'once' : 'twice');",
    ] {
        let program = body(source);
        for _ in 0..12 {
            let outcome = engine.run(execution(&program, json!({}))).await;
            let commands = outcome.result.unwrap();
            let denials = commands.iter().filter(|one| one.method == "access.deny");
            let denials: Vec<_> = denials.map(|one| one.arguments.clone()).collect();
            assert_eq!(denials, [vec![json!("once")]], "{source}");
            assert_eq!(outcome.console.len(), 1, "{source}");
        }
    }
}

#[tokio::test]
async fn others_are_answered_as_fast_while_attackers_run() {
    let engine = Engine::start(Settings {
        threads: 4,
        ..settings()
    })
    .unwrap();
    let mut attackers = tokio::task::JoinSet::new();
    for attack in ["while (true) {}", "/(a+)+$/.test('a'.repeat(200) + 'b');"] {
        let (engine, execution) = (engine.clone(), short(&body(attack)));
        attackers.spawn(async move { engine.run(execution).await.result });
    }
    tokio::task::yield_now().await;
    let quick = body("api.access.deny(1)");
    let mut took = Vec::new();
    for _ in 0..20 {
        let started = std::time::Instant::now();
        let outcome = engine.run(execution(&quick, json!({}))).await;
        assert_eq!(said(&outcome), json!([1]));
        took.push(started.elapsed());
    }
    took.sort();
    assert!(took[10] < Duration::from_millis(100), "{took:?}");
    let stopped = attackers.join_all().await;
    assert!(stopped.iter().all(Result::is_err), "{stopped:?}");
}

#[tokio::test]
async fn one_that_computes_does_not_hold_up_another() {
    let engine = engine();
    let mut slow = execution(&body("while (true) {}"), json!({}));
    slow.deadline = std::time::Instant::now() + Duration::from_secs(2);
    let slow = async {
        let outcome = engine.run(slow).await;
        (outcome.result, std::time::Instant::now())
    };
    let fast = async {
        let outcome = engine
            .run(execution(&body("api.access.deny(1)"), json!({})))
            .await;
        (said(&outcome), std::time::Instant::now())
    };
    let ((stopped, last), (answer, first)) = tokio::join!(slow, fast);
    assert!(
        matches!(stopped, Err(Error::TimedOut { .. })),
        "{stopped:?}"
    );
    assert_eq!(answer, json!([1]));
    assert!(first < last, "it waited for the other");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn threads_of_actions_yield_to_those_that_answer_requests() {
    let engine = engine();
    let outcome = engine.run(execution(&body(""), json!({}))).await;
    assert!(outcome.result.is_ok());
    let niceness = |stat: &str| -> (bool, i32) {
        let (name, rest) = stat.rsplit_once(')').unwrap();
        let nice = rest.split_whitespace().nth(16).unwrap().parse().unwrap();
        (name.contains("(actions-"), nice)
    };
    let threads = std::fs::read_dir("/proc/self/task").unwrap();
    let all: Vec<_> = threads
        .filter_map(|thread| std::fs::read_to_string(thread.unwrap().path().join("stat")).ok())
        .map(|stat| niceness(&stat))
        .collect();
    let of = |actions| {
        all.iter()
            .filter(move |one| one.0 == actions)
            .map(|one| one.1)
    };
    // A thread that was just started has not come to it yet.
    assert!(of(true).max() > of(false).max(), "{all:?}");
}
