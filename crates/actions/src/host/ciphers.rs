//! Ciphers of `node:crypto` beside AES-GCM, by aws-lc-rs.

use aws_lc_rs::cipher::{
    AES_128, AES_192, AES_256, DecryptingKey, DecryptionContext, EncryptingKey, EncryptionContext,
    PaddedBlockDecryptingKey, PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::iv::FixedLength;
use rquickjs::{ArrayBuffer, Ctx, Exception, Function, Object, Result};

use crate::bytecode::{Bytes, buffer};

pub(super) fn natives<'js>(ctx: &Ctx<'js>, natives: &Object<'js>) -> Result<()> {
    natives.set("aes", Function::new(ctx.clone(), aes)?)
}

/// AES in the modes CBC, with PKCS #7's padding, or CTR. Nothing if the data cannot be decrypted.
fn aes<'js>(
    ctx: Ctx<'js>,
    mode: String,
    encrypt: bool,
    Bytes(key): Bytes,
    Bytes(iv): Bytes,
    Bytes(data): Bytes,
) -> Result<Option<ArrayBuffer<'js>>> {
    let algorithm = match key.len() {
        16 => &AES_128,
        24 => &AES_192,
        _ => &AES_256,
    };
    let key = UnboundCipherKey::new(algorithm, &key);
    let iv = <[u8; 16]>::try_from(iv.as_slice());
    let (Ok(key), Ok(iv)) = (key, iv) else {
        let message = "AES needs a key of 16, 24 or 32 bytes, as its name says, and an iv of 16";
        return Err(Exception::throw_message(&ctx, message));
    };
    let iv = FixedLength::from(iv);
    let worked = match (mode.as_str(), encrypt) {
        ("cbc", true) => encrypt_cbc(key, iv, data),
        ("cbc", false) => decrypt_cbc(key, iv, data),
        (_, true) => encrypt_ctr(key, iv, data),
        (_, false) => decrypt_ctr(key, iv, data),
    };
    worked.ok().map(|data| buffer(&ctx, &data)).transpose()
}

type Iv = FixedLength<16>;
type Worked = std::result::Result<Vec<u8>, Unspecified>;

fn encrypt_cbc(key: UnboundCipherKey, iv: Iv, mut data: Vec<u8>) -> Worked {
    let key = PaddedBlockEncryptingKey::cbc_pkcs7(key)?;
    key.less_safe_encrypt(&mut data, EncryptionContext::Iv128(iv))?;
    Ok(data)
}

fn decrypt_cbc(key: UnboundCipherKey, iv: Iv, mut data: Vec<u8>) -> Worked {
    let key = PaddedBlockDecryptingKey::cbc_pkcs7(key)?;
    let opened = key.decrypt(&mut data, DecryptionContext::Iv128(iv))?;
    Ok(opened.to_vec())
}

fn encrypt_ctr(key: UnboundCipherKey, iv: Iv, mut data: Vec<u8>) -> Worked {
    let key = EncryptingKey::ctr(key)?;
    key.less_safe_encrypt(&mut data, EncryptionContext::Iv128(iv))?;
    Ok(data)
}

fn decrypt_ctr(key: UnboundCipherKey, iv: Iv, mut data: Vec<u8>) -> Worked {
    let key = DecryptingKey::ctr(key)?;
    key.decrypt(&mut data, DecryptionContext::Iv128(iv))?;
    Ok(data)
}
