//! Compression, by flate2.

use std::io::Read;

use flate2::Compression;
use flate2::read::{
    DeflateDecoder, DeflateEncoder, GzEncoder, MultiGzDecoder, ZlibDecoder, ZlibEncoder,
};
use rquickjs::{ArrayBuffer, Ctx, Exception, Function, Object, Result};

use crate::bytecode::{Bytes, buffer};

/// Bytes that one call may take in or give out; it cannot be interrupted.
const MOST: usize = 8 << 20;

pub(super) fn natives<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let natives = Object::new(ctx.clone())?;
    natives.set("pack", Function::new(ctx.clone(), pack)?)?;
    natives.set("unpack", Function::new(ctx.clone(), unpack)?)?;
    Ok(natives)
}

fn pack<'js>(
    ctx: Ctx<'js>,
    kind: String,
    Bytes(data): Bytes,
    level: i32,
) -> Result<ArrayBuffer<'js>> {
    // Node's -1 is the usual level.
    let level = u32::try_from(level).map_or_else(|_| Compression::default(), Compression::new);
    let level = Compression::new(level.level().min(9));
    let packing: Box<dyn Read> = match kind.as_str() {
        "gzip" => Box::new(GzEncoder::new(&*data, level)),
        "zlib" => Box::new(ZlibEncoder::new(&*data, level)),
        _ => Box::new(DeflateEncoder::new(&*data, level)),
    };
    all(&ctx, packing, data.len())
}

fn unpack<'js>(ctx: Ctx<'js>, kind: String, Bytes(data): Bytes) -> Result<ArrayBuffer<'js>> {
    let unpacking: Box<dyn Read> = match kind.as_str() {
        "gzip" => Box::new(MultiGzDecoder::new(&*data)),
        "zlib" => Box::new(ZlibDecoder::new(&*data)),
        _ => Box::new(DeflateDecoder::new(&*data)),
    };
    all(&ctx, unpacking, data.len())
}

fn all<'js>(ctx: &Ctx<'js>, from: Box<dyn Read + '_>, given: usize) -> Result<ArrayBuffer<'js>> {
    let mut made = Vec::new();
    let read = from.take(MOST as u64 + 1).read_to_end(&mut made);
    if given > MOST || made.len() > MOST {
        let message = format!("zlib here takes and gives {} MiB at most", MOST >> 20);
        return Err(Exception::throw_range(ctx, &message));
    }
    read.map_err(|_| Exception::throw_message(ctx, "incorrect data: it cannot be unpacked"))?;
    buffer(ctx, &made)
}
