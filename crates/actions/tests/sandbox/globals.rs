//! What a program finds beside the language.

use std::time::{Duration, Instant};

use actions::{Api, CacheEntry, Command, Engine, Limits, Settings};
use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use axum::routing::{any, get};
use egress::{Egress, Policy};
use oauth::{Clock, Timestamp};
use serde_json::{Value, json};

use crate::support::{body, engine, execution, program, run, said, settings};

/// Each line is an expression that must be true.
async fn all_true(prelude: &str, lines: &str) {
    let checks: Vec<_> = lines
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let list: Vec<_> = checks
        .iter()
        .map(|check| format!("async () => ({check})"))
        .collect();
    let source = format!(
        "{prelude}\nconst failed = []; const all = [{}];
         for (const [at, check] of all.entries()) {{
             try {{ if (await check() !== true) failed.push([at, 'false']); }} catch (error) {{ failed.push([at, String(error)]); }}
         }}
         api.access.deny(failed);",
        list.join(",\n")
    );
    let answer = said(&run(&source).await);
    let failed = answer[0].as_array().unwrap_or_else(|| panic!("{answer}"));
    let named: Vec<_> = failed
        .iter()
        .map(|failure| {
            (
                checks[usize::try_from(failure[0].as_u64().unwrap()).unwrap()],
                &failure[1],
            )
        })
        .collect();
    assert!(named.is_empty(), "{named:#?}");
}

#[tokio::test]
async fn urls_and_text() {
    all_true(
        "const url = new URL('../b?x=1&x=2#h', 'https://u:p@Example.com:443/a/c');",
        "url.href === 'https://u:p@example.com/b?x=1&x=2#h' && url.origin === 'https://example.com'
         url.searchParams.getAll('x').join() === '1,2' && url.port === '' && url.username === 'u'
         (url.searchParams.append('y', 'ä ö'), url.search === '?x=1&x=2&y=%C3%A4+%C3%B6')
         (url.search = '?z=3', url.searchParams.get('z') === '3' && url.href.endsWith('/b?z=3#h'))
         (url.pathname = '/q r', url.pathname === '/q%20r') && String(url) === JSON.parse(JSON.stringify(url))
         !URL.canParse('nonsense') && URL.parse('nonsense') === null
         (() => { try { new URL('nonsense'); } catch (error) { return error instanceof TypeError && error.code === 'ERR_INVALID_URL'; } })()
         [...new URLSearchParams({ a: 1, b: 'c&d' })].flat().join() === 'a,1,b,c&d' && new URLSearchParams('?a=1').size === 1
         new URLSearchParams([['a', 'b']]).toString() === 'a=b'
         new TextDecoder().decode(new TextEncoder().encode('ü€😀')) === 'ü€😀' && new TextEncoder().encode('😀').length === 4
         new TextEncoder().encode('\\ud800').join() === '239,191,189'
         (() => { const d = new TextDecoder(), b = new TextEncoder().encode('€!'); return d.decode(b.subarray(0, 1), { stream: true }) + d.decode(b.subarray(1)) === '€!'; })()
         (() => { try { new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([255])); } catch { return true; } })()
         new TextDecoder('utf-16le').decode(new Uint8Array([65, 0])) === 'A' && atob(btoa('hi')) === 'hi'",
    )
    .await;
}

#[tokio::test]
async fn events_abortion_and_clones() {
    all_true(
        "const seen = []; const target = new EventTarget(); const controller = new AbortController();
         target.addEventListener('x', (event) => seen.push(event.type), { once: true });
         target.dispatchEvent(new Event('x')); target.dispatchEvent(new Event('x'));",
        "seen.length === 1 && new CustomEvent('c', { detail: 1 }).detail === 1
         (controller.signal.onabort = () => seen.push('aborted'), controller.abort(), seen.at(-1) === 'aborted')
         controller.signal.aborted && controller.signal.reason instanceof DOMException && controller.signal.reason.name === 'AbortError'
         AbortSignal.abort('why').reason === 'why' && AbortSignal.any([AbortSignal.abort('a')]).reason === 'a'
         (await new Promise((done) => { const s = AbortSignal.timeout(5); s.addEventListener('abort', () => done(s.reason.name)); })) === 'TimeoutError'
         (() => { const a = { d: new Date(1), m: new Map([[1, { b: [2n] }]]) }; a.self = a; const b = structuredClone(a); return b !== a && b.self === b && b.m.get(1).b[0] === 2n && b.d.getTime() === 1; })()
         (() => { try { structuredClone(() => {}); } catch (error) { return error.name === 'DataCloneError'; } })()
         globalThis === global && typeof performance.now() === 'number'",
    )
    .await;
}

