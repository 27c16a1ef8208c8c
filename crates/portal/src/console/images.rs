//! Images in forms: what was chosen, and what there is already.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use web::{Markup, Text, UploadedFile, html};

/// A file as the API takes images.
pub(super) fn data_uri(file: &UploadedFile) -> String {
    uri(&file.media_type, &file.bytes)
}

/// A picture as a `data:` URI.
pub(super) fn uri(media_type: &str, bytes: &[u8]) -> String {
    format!("data:{media_type};base64,{}", STANDARD.encode(bytes))
}

/// The image that a field has now, with a box that takes it away for those who may.
pub(super) fn present(text: Text, (field, label): (&str, &str), data: &str, may: bool) -> Markup {
    html! {
        img.image-preview src=(data) alt=(text.with("appearance-image-now", [("image", label.into())]));
        @if may {
            div.choice {
                input id=(format!("remove_{field}")) type="checkbox" name=(format!("remove_{field}")) value="on";
                label for=(format!("remove_{field}")) { (text.with("appearance-image-remove", [("image", label.into())])) }
            }
        }
    }
}
