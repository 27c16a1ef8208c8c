//! Real packages.

use std::sync::Arc;

use actions::{Engine, Outcome, Settings};
use axum::Router;
use axum::extract::Query;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::IntoResponse as _;
use axum::routing::{any, get};
use egress::{Egress, Policy};
use oauth::Clock;
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256};
use serde_json::{Value, json};

use crate::registry::real;
use crate::support::{HANDLER, execution, program_with, said, settings};

/// Shows what it was sent.
pub(crate) fn tenant() -> Egress {
    let echo = async |method: Method,
                      Query(query): Query<Vec<(String, String)>>,
                      headers: HeaderMap,
                      body: String| {
        let header = |name: &str| {
            headers
                .get(name)
                .map(|value| value.to_str().unwrap().to_owned())
        };
        let named = json!({ "type": header("content-type"), "authorization": header("authorization"), "x": header("x-test") });
        axum::Json(
            json!({ "method": method.as_str(), "query": query, "headers": named, "body": body }),
        )
    };
    let router = Router::new()
        .route("/echo", any(echo))
        .route(
            "/forbidden",
            get(async || (StatusCode::FORBIDDEN, axum::Json(json!({ "error": "no" })))),
        )
        .route("/jwks", get(async || axum::Json(json!({ "keys": [] }))))
        .route("/slow", get(async || std::future::pending::<()>().await))
        .route(
            "/redirect",
            any(async || (StatusCode::FOUND, [("location", "/echo?to=1")]).into_response()),
        );
    let egress = Egress::new(Policy::default(), Clock::system());
    egress.mount("https://tenant.example", &router);
    egress
}

pub(crate) async fn run_with(packages: &[&str], body: &str) -> Outcome {
    let source = format!("exports.{HANDLER} = async (event, api) => {{{body}\n}}");
    let program = program_with(&source, real(packages).await);
    let settings = Settings {
        egress: tenant(),
        ..settings()
    };
    let engine = Engine::start(settings).unwrap();
    engine
        .run(execution(&Arc::clone(&program), json!({})))
        .await
}

async fn answer(packages: &[&str], body: &str) -> Value {
    said(&run_with(packages, body).await)
}

#[tokio::test]
async fn axios_sends_what_it_is_told() {
    let body = r#"
        const axios = require("axios");
        const base = "https://tenant.example";
        const client = axios.create({ baseURL: base, headers: { "X-Test": "t" } });
        client.interceptors.request.use((config) => { config.params = { ...config.params, i: 1 }; return config; });
        const form = await axios.post(base + "/echo", new URLSearchParams({ a: "b c" }));
        const posted = await axios.post(base + "/echo", { a: 1 }, { auth: { username: "u", password: "p" } });
        const patched = await client.patch("/echo", { name: "n" }, { params: { q: "ü" } });
        const got = await axios({ method: "get", url: base + "/redirect" });
        api.access.deny([form.data, posted.data, patched.data, got.data, got.status, got.headers["content-type"]]);"#;
    let sent =
        |method: &str, query: Value, kind: Value, authorization: Value, x: Value, body: &str| {
            json!({ "method": method, "query": query, "body": body,
                "headers": { "type": kind, "authorization": authorization, "x": x } })
        };
    let form = "application/x-www-form-urlencoded;charset=utf-8";
    let (json_type, none) = (json!("application/json"), Value::Null);
    assert_eq!(
        answer(&["axios"], body).await,
        json!([[
            sent(
                "POST",
                json!([]),
                json!(form),
                none.clone(),
                none.clone(),
                "a=b+c"
            ),
            sent(
                "POST",
                json!([]),
                json_type.clone(),
                json!("Basic dTpw"),
                none.clone(),
                "{\"a\":1}"
            ),
            sent(
                "PATCH",
                json!([["q", "ü"], ["i", "1"]]),
                json_type,
                none.clone(),
                json!("t"),
                "{\"name\":\"n\"}"
            ),
            sent(
                "GET",
                json!([["to", "1"]]),
                none.clone(),
                none.clone(),
                none.clone(),
                ""
            ),
            200,
            "application/json",
        ]])
    );
}

#[tokio::test]
async fn axios_fails_as_it_does_elsewhere() {
    let body = r#"
        const axios = require("axios");
        const failing = async (url, config) => {
            try { await axios.get(url, config); return "answered"; }
            catch (error) { return [error.name, error.code, error.response?.status ?? null, error.response?.data ?? null]; }
        };
        const controller = new AbortController();
        setTimeout(() => controller.abort(), 5);
        api.access.deny([
            await failing("https://tenant.example/forbidden"),
            await failing("https://tenant.example/slow", { timeout: 20 }),
            await failing("https://tenant.example/slow", { signal: controller.signal }),
            await failing("http://127.0.0.1:1/"),
            await failing("https://no-such-host.invalid/"),
        ]);"#;
    assert_eq!(
        answer(&["axios"], body).await,
        json!([[
            ["AxiosError", "ERR_BAD_REQUEST", 403, { "error": "no" }],
            ["AxiosError", "ETIMEDOUT", null, null],
            ["CanceledError", "ERR_CANCELED", null, null],
            ["AxiosError", "ERR_NETWORK", null, null],
            ["AxiosError", "ERR_NETWORK", null, null],
        ]])
    );
}