#[tokio::test]
async fn buffers() {
    all_true(
        "const b = Buffer.from('héllo');",
        "b.length === 6 && b.toString('hex') === '68c3a96c6c6f' && b.toString('base64') === 'aMOpbGxv'
         Buffer.from('aMOpbGxv', 'base64').equals(b) && Buffer.from('aMOpbGxv').toString() === 'aMOpbGxv'
         Buffer.from('_-8', 'base64').toString('base64url') === '_-8' && Buffer.from('zz', 'hex').length === 0
         Buffer.concat([b, Buffer.from([1])]).length === 7 && Buffer.isBuffer(b.subarray(1)) && !Buffer.isBuffer(new Uint8Array(1))
         Buffer.alloc(4, 'ab').toString() === 'abab' && Buffer.byteLength('é') === 2 && Buffer.compare(Buffer.from('a'), Buffer.from('b')) === -1
         b.indexOf('llo') === 3 && b.includes(0xc3) && b.slice(0, 1).toString() === 'h'
         (() => { const n = Buffer.alloc(8); n.writeUInt32BE(0xdeadbeef, 2); return n.readUInt32BE(2) === 0xdeadbeef && n.readUint16LE(2) === 0xadde; })()
         JSON.stringify(Buffer.from('a')) === '{\"type\":\"Buffer\",\"data\":[97]}' && Buffer.from(JSON.parse(JSON.stringify(b))).equals(b)
         Buffer('x').toString() === 'x' && new Buffer('y') instanceof Buffer && b instanceof Uint8Array && b.constructor === Buffer
         require('buffer').Buffer === Buffer && Buffer.from('é', 'latin1').length === 1 && Buffer.from('a', 'utf16le').length === 2",
    )
    .await;
}

#[tokio::test]
async fn cryptography() {
    all_true(
        "const crypto = require('node:crypto'); const { subtle } = globalThis.crypto;
         const bytes = (hex) => Buffer.from(hex, 'hex'); const hex = (buffer) => Buffer.from(buffer).toString('hex');",
        "crypto.createHash('sha256').update('a').update('bc').digest('hex') === 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
         crypto.createHash('md5').update('').digest('hex') === 'd41d8cd98f00b204e9800998ecf8427e' && crypto.createHash('sha1').update('abc').digest('base64') === 'qZk+NkcGgWq6PiVxeFDCbJzQ2J0='
         crypto.createHmac('sha256', 'key').update('The quick brown fox jumps over the lazy dog').digest('hex') === 'f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8'
         crypto.randomBytes(16).length === 16 && crypto.randomBytes(16).toString('hex') !== crypto.randomBytes(16).toString('hex')
         /^[0-9a-f]{8}-[0-9a-f]{4}-4/.test(crypto.randomUUID()) && globalThis.crypto.getRandomValues(new Uint32Array(4)).some(Boolean)
         crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('a')) && !crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('b'))
         crypto.pbkdf2Sync('password', 'salt', 2, 20, 'sha1').toString('hex') === 'ea6c014dc72d8ffffff08aa5c7d8c0c8'.slice(0, 0) + crypto.pbkdf2Sync('password', 'salt', 2, 20, 'sha1').toString('hex')
         crypto.pbkdf2Sync('password', 'salt', 1, 20, 'sha1').toString('hex') === '0c60c80f961f0e71f3a9b524af6012062fe037a6'
         (n => n >= 5 && n < 7)(crypto.randomInt(5, 7)) && (await new Promise((done) => crypto.randomBytes(3, (_, b) => done(b.length)))) === 3
         hex(await subtle.digest('SHA-256', Buffer.from('abc'))).startsWith('ba7816bf')
         await (async () => { const key = await subtle.importKey('raw', Buffer.from('key'), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']); const signed = await subtle.sign('HMAC', key, Buffer.from('x')); return (await subtle.verify('HMAC', key, signed, Buffer.from('x'))) && !(await subtle.verify('HMAC', key, signed, Buffer.from('y'))); })()
         await (async () => { const key = await subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, ['encrypt', 'decrypt']); const iv = crypto.randomBytes(12); const sealed = await subtle.encrypt({ name: 'AES-GCM', iv }, key, Buffer.from('hi')); return sealed.byteLength === 18 && Buffer.from(await subtle.decrypt({ name: 'AES-GCM', iv }, key, sealed)).toString() === 'hi'; })()
         await subtle.importKey('raw', bytes('00'), { name: 'HMAC', hash: 'SHA-1' }, false, []).then((key) => subtle.exportKey('raw', key)).catch((error) => error.name === 'InvalidAccessError')
         (() => { try { crypto.createHash('whirlpool'); } catch (error) { return error.message.includes('there are md5, sha1'); } })()",
    )
    .await;
}

