//! Taking forms with files.

use axum::body::Bytes;
use axum::extract::multipart::Multipart;
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::response::IntoResponse;
use http::StatusCode;

use crate::csrf;
use crate::form::{FormRejection, expired, has_token};
use crate::input::Input;
use crate::visitor;

/// More than any form of ours sends: a few images, or one description of an API.
const LIMIT: usize = 8 * 1024 * 1024;

/// A form of ours that may hold files: `multipart/form-data` (RFC 7578), with the token of
/// [`crate::Visitor::csrf_field`] as in [`crate::Form`]. A page answers everything that is refused.
#[derive(Clone, Debug, Default)]
pub struct Upload {
    /// The fields that are not files.
    pub input: Input,
    /// The files that were chosen; a field left empty has none.
    pub files: Vec<UploadedFile>,
}

/// A file that was chosen. Its name and its type are what the browser says.
#[derive(Clone, Debug)]
pub struct UploadedFile {
    /// The form's field.
    pub field: String,
    /// The file's name, without a path.
    pub name: String,
    /// The media type.
    pub media_type: String,
    /// What is in it.
    pub bytes: Bytes,
}

impl Upload {
    /// The file that was chosen in a field.
    #[must_use]
    pub fn file(&self, field: &str) -> Option<&UploadedFile> {
        self.files.iter().find(|file| file.field == field)
    }
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = FormRejection;

    async fn from_request(mut request: Request, state: &S) -> Result<Self, FormRejection> {
        DefaultBodyLimit::max(LIMIT).apply(&mut request);
        let (parts, body) = request.into_parts();
        let Some(visitor) = visitor::of(&parts) else {
            let response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
            return Err(FormRejection(Box::new(response)));
        };
        let headers = parts.headers.clone();
        let refuse =
            |status: StatusCode| FormRejection(Box::new(visitor.problem(status).into_response()));
        let request = Request::from_parts(parts, body);
        let multipart = Multipart::from_request(request, state).await;
        let multipart = multipart.map_err(|_| refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE))?;
        let (pairs, files) = read(multipart).await.map_err(refuse)?;
        if csrf::from_elsewhere(&headers) || !has_token(&visitor, &pairs) {
            return Err(FormRejection(Box::new(expired(&visitor))));
        }
        let input = Input::new(pairs);
        Ok(Self { input, files })
    }
}

async fn read(
    mut multipart: Multipart,
) -> Result<(Vec<(String, String)>, Vec<UploadedFile>), StatusCode> {
    let (mut pairs, mut files) = (Vec::new(), Vec::new());
    while let Some(part) = multipart.next_field().await.map_err(|e| e.status())? {
        let field = part.name().unwrap_or_default().to_owned();
        let Some(name) = part.file_name().map(str::to_owned) else {
            let value = part.text().await.map_err(|error| error.status())?;
            pairs.push((field, value));
            continue;
        };
        let media_type = part.content_type().unwrap_or_default().to_owned();
        let bytes = part.bytes().await.map_err(|error| error.status())?;
        if name.is_empty() && bytes.is_empty() {
            continue;
        }
        let name = name
            .rsplit(['/', '\\'])
            .next()
            .unwrap_or_default()
            .to_owned();
        files.push(UploadedFile {
            field,
            name,
            media_type,
            bytes,
        });
    }
    Ok((pairs, files))
}
