//! The JavaScript that every context comes with, in parts that are loaded when they are needed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rquickjs::{Ctx, Exception, Result};

use crate::bytecode::{self, Bytecode, Keep};

/// Name and source of each part. Each is an expression: a function of (exports, part, native).
const PARTS: &[(&str, &str)] = &[
    ("core", include_str!("../js/core.js")),
    ("packages", include_str!("../js/packages.js")),
    ("timers", include_str!("../js/timers.js")),
    ("inspect", include_str!("../js/inspect.js")),
    ("dom", include_str!("../js/dom.js")),
    ("text", include_str!("../js/text.js")),
    ("url", include_str!("../js/url.js")),
    ("fetch", include_str!("../js/fetch.js")),
    ("buffer", include_str!("../js/buffer.js")),
    ("webcrypto", include_str!("../js/webcrypto.js")),
    ("cache", include_str!("../js/cache.js")),
    ("tokens", include_str!("../js/tokens.js")),
    ("node:assert", include_str!("../js/node/assert.js")),
    ("node:buffer", "((exports, part) => part('buffer'))"),
    ("node:crypto", include_str!("../js/node/crypto.js")),
    ("ciphers", include_str!("../js/node/ciphers.js")),
    ("node:events", include_str!("../js/node/events.js")),
    ("http", include_str!("../js/node/http.js")),
    ("node:http", "((exports, part) => part('http').http)"),
    ("node:https", "((exports, part) => part('http').https)"),
    ("node:os", "((exports, part) => part('shells').of('os'))"),
    ("node:path", include_str!("../js/node/path.js")),
    ("node:process", include_str!("../js/node/process.js")),
    ("node:punycode", include_str!("../js/node/punycode.js")),
    (
        "node:querystring",
        include_str!("../js/node/querystring.js"),
    ),
    ("node:stream", include_str!("../js/node/stream.js")),
    (
        "node:stream/promises",
        "((exports, part) => part('node:stream').promises)",
    ),
    (
        "node:string_decoder",
        include_str!("../js/node/string_decoder.js"),
    ),
    ("node:timers", include_str!("../js/node/timers.js")),
    (
        "node:timers/promises",
        "((exports, part) => part('node:timers').promises)",
    ),
    ("node:url", include_str!("../js/node/url.js")),
    ("node:util", include_str!("../js/node/util.js")),
    (
        "node:util/types",
        "((exports, part) => part('node:util').types)",
    ),
    ("node:zlib", include_str!("../js/node/zlib.js")),
    ("shells", include_str!("../js/node/shells.js")),
];

/// The parts' bytecode, made from source when a part is first loaded in this process.
#[derive(Debug, Default)]
pub(crate) struct Library(Mutex<HashMap<&'static str, Arc<Bytecode>>>);

impl Library {
    /// A part's bytecode.
    pub(crate) fn part(&self, ctx: &Ctx<'_>, name: &str) -> Result<Arc<Bytecode>> {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bytecode) = lock().get(name) {
            return Ok(Arc::clone(bytecode));
        }
        let Some((name, source)) = PARTS.iter().find(|(part, _)| *part == name) else {
            return Err(Exception::throw_message(
                ctx,
                &format!("there is no part {name}"),
            ));
        };
        let bytecode = Arc::new(bytecode::compile(
            ctx,
            source,
            &format!("gatehouse/{name}.js"),
            Keep::Lines,
        )?);
        lock().insert(name, Arc::clone(&bytecode));
        Ok(bytecode)
    }
}