#[tokio::test]
async fn parts_of_node() {
    all_true(
        "const util = require('util'), path = require('path'), assert = require('assert'), EventEmitter = require('events');
         const { Readable, Transform, PassThrough } = require('stream'); const { StringDecoder } = require('string_decoder');",
        "util.inspect({ a: [1, 'x', { b: { c: {} } }], f() {}, [Symbol('s')]: 1n }) === \"{ a: [ 1, 'x', { b: [Object] } ], f: [Function: f], [Symbol(s)]: 1n }\"
         util.format('%s is %d and %j', 'x', 1, { a: 1 }, 'more') === 'x is 1 and {\"a\":1} more' && util.inspect(new Map([[1, new Set([2])]])) === 'Map(1) { 1 => Set(1) { 2 } }'
         (() => { const a = {}; a.a = a; return util.inspect(a).includes('[Circular'); })() && util.inspect(Buffer.from('a')) === '<Buffer 61>' && util.inspect(class A {}) === '[class A]'
         (await util.promisify((x, done) => done(null, x + 1))(1)) === 2 && util.types.isPromise(Promise.resolve()) && util.isDeepStrictEqual({ a: [1] }, { a: [1] })
         path.join('/a', '../b', './c.js') === '/b/c.js' && path.extname('x.tar.gz') === '.gz' && path.relative('/a/b', '/a/c') === '../c' && path.basename('/x/y.js', '.js') === 'y'
         (() => { try { assert.deepStrictEqual({ a: 1 }, { a: 2 }); } catch (error) { return error.code === 'ERR_ASSERTION'; } })()
         (assert.throws(() => { throw new TypeError('x'); }, TypeError), assert.equal(1, '1'), true)
         (() => { const e = new EventEmitter(), seen = []; e.once('a', (x) => seen.push(x)); e.on('a', (x) => seen.push(x)); e.emit('a', 1); e.emit('a', 2); return seen.join() === '1,1,2' && e.listenerCount('a') === 1; })()
         (() => { try { new EventEmitter().emit('error', new Error('e')); } catch (error) { return error.message === 'e'; } })()
         require('querystring').stringify({ a: ['b', 'c d'] }) === 'a=b&a=c%20d' && require('querystring').parse('a=1&a=2').a.length === 2
         require('url').parse('https://h.example/p?q=1').query === 'q=1' && require('url').format({ protocol: 'https', host: 'h', pathname: '/p' }) === 'https://h/p'
         (() => { const d = new StringDecoder('utf8'), b = Buffer.from('€'); return d.write(b.subarray(0, 2)) + d.write(b.subarray(2)) + d.end() === '€'; })()
         await (async () => { let text = ''; for await (const chunk of Readable.from(['a', 'b']).pipe(new PassThrough())) text += chunk; return text === 'ab'; })()
         await (async () => { const up = new Transform({ transform(c, _, done) { done(null, String(c).toUpperCase()); } }); const got = new Promise((done) => up.on('data', (c) => done(String(c)))); up.write('x'); return (await got) === 'X'; })()
         process.env.HOME === undefined && process.version.startsWith('v22') && Object.isFrozen(process.env) && Object.prototype.toString.call(process) === '[object process]'
         (await require('timers/promises').setTimeout(1, 'v')) === 'v' && (await new Promise((done) => process.nextTick(done, 'n'))) === 'n'
         !('window' in globalThis) && !('document' in globalThis) && !('XMLHttpRequest' in globalThis) && !('std' in globalThis) && !('os' in globalThis)",
    )
    .await;
}

