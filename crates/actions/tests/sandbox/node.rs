//! Parts of Node that packages lean on.

use std::sync::Arc;

use actions::{Engine, Settings};
use serde_json::{Value, json};

use crate::packages::{run_with, tenant};
use crate::registry::Registry;
use crate::support::{HANDLER, execution, program_with, run, said, settings};

#[tokio::test]
async fn http_and_https_ask_as_node_does() {
    let body = r#"
        const https = require("https");
        const { Agent, STATUS_CODES } = require("http");
        const read = (answer) => new Promise((done, fail) => {
            const chunks = [];
            answer.on("data", (chunk) => chunks.push(chunk));
            answer.on("end", () => done(JSON.parse(Buffer.concat(chunks).toString())));
            answer.on("error", fail);
        });
        const ask = (options, body) => new Promise((done, fail) => {
            const request = https.request(options, (answer) => read(answer).then((data) => done([answer.statusCode, data]), fail));
            request.on("error", (error) => done([error.code, error.message]));
            if (body) request.write(body);
            request.end();
        });
        const whole = { protocol: "https:", hostname: "tenant.example", path: "/echo?a=1", method: "post",
            headers: { "Content-Type": "text/plain", "X-Test": "t" }, auth: "u:p", agent: new Agent({ keepAlive: true }) };
        const got = await new Promise((done) => https.get("https://tenant.example/redirect", done));
        const slow = new Promise((done) => {
            const request = https.get(new URL("https://tenant.example/slow"), { timeout: 10 });
            request.on("timeout", () => request.destroy(new Error("too slow")));
            request.on("error", (error) => done(error.message));
        });
        const failing = (call) => { try { call(); return "worked"; } catch (error) { return error.code; } };
        api.access.deny([
            await ask(whole, "hello"), [got.statusCode, got.headers.location, STATUS_CODES[got.statusCode]], await slow,
            (await ask("https://no-such-host.invalid/"))[0], (await ask({ host: "127.0.0.1", port: 1 }))[0],
            failing(() => require("http").createServer()), failing(() => https.get("ftp://tenant.example/")),
        ]);"#;
    let answer = said(&run_with(&[], body).await);
    let echoed = json!({ "method": "POST", "query": [["a", "1"]], "body": "hello",
        "headers": { "type": "text/plain", "authorization": "Basic dTpw", "x": "t" } });
    assert_eq!(
        answer,
        json!([[
            [200, echoed],
            [302, "/echo?to=1", "Found"],
            "too slow",
            "ENOTFOUND",
            "ERR_ADDRESS_REFUSED",
            "ERR_NOT_OFFERED",
            "ERR_INVALID_PROTOCOL",
        ]])
    );
}

