//! Where the file of an export is fetched, with the link that the job shows.

use std::io::Write as _;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::stream;

use crate::management::problem::Problem;
use crate::management::query::Query;
use crate::model::job::{Kind, Status};
use crate::service::jobs::file;
use crate::store::jobs;
use crate::{Error, Tenant};

/// The signature is the credential: the link works for a minute, for one file.
pub(crate) fn routes() -> Router<Tenant> {
    Router::new().route(&format!("/{}/{{id}}", file::PATH), get(download))
}

async fn download(
    State(tenant): State<Tenant>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let refused = || Error::Forbidden {
        code: "invalid_link",
        message: "This link has expired. Read the job again: it shows a new one.".into(),
    };
    let expires = query.text("expires").and_then(|text| text.parse().ok());
    let expires = expires.ok_or_else(refused)?;
    if !file::holds(
        &tenant,
        &id,
        expires,
        query.text("signature").unwrap_or_default(),
    ) {
        return Err(refused().into());
    }
    let job = jobs::find(tenant.db(), &id).await?;
    let job = job.filter(|job| job.kind == Kind::UsersExport && job.status == Status::Completed);
    let job = job.ok_or_else(refused)?;
    let ending = if file::is_csv(&job.settings) {
        "csv"
    } else {
        "json"
    };
    let disposition = format!("attachment; filename=\"{id}.{ending}.gz\"");
    let headers = [
        (header::CONTENT_TYPE, "application/gzip".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    let pieces = stream::try_unfold(-1, move |after| {
        let (tenant, id) = (tenant.clone(), id.clone());
        async move { piece(&tenant, &id, after).await }
    });
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// The next piece of the file, packed by itself: packed pieces behind one another are a packed file
/// (RFC 1952 §2.2).
async fn piece(
    tenant: &Tenant,
    id: &str,
    after: i64,
) -> Result<Option<(Bytes, i64)>, std::io::Error> {
    let found = jobs::parts(tenant.db(), id, after, 1).await;
    let found = found.map_err(std::io::Error::other)?;
    let (number, text) = match found.into_iter().next() {
        Some(part) => part,
        // A file without users is a packed file, too.
        None if after < 0 => (i64::MAX - 1, String::new()),
        None => return Ok(None),
    };
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(text.as_bytes())?;
    Ok(Some((Bytes::from(packer.finish()?), number)))
}