#[tokio::test]
async fn an_error_that_axios_throws_names_the_line_that_called_it() {
    let outcome = run_with(
        &["axios"],
        "
        const axios = require('axios');
        await null;
        await axios.get('https://tenant.example/echo');
        await axios.get('https://tenant.example/forbidden');",
    )
    .await;
    let error = outcome.result.unwrap_err();
    assert_eq!(error.position().map(|at| at.line), Some(5), "{error:?}");
    assert_eq!(
        error.to_string(),
        "action.js threw AxiosError: Request failed with status code 403; the answer was {\"error\":\"no\"} \
         (line 5, column 21: await axios.get('https://tenant.example/forbidden');)"
    );
    let outcome = run_with(
        &["axios"],
        "await require('axios').get('http://169.254.169.254/');",
    )
    .await;
    let error = outcome.result.unwrap_err().to_string();
    assert!(
        error.contains("Network Error (caused by Error: 169.254.169.254 is a private"),
        "{error}"
    );
    assert!(
        error.contains("identity.actions.egress_allow") && error.contains("line 1"),
        "{error}"
    );
}

#[tokio::test]
async fn jsonwebtoken_signs_and_verifies() {
    let body = r#"
        const jwt = require("jsonwebtoken");
        const token = jwt.sign({ a: 1 }, "secret", { expiresIn: "1h", subject: "s" });
        const claims = jwt.verify(token, "secret");
        const failing = (key, options) => { try { jwt.verify(token, key, options); return "ok"; } catch (error) { return error.name; } };
        const later = { clockTimestamp: Math.floor(Date.now() / 1000) + 4000 };
        const { createPublicKey } = require("crypto");
        const rsa = jwt.sign({ b: 2 }, KEY, { algorithm: "RS256" });
        const ec = jwt.sign({ c: 3 }, EC, { algorithm: "ES256" });
        api.access.deny([claims.a, claims.sub, claims.exp - claims.iat, failing("other"), failing("secret", later),
            jwt.verify(rsa, createPublicKey(KEY)).b, jwt.verify(ec, createPublicKey(EC).export({ format: "pem" })).c,
            jwt.decode(rsa, { complete: true }).header.alg]);"#;
    let rsa = KeyPair::generate_for(&PKCS_RSA_SHA256)
        .unwrap()
        .serialize_pem();
    let ec = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)
        .unwrap()
        .serialize_pem();
    let body = format!("const KEY = {rsa:?}, EC = {ec:?};{body}");
    assert_eq!(
        answer(&["jsonwebtoken"], &body).await,
        json!([[
            1,
            "s",
            3600,
            "JsonWebTokenError",
            "TokenExpiredError",
            2,
            3,
            "RS256"
        ]])
    );
}

#[tokio::test]
async fn small_packages_work() {
    let body = r#"
        const _ = require("lodash");
        const get = require("lodash/get");
        const { v4, v5, validate } = require("uuid");
        const qs = require("qs");
        const { nanoid } = require("nanoid");
        api.access.deny([
            _.chunk([1, 2, 3], 2), _.template("hello <%= who %>")({ who: "you" }), get({ a: [{ b: 3 }] }, "a[0].b"),
            _.isEqual(_.cloneDeep({ d: new Date(0), m: new Map([[1, 2]]) }), { d: new Date(0), m: new Map([[1, 2]]) }),
            validate(v4()), v4() !== v4(), v5("example.com", v5.DNS),
            qs.parse("a[b]=1&c[]=2&c[]=3"), qs.stringify({ a: { b: [1, 2] } }), nanoid().length,
        ]);"#;
    assert_eq!(
        answer(&["lodash", "uuid", "qs", "nanoid"], body).await,
        json!([[
            [[1, 2], [3]], "hello you", 3, true, true, true, "cfbff0d1-9375-5685-968c-48ce8b15ae17",
            { "a": { "b": "1" }, "c": ["2", "3"] }, "a%5Bb%5D%5B0%5D=1&a%5Bb%5D%5B1%5D=2", 21,
        ]])
    );
}

