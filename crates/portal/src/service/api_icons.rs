//! The pictures of APIs: given, replaced, removed.
//!
//! The vendor checks a picture some time after it took it and then says `valid` or `invalid`; here it is
//! checked before it is taken, so that whatever there is, is valid.
//!
//! Source: Konnect API Builder v3, `upsert-api-image`.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::error::Violation;
use crate::model::{ApiIcon, ApiProduct, ApiProductId};
use crate::rest::check::{Mode, Shape, all, required, text};
use crate::store::api_icons as store;
use crate::store::audit::Entry;
use crate::{Ctx, Error, Portal};

use super::appearance;

/// The one type of image that an API has.
pub(crate) const TYPE: &str = "icon";

/// The most that a picture holds, in bytes. Catalogues show a dozen at once.
pub(crate) const MOST: usize = 1024 * 1024;

/// What pictures begin with.
///
/// Source: PNG specification (third edition) §5.2; ITU-T T.81 §B.1.1.3 (SOI, and the marker after it).
const KINDS: [(&str, &[u8]); 2] = [
    ("image/png", b"\x89PNG\r\n\x1a\n"),
    ("image/jpeg", b"\xff\xd8\xff"),
];

/// The text is longer than any picture that is taken, so that one too large is told so.
static SHAPE: Shape = Shape {
    fields: &[required("data", text(0, 8 * MOST))],
    open: false,
};

/// Why something is no picture that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoIcon {
    /// It is none, or of another kind.
    Kind,
    /// It is too large.
    Size,
}

/// The picture of an API.
///
/// # Errors
/// [`Error::NotFound`] if it has none, or if no image is called that.
pub(crate) async fn find(
    portal: &Portal,
    id: ApiProductId,
    image_type: &str,
) -> Result<ApiIcon, Error> {
    known(image_type)?;
    let found = store::find(portal.db(), id).await?;
    found.ok_or_else(|| Error::NotFound("this API has no icon".into()))
}

/// Gives an API a picture, and says whether it had none before.
///
/// # Errors
/// [`Error::Invalid`] if it is no picture, and [`Error::NotFound`] if no image is called that.
pub(crate) async fn replace(
    portal: &Portal,
    ctx: &Ctx,
    (api, image_type): (&ApiProduct, &str),
    body: Map<String, Value>,
) -> Result<(ApiIcon, bool), Error> {
    known(image_type)?;
    let body = Value::Object(body);
    all(&body, &SHAPE, Mode::Whole)?;
    let data = body["data"].as_str().unwrap_or_default();
    let (media_type, bytes) = picture(data).map_err(refused)?;
    let before = store::find(portal.db(), api.id).await?;
    let icon = ApiIcon {
        api_product_id: api.id,
        media_type: media_type.to_owned(),
        digest: URL_SAFE_NO_PAD.encode(digest(&SHA256, &bytes)),
        bytes,
        created_at: before.as_ref().map_or(ctx.now, |before| before.created_at),
        updated_at: ctx.now,
    };
    let verb = if before.is_some() { "update" } else { "create" };
    let mut tx = portal.db().begin().await?;
    store::put(&mut tx, &icon).await?;
    let entry = Entry::new(verb, "api_icon", api.id).changing(&before, &icon);
    portal.audit(&mut tx, ctx, entry).await?;
    tx.commit().await?;
    Ok((icon, before.is_none()))
}

/// Takes the picture of an API away.
///
/// # Errors
/// Those of [`find`].
pub(crate) async fn remove(
    portal: &Portal,
    ctx: &Ctx,
    (api, image_type): (&ApiProduct, &str),
) -> Result<(), Error> {
    let icon = find(portal, api.id, image_type).await?;
    let mut tx = portal.db().begin().await?;
    store::delete(&mut tx, api.id).await?;
    let entry = Entry::new("delete", "api_icon", api.id).removing(&icon);
    portal.audit(&mut tx, ctx, entry).await?;
    tx.commit().await?;
    Ok(())
}

/// Media type and bytes of a picture in a `data:` URI. It must be what it says it is.
///
/// # Errors
/// Why it is none.
pub(crate) fn picture(data: &str) -> Result<(&'static str, Vec<u8>), NoIcon> {
    let (media_type, bytes) = appearance::image(data).ok_or(NoIcon::Kind)?;
    let known = |(kind, start): &(&str, &[u8])| *kind == media_type && bytes.starts_with(start);
    if !KINDS.iter().any(known) {
        return Err(NoIcon::Kind);
    }
    match bytes.len() > MOST {
        true => Err(NoIcon::Size),
        false => Ok((media_type, bytes)),
    }
}

/// Where the portal API has the picture with this digest.
pub(crate) fn address(id: ApiProductId, digest: &str) -> String {
    format!("/api/v3/apis/{id}/images/{TYPE}/raw?v={digest}")
}

fn known(image_type: &str) -> Result<(), Error> {
    match image_type == TYPE {
        true => Ok(()),
        false => Err(Error::not_found("type of image", image_type)),
    }
}

fn refused(why: NoIcon) -> Error {
    let (rule, reason) = match why {
        NoIcon::Kind => (
            "is_image",
            "must be a PNG or JPEG as data:image/png;base64,…; an SVG can hold scripts, so send it as one of these",
        ),
        NoIcon::Size => ("max_length", "must hold at most 1 MiB"),
    };
    Error::invalid(Violation::body("data", rule, reason))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::{MOST, NoIcon, picture};

    fn data(kind: &str, bytes: &[u8]) -> String {
        format!("data:image/{kind};base64,{}", STANDARD.encode(bytes))
    }

    #[test]
    fn a_picture_is_what_it_says_it_is() {
        let png = b"\x89PNG\r\n\x1a\nrest";
        assert_eq!(picture(&data("png", png)).unwrap().0, "image/png");
        let jpeg = data("jpeg", b"\xff\xd8\xff\xe0");
        assert_eq!(picture(&jpeg).unwrap().0, "image/jpeg");
        // The vendor's pattern leaves the word out, too.
        let bare = data("png", png).replace(";base64", "");
        assert_eq!(picture(&bare).unwrap().1, png);
        for other in [
            data("jpeg", png),
            data("png", b"<svg/>"),
            data("svg+xml", b"<svg/>"),
            data("gif", b"GIF89a"),
            "data:image/png;base64,%%%".to_owned(),
            "https://example.com/a.png".to_owned(),
        ] {
            assert_eq!(picture(&other), Err(NoIcon::Kind), "{other}");
        }
    }

    #[test]
    fn a_picture_has_an_upper_limit() {
        let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
        bytes.resize(MOST, 0);
        assert!(picture(&data("png", &bytes)).is_ok());
        bytes.push(0);
        assert_eq!(picture(&data("png", &bytes)), Err(NoIcon::Size));
    }
}
