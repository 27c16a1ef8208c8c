//! The JavaScript that every context comes with, in parts that are loaded when they are needed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rquickjs::{Ctx, Exception, Result};

use crate::bytecode::{self, Bytecode};

/// Name and source of each part. Each is an expression: a function of (exports, part, native).
const PARTS: &[(&str, &str)] = &[
    ("core", include_str!("../js/core.js")),
    ("inspect", include_str!("../js/inspect.js")),
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
        )?);
        lock().insert(name, Arc::clone(&bytecode));
        Ok(bytecode)
    }
}
