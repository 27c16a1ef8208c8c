//! Hashes, ciphers and randomness, by aws-lc-rs.

use std::num::NonZeroU32;
use std::sync::Arc;

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::{constant_time, digest, hmac, pbkdf2};
use md5::{Digest as _, Md5};
use rquickjs::{ArrayBuffer, Ctx, Exception, Function, Object, Result};

use super::{Host, ciphers, keys};
use crate::bytecode::{Bytes, buffer};

/// The most work that one call of PBKDF2 may be; it cannot be interrupted.
const MOST_ITERATIONS: u32 = 300_000;
const MOST_RANDOM: usize = 1 << 20;

pub(super) fn natives<'js>(ctx: &Ctx<'js>, host: &Arc<Host>) -> Result<Object<'js>> {
    let natives = Object::new(ctx.clone())?;
    let entropy = host.entropy.clone();
    let random = move |ctx: Ctx<'js>, length: usize| {
        if length > MOST_RANDOM {
            return Err(Exception::throw_range(
                &ctx,
                "at most 1 MiB of randomness at a time",
            ));
        }
        let mut bytes = vec![0; length];
        entropy.fill(&mut bytes);
        buffer(&ctx, &bytes)
    };
    natives.set("random", Function::new(ctx.clone(), random)?)?;
    let entropy = host.entropy.clone();
    let uuid = move || entropy.uuid().to_string();
    natives.set("uuid", Function::new(ctx.clone(), uuid)?)?;
    natives.set("digest", Function::new(ctx.clone(), digest)?)?;
    natives.set("hmac", Function::new(ctx.clone(), mac)?)?;
    natives.set("equal", Function::new(ctx.clone(), equal)?)?;
    natives.set("pbkdf2", Function::new(ctx.clone(), derive)?)?;
    natives.set("aesGcm", Function::new(ctx.clone(), aes_gcm)?)?;
    ciphers::natives(ctx, &natives)?;
    keys::natives(ctx, &natives)?;
    Ok(natives)
}

fn digest<'js>(ctx: Ctx<'js>, name: String, Bytes(data): Bytes) -> Result<ArrayBuffer<'js>> {
    let algorithm = match name.as_str() {
        "md5" => return buffer(&ctx, &Md5::digest(&data)),
        "sha1" => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        "sha256" => &digest::SHA256,
        "sha384" => &digest::SHA384,
        "sha512" => &digest::SHA512,
        _ => return Err(unknown(&ctx, &name)),
    };
    buffer(&ctx, digest::digest(algorithm, &data).as_ref())
}

fn mac<'js>(
    ctx: Ctx<'js>,
    name: String,
    Bytes(key): Bytes,
    Bytes(data): Bytes,
) -> Result<ArrayBuffer<'js>> {
    let algorithm = match name.as_str() {
        "sha1" => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        "sha256" => hmac::HMAC_SHA256,
        "sha384" => hmac::HMAC_SHA384,
        "sha512" => hmac::HMAC_SHA512,
        _ => return Err(unknown(&ctx, &name)),
    };
    buffer(
        &ctx,
        hmac::sign(&hmac::Key::new(algorithm, &key), &data).as_ref(),
    )
}

fn equal(Bytes(one): Bytes, Bytes(other): Bytes) -> bool {
    constant_time::verify_slices_are_equal(&one, &other).is_ok()
}

fn derive<'js>(
    ctx: Ctx<'js>,
    name: String,
    Bytes(password): Bytes,
    Bytes(salt): Bytes,
    iterations: u32,
    length: usize,
) -> Result<ArrayBuffer<'js>> {
    let algorithm = match name.as_str() {
        "sha1" => pbkdf2::PBKDF2_HMAC_SHA1,
        "sha256" => pbkdf2::PBKDF2_HMAC_SHA256,
        "sha384" => pbkdf2::PBKDF2_HMAC_SHA384,
        "sha512" => pbkdf2::PBKDF2_HMAC_SHA512,
        _ => return Err(unknown(&ctx, &name)),
    };
    let allowed = NonZeroU32::new(iterations).filter(|count| count.get() <= MOST_ITERATIONS);
    let Some(iterations) = allowed.filter(|_| (1..=64).contains(&length)) else {
        let message =
            format!("PBKDF2 here makes 1 to 64 bytes in 1 to {MOST_ITERATIONS} iterations");
        return Err(Exception::throw_range(&ctx, &message));
    };
    let mut derived = vec![0; length];
    pbkdf2::derive(algorithm, iterations, &salt, &password, &mut derived);
    buffer(&ctx, &derived)
}

/// Sealed bytes with their tag, or the opened ones; nothing if they cannot be opened.
fn aes_gcm<'js>(
    ctx: Ctx<'js>,
    seal: bool,
    Bytes(key): Bytes,
    Bytes(nonce): Bytes,
    Bytes(additional): Bytes,
    Bytes(mut data): Bytes,
) -> Result<Option<ArrayBuffer<'js>>> {
    let algorithm = if key.len() == 16 {
        &AES_128_GCM
    } else {
        &AES_256_GCM
    };
    let key = UnboundKey::new(algorithm, &key).map(LessSafeKey::new);
    let nonce = Nonce::try_assume_unique_for_key(&nonce);
    let (Ok(key), Ok(nonce)) = (key, nonce) else {
        let message = "AES-GCM needs a key of 16 or 32 bytes and an iv of 12";
        return Err(Exception::throw_message(&ctx, message));
    };
    let additional = Aad::from(additional);
    if seal {
        let sealed = key.seal_in_place_append_tag(nonce, additional, &mut data);
        sealed.map_err(|_| Exception::throw_message(&ctx, "the data cannot be encrypted"))?;
        return buffer(&ctx, &data).map(Some);
    }
    match key.open_in_place(nonce, additional, &mut data) {
        Ok(opened) => buffer(&ctx, opened).map(Some),
        Err(_) => Ok(None),
    }
}

fn unknown(ctx: &Ctx<'_>, name: &str) -> rquickjs::Error {
    Exception::throw_message(ctx, &format!("the hash {name} is not offered here"))
}
