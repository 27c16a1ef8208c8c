//! Installation of packages, and `require`.

use actions::modules::{Limits, ModuleError};
use actions::{Error, Modules};
use serde_json::json;

use crate::registry::{Registry, archive};
use crate::support::{HANDLER, engine, execution, program_with, said};

async fn run(modules: Modules, body: &str) -> serde_json::Value {
    let program = program_with(
        &format!("exports.{HANDLER} = async (event, api) => {{{body}\n}}"),
        modules,
    );
    said(&engine().run(execution(&program, json!({}))).await)
}

#[tokio::test]
async fn versions_are_found_pinned_and_placed_as_npm_does() {
    let registry = Registry::default();
    for version in ["1.0.0", "1.5.0", "2.0.0"] {
        let text = format!("exports.version = '{version}';");
        registry.publish_files(
            json!({ "name": "leaf", "version": version }),
            &[("package/index.js", &text)],
        );
    }
    registry.publish_files(
        json!({ "name": "@scope/tree", "version": "3.1.0", "main": "lib", "dependencies": { "leaf": "^1.0.0", "gone": "*" }, "optionalDependencies": { "gone": "*" } }),
        &[("package/lib/index.js", "exports.leaf = require('leaf').version; exports.data = require('../data');"),
          ("package/data.json", "[1]"), ("package/readme.md", "no"), ("package/types.d.ts", "no")],
    );
    let modules = registry
        .install(&[("leaf", "2"), ("@scope/tree", "")])
        .await
        .unwrap();
    let pinned: Vec<_> = modules
        .pinned()
        .iter()
        .map(|one| (one.name.as_str(), one.version.as_str()))
        .collect();
    assert_eq!(pinned, [("leaf", "2.0.0"), ("@scope/tree", "3.1.0")]);
    // What is stored needs no network.
    let stored = modules.to_bytes().unwrap();
    let modules = Modules::from_bytes(&stored).unwrap();
    assert_eq!(modules.size().0, 7);
    let answer = run(
        modules,
        "const tree = require('@scope/tree');
         api.access.deny([require('leaf').version, tree.leaf, tree.data, require('@scope/tree/data.json')]);",
    )
    .await;
    assert_eq!(answer, json!([["2.0.0", "1.5.0", [1], [1]]]));
    assert!(matches!(
        Modules::from_bytes(b"garbage"),
        Err(ModuleError::Damaged(_))
    ));
}

#[tokio::test]
async fn what_cannot_be_installed_says_why() {
    let registry = Registry::default();
    let leaf = || json!({ "name": "leaf", "version": "1.0.0" });
    registry.publish_files(leaf(), &[("package/index.js", "")]);
    let error = registry.install(&[("nothing", "")]).await.unwrap_err();
    assert_eq!(error, ModuleError::NotFound("nothing".to_owned()));
    let error = registry.install(&[("leaf", "^2")]).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "leaf has no version ^2; the newest is 1.0.0"
    );
    for name in ["../leaf", "a/b/c", ".leaf", "le af", "", "@scope"] {
        let error = registry.install(&[(name, "")]).await.unwrap_err();
        assert!(matches!(error, ModuleError::Name(_)), "{name}: {error}");
    }
    let error = registry
        .install(&[("leaf", "git+https://example.com/leaf.git")])
        .await
        .unwrap_err();
    assert!(matches!(error, ModuleError::Elsewhere { .. }), "{error}");

    registry.publish_as(leaf(), archive(&[("package/index.js", "")]), "sha512-AAAA");
    let error = registry.install(&[("leaf", "")]).await.unwrap_err();
    assert_eq!(error, ModuleError::Integrity("leaf@1.0.0".to_owned()));

    registry.publish(leaf(), archive(&[("package/../../etc/x.js", "")]));
    let error = registry.install(&[("leaf", "")]).await.unwrap_err();
    assert!(matches!(error, ModuleError::Archive { .. }), "{error}");
    registry.publish(leaf(), b"no archive at all".to_vec());
    let error = registry.install(&[("leaf", "")]).await.unwrap_err();
    assert!(matches!(error, ModuleError::Archive { .. }), "{error}");

    registry.publish_files(leaf(), &[("package/binding.gyp", "{}")]);
    let error = registry.install(&[("leaf", "")]).await.unwrap_err();
    assert_eq!(error, ModuleError::Native("leaf@1.0.0".to_owned()));

    let typed = json!({ "name": "leaf", "version": "1.0.0", "main": "index.ts" });
    registry.publish_files(typed, &[("package/index.ts", "export default 1")]);
    let error = registry.install(&[("leaf", "")]).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "leaf@1.0.0 cannot be required: cannot find module 'leaf'"
    );
}

