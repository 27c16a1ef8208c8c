//! What an execution's JavaScript can ask of Rust, and what it did so far.

mod ciphers;
mod codec;
mod crypto;
mod effects;
mod fetch;
mod imports;
mod io;
mod keys;
mod library;
mod trail;
mod urls;
mod zlib;

pub(crate) use effects::{Effects, Stop, Watch};
pub(crate) use imports::Imports;
pub(crate) use io::{Io, Waited};
pub(crate) use library::Library;
pub(crate) use trail::Trail;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

use egress::Egress;
use oauth::{Clock, Entropy};
use rquickjs::convert::List;
use rquickjs::{Ctx, Exception, Function, Object, Result, Value};

use crate::bytecode;
use crate::modules::How;
use crate::{Level, Limits, Program};

/// One context's share of the world. The functions that its JavaScript calls hold it.
pub(crate) struct Host {
    pub(crate) program: Arc<Program>,
    pub(crate) library: Arc<Library>,
    pub(crate) limits: Limits,
    pub(crate) clock: Clock,
    pub(crate) entropy: Entropy,
    pub(crate) egress: Egress,
    pub(crate) io: Io,
    pub(crate) watch: Watch,
    pub(crate) effects: Effects,
    pub(crate) trail: Trail,
    pub(crate) born: Instant,
}

impl Host {
    /// Loads a part of the library in this context: a function that fills its exports.
    pub(crate) fn part<'js>(&self, ctx: &Ctx<'js>, name: &str) -> Result<Value<'js>> {
        let bytecode = self.library.part(ctx, name)?;
        self.program.used(name);
        bytecode::evaluate(ctx, &bytecode)
    }

    /// What the core of the library is given.
    pub(crate) fn natives<'js>(self: &Arc<Self>, ctx: &Ctx<'js>) -> Result<Object<'js>> {
        let natives = Object::new(ctx.clone())?;
        self.loading(ctx, &natives)?;
        self.effecting(ctx, &natives)?;
        Ok(natives)
    }

    /// Loading of the library, the author's file and packages.
    fn loading<'js>(self: &Arc<Self>, ctx: &Ctx<'js>, natives: &Object<'js>) -> Result<()> {
        let host = Arc::clone(self);
        let part = move |ctx: Ctx<'js>, name: String| host.part(&ctx, &name);
        natives.set("part", Function::new(ctx.clone(), part)?)?;
        let host = Arc::clone(self);
        let main = move |ctx: Ctx<'js>| bytecode::evaluate(&ctx, host.program.main());
        natives.set("main", Function::new(ctx.clone(), main)?)?;
        let host = Arc::clone(self);
        let module = move |ctx: Ctx<'js>, path: String| {
            let bytecode = host.program.module(&ctx, &path)?;
            bytecode::evaluate(&ctx, &bytecode)
        };
        natives.set("module", Function::new(ctx.clone(), module)?)?;
        let host = Arc::clone(self);
        let text = move |path: String| host.program.modules().text(&path).map(Cow::into_owned);
        natives.set("text", Function::new(ctx.clone(), text)?)?;
        let host = Arc::clone(self);
        let resolve = move |ctx: Ctx<'js>, from: String, wanted: String| {
            let found = host.program.resolve(&from, &wanted, How::Require);
            let found =
                found.map_err(|error| Exception::throw_message(&ctx, &error.to_string()))?;
            Ok::<_, rquickjs::Error>(List((found.path, found.is_es_module)))
        };
        natives.set("resolve", Function::new(ctx.clone(), resolve)?)?;
        natives.set("import", Function::new(ctx.clone(), imports::required)?)?;
        let host = Arc::clone(self);
        let group = move |ctx: Ctx<'js>, name: String| match name.as_str() {
            "codec" => codec::natives(&ctx),
            "url" => urls::natives(&ctx),
            "crypto" => crypto::natives(&ctx, &host),
            "zlib" => zlib::natives(&ctx),
            _ => fetch::natives(&ctx, &host),
        };
        natives.set("group", Function::new(ctx.clone(), group)?)?;
        natives.set("program", self.program.name())
    }

    /// Commands, console, time.
    fn effecting<'js>(self: &Arc<Self>, ctx: &Ctx<'js>, natives: &Object<'js>) -> Result<()> {
        let host = Arc::clone(self);
        let emit = move |ctx: Ctx<'js>, method: String, arguments: String| {
            host.effects
                .emit(method, &arguments, &host.watch)
                .map_err(|message| Exception::throw_range(&ctx, &message))
        };
        natives.set("emit", Function::new(ctx.clone(), emit)?)?;
        let host = Arc::clone(self);
        let print = move |level: u8, text: String| {
            let levels = [
                Level::Debug,
                Level::Log,
                Level::Info,
                Level::Warn,
                Level::Error,
            ];
            let level = levels.get(usize::from(level)).copied();
            host.effects.print(level.unwrap_or(Level::Log), &text);
        };
        natives.set("print", Function::new(ctx.clone(), print)?)?;
        let host = Arc::clone(self);
        let now = move || host.born.elapsed().as_secs_f64() * 1000.0;
        natives.set("now", Function::new(ctx.clone(), now)?)?;
        let host = Arc::clone(self);
        let today = move || host.clock.now().as_millis() as f64;
        natives.set("today", Function::new(ctx.clone(), today)?)
    }
}