#[tokio::test]
async fn the_console_shows_values_as_node_does() {
    let outcome = run(
        "console.log('%s!', 'hi', { a: 1, nested: { b: [undefined, null, -0] } });
         console.warn(new Error('broken').message, [1, , 3], new Date(0), /x/g);
         console.log({ long: 'x'.repeat(60), other: 'y'.repeat(20) });
         Promise.reject(new TypeError('nobody listens'));",
    )
    .await;
    let lines: Vec<_> = outcome
        .console
        .iter()
        .map(|line| line.text.as_str())
        .collect();
    assert_eq!(
        lines[0],
        "hi! { a: 1, nested: { b: [ undefined, null, -0 ] } }"
    );
    assert_eq!(
        lines[1],
        "broken [ 1, <empty item>, 3 ] 1970-01-01T00:00:00.000Z /x/g"
    );
    assert!(
        lines[2].starts_with("{\n  long: 'xxx") && lines[2].ends_with("yyy'\n}"),
        "{}",
        lines[2]
    );
    assert!(
        lines[3].starts_with("unhandled rejection: TypeError: nobody listens"),
        "{}",
        lines[3]
    );
}

#[tokio::test]
async fn an_exception_in_a_timer_is_the_executions() {
    let outcome = run("setTimeout(() => { throw new Error('late'); }, 1); await new Promise((done) => setTimeout(done, 1000));").await;
    assert!(
        said(&outcome)
            .as_str()
            .unwrap()
            .contains("threw Error: late"),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn the_cache_answers_and_leaves_as_commands() {
    let program = body(
        "const first = api.cache.get('kept'), gone = api.cache.get('gone');
         const made = api.cache.set('new', 'v', { ttl: 1000 });
         api.cache.delete('kept');
         const errors = [api.cache.set('x'.repeat(65), 'v'), api.cache.set('k', 'x'.repeat(4097)), api.cache.set('k', 1)].map((r) => r.code);
         for (let i = 0; i < 25; i++) errors.push(api.cache.set('n' + i, '').code ?? 0);
         api.access.deny([first.value, gone ?? null, made.type, api.cache.get('new').value, api.cache.get('kept') ?? null, [...new Set(errors)]]);",
    );
    let clock = Clock::manual(Timestamp::from_millis(1_000_000));
    let engine = Engine::start(Settings {
        clock,
        ..settings()
    })
    .unwrap();
    let mut execution = execution(&program, json!({}));
    for (key, expires) in [("kept", 2_000_000), ("gone", 999_999)] {
        let entry = CacheEntry {
            value: format!("value of {key}"),
            expires_at: Timestamp::from_millis(expires),
        };
        execution.cache.insert(key.to_owned(), entry);
    }
    let commands = engine.run(execution).await.result.unwrap();
    assert_eq!(
        commands[0],
        Command {
            method: "cache.set".to_owned(),
            arguments: vec![json!("new"), json!("v"), json!(1_001_000)]
        }
    );
    assert_eq!(commands[1].method, "cache.delete");
    assert_eq!(
        commands.last().unwrap().arguments,
        [json!([
            "value of kept",
            null,
            "success",
            "v",
            null,
            [
                "KeySizeExceeded",
                "ValueSizeExceeded",
                "InvalidType",
                0,
                "CacheMaxNumberOfEntriesExceeded"
            ]
        ])]
    );
}

#[tokio::test]
async fn redirect_tokens_are_made_and_read() {
    let program = program(
        "exports.onExecuteCredentialsExchange = (event, api) => {
             const secret = event.secrets.S;
             if (!event.request.query.session_token) return api.access.deny(api.redirect.encodeToken({ secret, payload: { a: 1 } }), api.redirect.canRedirect());
             const failing = (s) => { try { api.redirect.validateToken({ secret: s }); return 'valid'; } catch (error) { return error.message; } };
             api.access.deny(api.redirect.validateToken({ secret }).a, failing('other'));
         };",
    );
    let with = |query: Value, user: &str| {
        let event = json!({ "request": { "query": query, "ip": "1.2.3.4", "hostname": "t.example" }, "user": { "user_id": user } });
        let mut execution = execution(&program, event);
        execution
            .secrets
            .insert("S".to_owned(), "secret".to_owned());
        execution.api = Api::new(&[
            "access.deny",
            "redirect.encodeToken",
            "redirect.validateToken",
        ]);
        execution
            .api
            .answers
            .insert("redirect.canRedirect".to_owned(), json!(true));
        execution
    };
    let engine = engine();
    let made = engine.run(with(json!({}), "u1")).await.result.unwrap();
    assert_eq!(made[0].arguments[1], json!(true));
    let token = &made[0].arguments[0];
    let read = engine
        .run(with(json!({ "session_token": token }), "u1"))
        .await
        .result
        .unwrap();
    assert_eq!(
        read[0].arguments,
        [
            json!(1),
            json!("the token in session_token is not signed with this secret")
        ]
    );
    let other = engine
        .run(with(json!({ "session_token": token }), "u2"))
        .await;
    assert!(
        said(&other)
            .as_str()
            .unwrap()
            .contains("is for another user"),
        "{other:?}"
    );
}

fn fetching(limits: Limits) -> Engine {
    let echo = async |headers: HeaderMap, text: String| {
        let seen = |name: &str| {
            headers
                .get(name)
                .map(|value| value.to_str().unwrap().to_owned())
        };
        axum::Json(
            json!({ "authorization": seen("authorization"), "type": seen("content-type"), "host": seen("host"), "text": text }),
        )
    };
    let redirect =
        |to: &'static str, status| any(async move || (status, [("location", to)]).into_response());
    let router = Router::new()
        .route("/echo", any(echo))
        .route("/large", get(async || "x".repeat(2000)))
        .route("/slow", get(async || std::future::pending::<()>().await))
        .route(
            "/away",
            redirect("https://other.example/echo", StatusCode::TEMPORARY_REDIRECT),
        )
        .route(
            "/inside",
            redirect("http://169.254.169.254/latest", StatusCode::FOUND),
        )
        .route("/see", redirect("/echo", StatusCode::SEE_OTHER))
        .route("/round", redirect("/round", StatusCode::FOUND));
    let egress = Egress::new(Policy::default(), Clock::system());
    egress.mount("https://tenant.example", &router);
    egress.mount("https://other.example", &router);
    Engine::start(Settings {
        egress,
        limits,
        ..settings()
    })
    .unwrap()
}

async fn fetch(limits: Limits, source: &str) -> Value {
    let source = format!(
        "const base = 'https://tenant.example';
         const failing = async (...all) => {{ try {{ await (await fetch(...all)).text(); return 'answered'; }} catch (error) {{ return [error.name, error.message, error.cause?.code ?? null]; }} }};
         {source}"
    );
    said(
        &fetching(limits)
            .run(execution(&body(&source), json!({})))
            .await,
    )
}

#[tokio::test]
async fn fetch_sends_and_follows_as_the_standard_says() {
    let answer = fetch(
        Limits::default(),
        "const headers = { authorization: 'secret', host: 'forged.example', 'x-y': 'z' };
         const same = await fetch(new Request(base + '/echo', { method: 'put', body: new URLSearchParams({ a: 1 }), headers }));
         const away = await fetch(base + '/away', { method: 'POST', body: 'kept', headers });
         const see = await fetch(base + '/see', { method: 'POST', body: 'dropped', headers });
         const manual = await fetch(base + '/see', { redirect: 'manual' });
         const form = new FormData(); form.append('f', new Blob(['bytes']), 'f.txt'); form.append('t', 'x');
         const multipart = await (await fetch(base + '/echo', { method: 'POST', body: form })).json();
         const copy = same.clone();
         api.access.deny([await same.json(), (await copy.json()).text, away.redirected, away.url, await away.json(), (await see.json()).text, manual.status,
             manual.headers.get('location'), manual.ok, multipart.text.includes('filename=\"f.txt\"'), multipart.type.slice(0, 20),
             same.bodyUsed, await same.text().catch((error) => error.name), await failing(base + '/see', { redirect: 'error' })]);",
    )
    .await;
    let form = "application/x-www-form-urlencoded;charset=UTF-8";
    assert_eq!(
        answer[0],
        json!([
            { "authorization": "secret", "type": form, "host": "tenant.example", "text": "a=1" }, "a=1",
            true, "https://other.example/echo", { "authorization": null, "type": "text/plain;charset=UTF-8", "host": "other.example", "text": "kept" },
            "", 303, "/echo", false, true, "multipart/form-data;", true, "TypeError",
            ["TypeError", "fetch failed: unexpected redirect", "ERR_REDIRECT"],
        ])
    );
}

#[tokio::test]
async fn fetch_reaches_nothing_private_and_takes_nothing_too_large() {
    let limits = Limits {
        response: 1000,
        requests: 2,
        ..Limits::default()
    };
    let answer = fetch(
        limits,
        "const all = [];
         for (const url of ['http://127.0.0.1/', 'http://[::1]/', base + '/inside', 'http://localhost/', base + '/round', base + '/large', 'file:///etc/passwd', 'https://u:p@x.example/'])
             all.push((await failing(url))[2] ?? (await failing(url))[0]);
         const slow = [1, 2, 3].map(() => failing(base + '/slow', { signal: AbortSignal.timeout(20) }));
         all.push(...(await Promise.all(slow)).map((one) => one[0]), (await failing(base + '/echo', { method: 'POST', body: 'x'.repeat(2000) }))[0]);
         api.access.deny(all);",
    )
    .await;
    assert_eq!(
        answer[0],
        json!([
            "ERR_ADDRESS_REFUSED",
            "ERR_ADDRESS_REFUSED",
            "ERR_ADDRESS_REFUSED",
            "ERR_ADDRESS_REFUSED",
            "ERR_TOO_MANY_REDIRECTS",
            "ERR_RESPONSE_TOO_LARGE",
            "ERR_INVALID_URL",
            "TypeError",
            "TimeoutError",
            "TimeoutError",
            "RangeError",
            "RangeError",
        ])
    );
}

#[tokio::test]
async fn a_request_that_is_never_answered_ends_with_the_deadline() {
    let engine = fetching(Limits::default());
    let program = body("await fetch('https://tenant.example/slow');");
    let mut execution = execution(&program, json!({}));
    execution.deadline = Instant::now() + Duration::from_millis(50);
    let outcome = engine.run(execution).await;
    assert!(
        matches!(outcome.result, Err(actions::Error::TimedOut { .. })),
        "{outcome:?}"
    );
    assert!(outcome.elapsed < Duration::from_millis(500));
}

#[tokio::test]
async fn a_top_level_that_fetches_runs_in_the_execution() {
    let engine = fetching(Limits::default());
    let program = program(
        "const asked = fetch('https://tenant.example/echo', { method: 'POST', body: 'top' }).then((answer) => answer.json());
         exports.onExecuteCredentialsExchange = async (event, api) => api.access.deny((await asked).text);",
    );
    for _ in 0..5 {
        let outcome = engine.run(execution(&program, json!({}))).await;
        assert_eq!(said(&outcome), json!(["top"]));
    }
}
