//! The portal's pages for developers.

mod markdown;
mod specification;
mod text;
mod try_it;
mod view;

use std::sync::LazyLock;

use web::assets::Assets;

/// The renderer of the API reference and the script that starts it.
#[derive(rust_embed::RustEmbed)]
#[folder = "assets/"]
struct Files;

/// The pages' own files.
pub(crate) fn assets() -> &'static Assets {
    static ASSETS: LazyLock<Assets> = LazyLock::new(Assets::of::<Files>);
    &ASSETS
}
