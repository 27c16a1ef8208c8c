//! ES modules: what `import` finds, and what `require` gets of one.
//!
//! Source: <https://nodejs.org/api/esm.html#interoperability-with-commonjs>,
//! <https://nodejs.org/api/modules.html#loading-ecmascript-modules-using-require>.

use std::sync::Arc;

use rquickjs::loader::{ImportAttributes, Loader, Resolver};
use rquickjs::module::Declared;
use rquickjs::{Ctx, Exception, Function, Module, Result, Value};

use super::Host;
use crate::context::core;
use crate::modules::How;

/// Finds and loads what a program imports.
pub(crate) struct Imports(pub(crate) Arc<Host>);

/// How the modules are called that do nothing but import one that was required.
const REQUIRED: &str = "gatehouse/required/";

impl Resolver for Imports {
    fn resolve<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        base: &str,
        name: &str,
        _: Option<ImportAttributes<'js>>,
    ) -> Result<String> {
        if base.starts_with(REQUIRED) {
            return Ok(name.to_owned());
        }
        let is_packages = base.starts_with("node_modules/");
        let from = if is_packages { base } else { "" };
        let found = self.0.program.resolve(from, name, How::Import);
        let found = found.map_err(|error| Exception::throw_message(ctx, &error.to_string()))?;
        Ok(found.path)
    }
}

impl Loader for Imports {
    fn load<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        name: &str,
        _: Option<ImportAttributes<'js>>,
    ) -> Result<Module<'js, Declared>> {
        let program = &self.0.program;
        if program.modules().is_es_module(name) {
            let module = program.es_module(ctx, name)?;
            module.meta()?.set("url", format!("file:///{name}"))?;
            return Ok(module);
        }
        let load: Function<'_> = core(ctx)?.get("loadFile")?;
        wrapped(ctx, name, load.call((name, false))?)
    }
}

/// What a CommonJS file exports as a module: as the default, and each member under its name.
fn wrapped<'js>(ctx: &Ctx<'js>, name: &str, exported: Value<'js>) -> Result<Module<'js, Declared>> {
    let mut source = "const exported = import.meta.exported; export default exported;".to_owned();
    let members = exported.as_object();
    let members = members.map(|object| object.keys::<String>().flatten());
    let members = members.into_iter().flatten().filter(|name| is_name(name));
    for (index, member) in members.enumerate() {
        source.push_str(&format!(
            "const m{index} = exported.{member}; export {{ m{index} as {member} }};"
        ));
    }
    let module = Module::declare(ctx.clone(), name, source)?;
    module.meta()?.set("exported", exported)?;
    Ok(module)
}

fn is_name(text: &str) -> bool {
    let of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$');
    let digit_first = text.starts_with(|c: char| c.is_ascii_digit());
    !text.is_empty() && !digit_first && text != "default" && text.chars().all(of_name)
}

/// The namespace of the ES module at a path. `handled` takes the promise of its evaluation, so that
/// its rejection is not taken for one that nobody handles.
pub(super) fn required<'js>(
    ctx: Ctx<'js>,
    path: String,
    handled: Function<'js>,
) -> Result<Value<'js>> {
    let quoted = serde_json::Value::from(path.as_str());
    let source = format!("export * as all from {quoted};");
    let root = Module::declare(ctx.clone(), format!("{REQUIRED}{path}"), source)?;
    let (root, evaluated) = root.eval()?;
    handled.call::<_, ()>((evaluated.clone(),))?;
    match evaluated.result::<Value<'js>>() {
        Some(done) => {
            done?;
            root.namespace()?.get("all")
        }
        None => {
            let message =
                format!("{path} awaits something at its top level; load it with import()");
            Err(Exception::throw_message(&ctx, &message))
        }
    }
}