#[tokio::test]
async fn zlib_packs_what_it_unpacks_and_no_more_than_it_may() {
    let outcome = run(r#"
        const zlib = require("zlib");
        const { promisify } = require("util");
        const { Readable } = require("stream");
        const long = "ü".repeat(1000);
        const piped = await new Promise((done) => {
            const all = [];
            Readable.from([Buffer.from(long)]).pipe(zlib.createGzip()).pipe(zlib.createGunzip())
                .on("data", (chunk) => all.push(chunk)).on("end", () => done(Buffer.concat(all).toString() === long));
        });
        const failing = (call) => { try { call(); return "worked"; } catch (error) { return [error.name, error.code]; } };
        api.access.deny([
            zlib.gunzipSync(zlib.gzipSync(long)).toString() === long, zlib.unzipSync(zlib.deflateSync("a", { level: 9 })).toString(),
            zlib.inflateRawSync(zlib.deflateRawSync("b")).toString(), (await promisify(zlib.gunzip)(zlib.gzipSync("c"))).toString(), piped,
            zlib.gzipSync(long).length < 100, failing(() => zlib.gunzipSync("no gzip")), failing(() => zlib.gunzipSync(zlib.gzipSync(Buffer.alloc(9 << 20)))),
        ]);"#)
    .await;
    assert_eq!(
        said(&outcome),
        json!([[
            true,
            "a",
            "b",
            "c",
            true,
            true,
            ["Error", "Z_DATA_ERROR"],
            ["RangeError", null]
        ]])
    );
}

/// The first is NIST SP 800-38A, F.2.5.
#[tokio::test]
async fn ciphers_are_those_of_node() {
    let outcome = run(r#"
        const { createCipheriv, createDecipheriv } = require("crypto");
        const key = Buffer.from("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", "hex");
        const iv = Buffer.from("000102030405060708090a0b0c0d0e0f", "hex");
        const known = createCipheriv("aes-256-cbc", key, iv).update("6bc1bee22e409f96e93d7e117393172a", "hex", "hex");
        const cipher = createCipheriv("aes-256-cbc", key, iv);
        const first = cipher.update("6bc1bee22e409f96e93d7e117393172a", "hex", "hex") + cipher.final("hex");
        const around = (name, key, iv) => {
            const cipher = createCipheriv(name, key, iv);
            const sealed = Buffer.concat([cipher.update("a sécret", "utf8"), cipher.final()]);
            const opener = createDecipheriv(name, key, iv);
            if (name.endsWith("gcm")) opener.setAuthTag(cipher.getAuthTag());
            return opener.update(sealed, undefined, "utf8") + opener.final("utf8");
        };
        const failing = (call) => { try { call(); return "worked"; } catch (error) { return error.code; } };
        const opener = createDecipheriv("aes-256-cbc", key, iv);
        opener.update("00".repeat(16), "hex");
        api.access.deny([
            known, first.slice(0, 32), first.length, around("aes-256-cbc", key, iv), around("AES-128-CTR", key.subarray(0, 16), iv),
            around("aes-256-gcm", key, iv.subarray(0, 12)), failing(() => opener.final()), failing(() => createCipheriv("des", key, iv)),
            failing(() => createCipheriv("aes-128-cbc", key, iv)), failing(() => createCipheriv("aes-256-gcm", key, iv)),
        ]);"#)
    .await;
    assert_eq!(
        said(&outcome),
        json!([[
            "",
            "f58c4c04d6e5f1ba779eabfb5f7bfbd6",
            64,
            "a sécret",
            "a sécret",
            "a sécret",
            "ERR_OSSL_BAD_DECRYPT",
            "ERR_CRYPTO_UNKNOWN_CIPHER",
            "ERR_CRYPTO_INVALID_KEYLEN",
            "ERR_CRYPTO_INVALID_IV",
        ]])
    );
}

async fn with_a_package(files: &[(&str, &str)], bodies: &[&str]) -> Vec<Value> {
    let registry = Registry::default();
    registry.publish_files(json!({ "name": "shared", "version": "1.0.0" }), files);
    let modules = registry.install(&[("shared", "")]).await.unwrap();
    let settings = Settings {
        egress: tenant(),
        ..settings()
    };
    let engine = Engine::start(settings).unwrap();
    let mut answers = Vec::new();
    for body in bodies {
        let source = format!("exports.{HANDLER} = async (event, api) => {{{body}\n}}");
        let program = program_with(&source, modules.clone());
        for _ in 0..2 {
            let outcome = engine
                .run(execution(&Arc::clone(&program), json!({})))
                .await;
            answers.push(said(&outcome));
        }
    }
    answers
}

#[tokio::test]
async fn a_package_may_look_at_what_is_not_there_and_is_told_so_when_it_calls() {
    let file = r#"
        const fs = require("fs"), net = require("node:net"), { isMainThread } = require("worker_threads");
        const { AsyncLocalStorage } = require("async_hooks");
        exports.look = async () => {
            const failing = async (call) => { try { return await call(); } catch (error) { return [error.code, error.message]; } };
            return [isMainThread, net.isIP("::1"), fs.existsSync("/etc/passwd"), new AsyncLocalStorage().run(1, () => 2),
                await failing(() => fs.readFileSync("/etc/passwd")), await failing(() => fs.promises.readFile("/etc/passwd")),
                await failing(() => new Promise((done, fail) => fs.readFile("/etc/passwd", (error) => fail(error)))),
                await failing(() => net.connect(80)), await failing(() => require("child_process").execSync("id"))];
        };"#;
    let answers = with_a_package(
        &[("package/index.js", file)],
        &["api.access.deny(await require('shared').look());"],
    )
    .await;
    let told = |call: &str, why: &str| {
        json!([
            "ERR_NOT_OFFERED",
            format!("{call} is not offered to an action: {why}")
        ])
    };
    let no_files = "it has no files";
    let expected = json!([[
        true,
        6,
        false,
        2,
        told("fs.readFileSync", no_files),
        told("fs.readFile", no_files),
        told("fs.readFile", no_files),
        told("net.connect", "it reaches others by fetch, http and https"),
        told("child_process.execSync", "it has no processes"),
    ]]);
    assert_eq!(answers, [expected.clone(), expected]);
}

/// Builds for browsers often are ES modules of which no manifest says so.
#[tokio::test]
async fn a_file_is_an_es_module_where_nothing_but_its_statements_says_so() {
    let files = [
        (
            "package/index.js",
            "exports.two = require('./two.js').default + require('./one.js').one;",
        ),
        (
            "package/two.js",
            "import { one } from './one.js';\nexport default one + 1;",
        ),
        ("package/one.js", "/* export of one */ exports.one = 1;"),
    ];
    let answers = with_a_package(&files, &["api.access.deny(require('shared').two);"]).await;
    assert_eq!(answers, [json!([3]), json!([3])]);
}

#[tokio::test]
async fn programs_that_share_a_package_share_nothing_of_what_it_holds() {
    let file = "let count = 0; exports.count = () => (count += 1); exports.kept = {};";
    let tampering = "const shared = require('shared'); shared.kept.mine = 1; shared.count(); Object.prototype.mine = 1;
        require('http').STATUS_CODES[200] = 'mine'; api.access.deny(shared.count());";
    let looking = "const shared = require('shared');
        api.access.deny([shared.count(), Object.keys(shared.kept), {}.mine ?? null, require('http').STATUS_CODES[200]]);";
    let answers = with_a_package(&[("package/index.js", file)], &[tampering, looking]).await;
    let clean = json!([[1, [], null, "OK"]]);
    assert_eq!(answers, [json!([2]), json!([2]), clean.clone(), clean]);
}