#[tokio::test]
async fn an_archive_that_grows_without_end_is_refused() {
    let registry = Registry::default();
    let zeros = " ".repeat(4 << 20);
    registry.publish_files(
        json!({ "name": "bomb", "version": "1.0.0" }),
        &[("package/a.js", &zeros), ("package/b.txt", &zeros)],
    );
    let limits = |unpacked, kept| Limits {
        unpacked,
        kept,
        ..Limits::default()
    };
    for limits in [limits(6 << 20, 64 << 20), limits(64 << 20, 1 << 20)] {
        let error = registry
            .install_within(&[("bomb", "")], limits)
            .await
            .unwrap_err();
        assert!(matches!(error, ModuleError::TooLarge(_)), "{error}");
    }
    let packed = Limits {
        packed: 100,
        ..Limits::default()
    };
    let error = registry
        .install_within(&[("bomb", "")], packed)
        .await
        .unwrap_err();
    assert!(matches!(error, ModuleError::Registry { .. }), "{error}");
}

#[tokio::test]
async fn files_are_found_as_node_finds_them() {
    let registry = Registry::default();
    registry.publish_files(
        json!({ "name": "shapes", "version": "1.0.0", "imports": { "#inner": "./lib/inner.js" },
            "exports": { ".": { "browser": { "import": "./no.mjs", "require": "./b.cjs" }, "default": "./no.js" },
                         "./lib/*": "./lib/*.js", "./esm": { "browser": "./e.mjs", "require": "./n.cjs" } } }),
        &[
            ("package/b.cjs", "exports.inner = require('#inner'); exports.where = [__filename, __dirname];"),
            ("package/e.mjs", "import { inner } from 'shapes'; export default [inner, import.meta.url]; export const two = 2;"),
            ("package/n.cjs", "module.exports = 'node';"),
            ("package/lib/inner.js", "module.exports = 'inner'; this.lost = 1;"),
            ("package/lib/a.js", "exports.early = 1; exports.seen = require('./b').seen; exports.late = 1;"),
            ("package/lib/b.js", "const a = require('./a.js'); exports.seen = Object.keys(a);"),
            ("package/lib/bad.js", "throw new Error('bad')"),
            ("package/lib/syntax.js", "const = 1"),
        ],
    );
    let modules = registry.install(&[("shapes", "")]).await.unwrap();
    let answer = run(
        modules.clone(),
        "const shapes = require('shapes');
         const failing = (name) => { try { require(name); return 'loaded'; } catch (error) { return error.message; } };
         api.access.deny([shapes, require('shapes/esm'), require('shapes/lib/a'), shapes === require('shapes'),
             failing('shapes/lib/bad'), failing('shapes/lib/bad'), failing('shapes/package.json'), failing('./x'),
             failing('left-pad'), failing('fs').slice(0, 30), failing('node:net').slice(-22), require('node:path') === require('path')]);",
    )
    .await;
    assert_eq!(
        answer,
        json!([[
            { "inner": "inner", "where": ["node_modules/shapes/b.cjs", "node_modules/shapes"] },
            { "default": ["inner", "file:///node_modules/shapes/e.mjs"], "two": 2, "__esModule": true },
            { "early": 1, "seen": ["early"], "late": 1 },
            true,
            "bad",
            "bad",
            "'shapes/package.json' is not exported by its package",
            "cannot find module './x'",
            "cannot find module 'left-pad'; add it to the action's dependencies",
            "'node:fs' is not offered here:",
            "util, util/types, zlib",
            true,
        ]])
    );
    let program = program_with(
        &format!("exports.{HANDLER} = () => {{\n  require('shapes/lib/bad');\n}}"),
        modules.clone(),
    );
    let error = engine()
        .run(execution(&program, json!({})))
        .await
        .result
        .unwrap_err();
    assert_eq!(error.position().map(|at| at.line), Some(2), "{error:?}");
    let Error::Threw { stack, .. } = &error else {
        panic!("{error}")
    };
    assert!(
        stack.contains("node_modules/shapes/lib/bad.js:1"),
        "{stack}"
    );
}

