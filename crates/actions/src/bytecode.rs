//! Scripts as bytecode, and bytes of JavaScript's buffers: the one place that needs `unsafe`.

#![expect(
    unsafe_code,
    reason = "QuickJS has no safe way to write and read the bytecode of a sloppy script, nor to look into a buffer"
)]

use std::ffi::CString;
use std::slice;

use rquickjs::module::{Declared, WriteOptions};
use rquickjs::{
    ArrayBuffer, Ctx, Error, Exception, FromJs, Module, Result, TypedArray, Value, qjs,
};

/// The bytecode of one script or module, made by this process from source.
///
/// Only [`compile`] and [`compile_module`] make one, and nothing stores one: QuickJS trusts what it reads.
#[derive(Debug)]
pub(crate) struct Bytecode(Box<[u8]>);

/// What bytecode keeps of its source.
#[derive(Clone, Copy)]
pub(crate) enum Keep {
    /// Lines and columns, for stack traces.
    Lines,
    /// And the text, for `toString` of functions.
    Source,
}

/// Compiles a script as sloppy global code, as Node reads a CommonJS file.
///
/// # Errors
/// A `SyntaxError` is left pending in the context.
pub(crate) fn compile(ctx: &Ctx<'_>, source: &str, file: &str, keep: Keep) -> Result<Bytecode> {
    let nul = |_| Exception::throw_syntax(ctx, "the source holds a NUL character");
    let length = source.len();
    let source = CString::new(source).map_err(nul)?;
    let file = CString::new(file).map_err(nul)?;
    let raw = ctx.as_raw().as_ptr();
    let flags = qjs::JS_EVAL_TYPE_GLOBAL | qjs::JS_EVAL_FLAG_COMPILE_ONLY;
    // SAFETY: the context is alive while `ctx` is; both strings end with NUL and outlive the call;
    // the compiled function and the written buffer are freed exactly once, below.
    unsafe {
        let compiled = qjs::JS_Eval(
            raw,
            source.as_ptr(),
            length as qjs::size_t,
            file.as_ptr(),
            flags as i32,
        );
        if qjs::JS_IsException(compiled) {
            return Err(Error::Exception);
        }
        let mut size: qjs::size_t = 0;
        let how = match keep {
            Keep::Source => qjs::JS_WRITE_OBJ_BYTECODE,
            Keep::Lines => qjs::JS_WRITE_OBJ_BYTECODE | qjs::JS_WRITE_OBJ_STRIP_SOURCE,
        };
        let written = qjs::JS_WriteObject(raw, &raw mut size, compiled, how as i32);
        qjs::JS_FreeValue(raw, compiled);
        if written.is_null() {
            return Err(Error::Exception);
        }
        let bytes = slice::from_raw_parts(written, size as usize).into();
        qjs::js_free(raw, written.cast());
        Ok(Bytecode(bytes))
    }
}

/// Runs a script's bytecode; the value of its last expression comes back.
///
/// # Errors
/// What the script threw is left pending in the context.
pub(crate) fn evaluate<'js>(ctx: &Ctx<'js>, bytecode: &Bytecode) -> Result<Value<'js>> {
    let raw = ctx.as_raw().as_ptr();
    // SAFETY: the bytes were written by this very QuickJS (see `Bytecode`); `JS_EvalFunction`
    // takes the function, and the value that it returns is ours.
    unsafe {
        let function = qjs::JS_ReadObject(
            raw,
            bytecode.0.as_ptr(),
            bytecode.0.len() as qjs::size_t,
            qjs::JS_READ_OBJ_BYTECODE as i32,
        );
        if qjs::JS_IsException(function) {
            return Err(Error::Exception);
        }
        let value = qjs::JS_EvalFunction(raw, function);
        if qjs::JS_IsException(value) {
            return Err(Error::Exception);
        }
        Ok(Value::from_raw(ctx.clone(), value))
    }
}

/// Compiles an ES module, and declares it in the context; what it imports is looked for at once.
///
/// # Errors
/// A `SyntaxError`, or that of an import, is left pending in the context.
pub(crate) fn compile_module<'js>(
    ctx: &Ctx<'js>,
    source: &str,
    file: &str,
) -> Result<(Bytecode, Module<'js, Declared>)> {
    let module = Module::declare(ctx.clone(), file, source)?;
    let bytes = module.write(WriteOptions {
        strip_source: true,
        ..WriteOptions::default()
    })?;
    Ok((Bytecode(bytes.into()), module))
}

/// Declares an ES module that was compiled before.
///
/// # Errors
/// If memory runs out.
pub(crate) fn declare<'js>(ctx: &Ctx<'js>, module: &Bytecode) -> Result<Module<'js, Declared>> {
    // SAFETY: the bytes were written by this very QuickJS (see `Bytecode`), of a module.
    unsafe { Module::load(ctx.clone(), &module.0) }
}

/// A copy of the bytes of an `ArrayBuffer` or `Uint8Array`.
pub(crate) struct Bytes(pub(crate) Vec<u8>);

impl<'js> FromJs<'js> for Bytes {
    fn from_js(ctx: &Ctx<'js>, value: Value<'js>) -> Result<Self> {
        // SAFETY: the bytes are copied at once, and no JavaScript runs meanwhile.
        // To ask whether a value is an `ArrayBuffer` leaves an exception pending if it is none.
        let copied = unsafe {
            if let Ok(array) = TypedArray::<u8>::from_value(value.clone()) {
                array.as_bytes().map(<[u8]>::to_vec)
            } else if let Some(buffer) = ArrayBuffer::from_value(value) {
                buffer.as_bytes().map(<[u8]>::to_vec)
            } else {
                return Err(Exception::throw_type(ctx, "bytes are wanted"));
            }
        };
        copied
            .map(Self)
            .ok_or_else(|| Exception::throw_type(ctx, "the buffer is detached"))
    }
}

/// A new `ArrayBuffer` on JavaScript's heap, so that its memory limit counts it.
pub(crate) fn buffer<'js>(ctx: &Ctx<'js>, bytes: &[u8]) -> Result<ArrayBuffer<'js>> {
    ArrayBuffer::new_copy(ctx.clone(), bytes)
}
