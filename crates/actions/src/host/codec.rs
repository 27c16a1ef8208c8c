//! Text and bytes in the encodings of Node's `Buffer`.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use rquickjs::{ArrayBuffer, Ctx, Exception, Function, Object, Result};

use crate::bytecode::{Bytes, buffer};

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose =
    GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT.with_encode_padding(false));

pub(super) fn natives<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let natives = Object::new(ctx.clone())?;
    natives.set("encode", Function::new(ctx.clone(), encode)?)?;
    natives.set("decode", Function::new(ctx.clone(), decode)?)?;
    Ok(natives)
}

fn encode<'js>(ctx: Ctx<'js>, text: String, encoding: String) -> Result<ArrayBuffer<'js>> {
    let bytes = match encoding.as_str() {
        "utf8" => text.into_bytes(),
        // A byte is the low half of a UTF-16 unit.
        "latin1" => text
            .encode_utf16()
            .map(|unit| unit.to_le_bytes()[0])
            .collect(),
        "utf16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "hex" => unhex(&text),
        "base64" | "base64url" => unbase64(&text),
        _ => return Err(Exception::throw_type(&ctx, "unknown encoding")),
    };
    buffer(&ctx, &bytes)
}

/// The text, or nothing if it must be valid UTF-8 and is not.
fn decode(
    ctx: Ctx<'_>,
    bytes: Bytes,
    encoding: String,
    fatal: Option<bool>,
) -> Result<Option<String>> {
    let Bytes(bytes) = bytes;
    Ok(match encoding.as_str() {
        "utf8" if fatal == Some(true) => String::from_utf8(bytes).ok(),
        "utf8" => Some(String::from_utf8_lossy(&bytes).into_owned()),
        "latin1" => Some(bytes.iter().map(|&byte| char::from(byte)).collect()),
        "utf16le" => {
            let (units, _) = bytes.as_chunks::<2>();
            let units = units.iter().map(|&unit| u16::from_le_bytes(unit));
            let text = char::decode_utf16(units);
            Some(
                text.map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
                    .collect(),
            )
        }
        "hex" => Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect()),
        "base64" => Some(STANDARD.encode(&bytes)),
        "base64url" => Some(URL_SAFE.encode(&bytes)),
        _ => return Err(Exception::throw_type(&ctx, "unknown encoding")),
    })
}

/// As Node reads it: to the first pair that is none.
fn unhex(text: &str) -> Vec<u8> {
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    let (pairs, _) = text.as_bytes().as_chunks::<2>();
    pairs
        .iter()
        .map_while(|&[high, low]| Some(digit(high)? << 4 | digit(low)?))
        .collect()
}

/// As Node reads it: either alphabet, white space and whatever else left out, to the padding.
fn unbase64(text: &str) -> Vec<u8> {
    let kept = text
        .bytes()
        .take_while(|&byte| byte != b'=')
        .filter_map(|byte| match byte {
            b'-' => Some('+'),
            b'_' => Some('/'),
            b'+' | b'/' => Some(char::from(byte)),
            _ => byte.is_ascii_alphanumeric().then_some(char::from(byte)),
        });
    let mut kept: String = kept.collect();
    // One character alone holds less than a byte.
    if kept.len() % 4 == 1 {
        kept.pop();
    }
    STANDARD.decode(kept).unwrap_or_default()
}