/// Version 5 has builds for browsers and for Node, version 6 one for everybody, in ES modules.
#[tokio::test]
async fn jose_signs_verifies_and_fetches_keys() {
    let body = r#"
        const jose = require("jose");
        const { webcrypto } = require("crypto");
        const secret = new TextEncoder().encode("a secret that is long enough for HS256");
        const token = await new jose.SignJWT({ a: 1 }).setProtectedHeader({ alg: "HS256" }).setIssuer("i")
            .setAudience("aud").setExpirationTime("1h").sign(secret);
        const { payload } = await jose.jwtVerify(token, secret, { issuer: "i", audience: "aud" });
        const failing = async (...given) => { try { await jose.jwtVerify(...given); return "ok"; } catch (error) { return error.code; } };
        const answers = [payload.a, await failing(token, secret, { audience: "b" }), await failing(token, new Uint8Array(32))];
        for (const [alg, pem, spki] of KEYS) {
            const key = await jose.importPKCS8(pem, alg);
            const signed = await new jose.SignJWT({ alg }).setProtectedHeader({ alg, kid: "k" }).sign(key);
            const known = await jose.importSPKI(spki, alg, { extractable: true });
            answers.push((await jose.jwtVerify(signed, known)).payload.alg, jose.decodeProtectedHeader(signed).alg);
            const jwk = await jose.exportJWK(known);
            answers.push((await jose.jwtVerify(signed, await jose.importJWK(jwk, alg))).payload.alg);
            answers.push((await jose.jwtVerify(signed, jose.createLocalJWKSet({ keys: [{ ...jwk, kid: "k", alg }] }))).payload.alg);
        }
        const sealed = await new jose.EncryptJWT({ s: 1 }).setProtectedHeader({ alg: "dir", enc: "A256GCM" })
            .setExpirationTime("1h").encrypt(new Uint8Array(32));
        answers.push((await jose.jwtDecrypt(sealed, new Uint8Array(32))).payload.s);
        const remote = jose.createRemoteJWKSet(new URL("https://tenant.example/jwks"));
        answers.push(await failing("eyJhbGciOiJFUzI1NiIsImtpZCI6Im5vIn0.e30.AAAA", remote));
        answers.push((await jose.calculateJwkThumbprint({ kty: "oct", k: "AAAA" })).length);
        api.access.deny(answers);"#;
    let rsa = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
    let ec = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    let keys = [("RS256", &rsa), ("PS256", &rsa), ("ES256", &ec)]
        .map(|(alg, key)| json!([alg, key.serialize_pem(), key.public_key_pem()]));
    let body = format!("const KEYS = {};{body}", json!(keys));
    for package in ["jose", "openid-client/node_modules/jose"] {
        assert_eq!(
            answer(&[package], &body).await,
            json!([[
                1,
                "ERR_JWT_CLAIM_VALIDATION_FAILED",
                "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
                "RS256",
                "RS256",
                "RS256",
                "RS256",
                "PS256",
                "PS256",
                "PS256",
                "PS256",
                "ES256",
                "ES256",
                "ES256",
                "ES256",
                1,
                "ERR_JWKS_NO_MATCHING_KEY",
                43,
            ]]),
            "{package}"
        );
    }
}

#[tokio::test]
async fn zod_and_date_fns_work() {
    let body = r#"
        const { z } = require("zod");
        const { addDays, format, parseISO, differenceInHours, isBefore } = require("date-fns");
        const shape = z.object({ email: z.email(), plan: z.enum(["gold", "silver"]).default("silver"), seats: z.coerce.number().int().min(1) });
        const wrong = shape.safeParse({ email: "x", seats: "0" });
        const start = parseISO("2024-02-28T10:00:00Z");
        api.access.deny([
            shape.parse({ email: "a@example.com", seats: "3" }), wrong.error.issues.map((issue) => issue.path.join()),
            z.toJSONSchema(z.object({ a: z.string() })).required, z.url().safeParse("https://example.com").success,
            format(addDays(start, 2), "yyyy-MM-dd"), differenceInHours(addDays(start, 1), start), isBefore(start, addDays(start, 1)),
            format(start, "EEEE, do MMMM"),
        ]);"#;
    assert_eq!(
        answer(&["zod", "date-fns"], body).await,
        json!([[
            { "email": "a@example.com", "plan": "silver", "seats": 3 }, ["email", "seats"], ["a"], true,
            "2024-03-01", 24, true, "Wednesday, 28th February",
        ]])
    );
}

#[tokio::test]
async fn packages_that_wrap_fetch_use_the_one_that_is_there() {
    let body = r#"
        const fetch = require("node-fetch");
        const oauth = require("oauth4webapi");
        const answer = await fetch("https://tenant.example/echo", { method: "POST", body: new URLSearchParams({ a: "1" }) });
        const { method, body } = await answer.json();
        api.access.deny([answer.ok, method, body, new fetch.Headers({ a: "b" }).get("A"), oauth.generateRandomState().length,
            (await oauth.calculatePKCECodeChallenge("verifier")).length]);"#;
    assert_eq!(
        answer(&["node-fetch", "oauth4webapi"], body).await,
        json!([[true, "POST", "a=1", "b", 43, 43]])
    );
}