#[tokio::test]
async fn es_modules_are_loaded_as_node_loads_them() {
    let registry = Registry::default();
    registry.publish_files(
        json!({ "name": "esm", "version": "1.0.0", "type": "module",
            "exports": { ".": "./index.js", "./late": "./late.js", "./bad": "./bad.js", "./lost": "./lost.js",
                         "./own": "./own.js", "./cycle": "./a.js" } }),
        &[
            ("package/index.js", "import old, { one } from './old.cjs'; import data from './data.json' with { type: 'json' };
                import { createHash } from 'node:crypto'; import * as all from './index.js'; let calls = 0;
                export { one, data }; export const count = () => ++calls; export const self = () => all.count === count;
                export const hash = createHash('md5').update('').digest('hex'); export const same = old.one === one;"),
            ("package/old.cjs", "exports.one = 1; exports.default = 'd'; exports['not a name'] = 2; exports.delete = 3;"),
            ("package/data.json", "{\"a\":[1]}"),
            ("package/late.js", "export const late = await new Promise((done) => setTimeout(() => done(7), 1));"),
            ("package/bad.js", "export const x = 1; throw new Error('bad ' + typeof this);"),
            ("package/lost.js", "import './nowhere.js'; export const x = 1;"),
            ("package/own.js", "export { f as 'module.exports' }; function f() { return 'own'; }"),
            ("package/a.js", "import { b } from './b.js'; export const a = () => 'a'; export const both = () => a() + b();"),
            ("package/b.js", "import { a } from './a.js'; export const b = () => a() + 'b';"),
        ],
    );
    let modules = registry.install(&[("esm", "")]).await.unwrap();
    let program = program_with(
        &format!(
            "exports.{HANDLER} = async (event, api) => {{
            const esm = require('esm');
            const failing = (name) => {{ try {{ require(name); return 'loaded'; }} catch (error) {{ return error.message; }} }};
            const imported = await import('esm');
            api.access.deny([esm.one, esm.data, esm.hash, esm.same, esm.self(), esm.count(), imported.count(), imported === require('esm'),
                failing('esm/late'), (await import('esm/late')).late, failing('esm/bad'), failing('esm/lost'), require('esm/own')(),
                require('esm/cycle').both(), await import('esm/bad').catch((error) => error.message),
                await import('nothing').catch((error) => error.message), typeof (await import('node:util')).inspect,
                (await import('node:util')).default === require('util'), esm[Symbol.toStringTag]]);
        }}"
        ),
        modules,
    );
    let engine = engine();
    // From source, then from bytecode.
    for _ in 0..3 {
        let outcome = engine.run(execution(&program, json!({}))).await;
        assert_eq!(
            said(&outcome),
            json!([[
                1, { "a": [1] }, "d41d8cd98f00b204e9800998ecf8427e", true, true, 1, 2, true,
                "node_modules/esm/late.js awaits something at its top level; load it with import()", 7,
                "bad undefined", "cannot find module './nowhere.js'", "own", "aab", "bad undefined",
                "cannot find module 'nothing'; add it to the action's dependencies", "function", true, "Module",
            ]])
        );
        assert_eq!(outcome.console, []);
    }
}
