//! `/api/v2/branding/themes`: the pages take colours and the logo from the theme; the rest is kept for
//! tools that move a tenant.

use axum::Json as Reply;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::MethodFilter;
use serde_json::json;

use crate::management::access::Caller;
use crate::management::body::{Id, Json};
use crate::management::operations::Operations;
use crate::management::problem::Problem;
use crate::management::schema::{Body, Object, any_object, optional, required, text};
use crate::model::Members;
use crate::service::documents::{self as service, theme};
use crate::store::documents;
use crate::{Error, Tenant};

static THEME: Object = Object {
    members: &[
        optional("displayName", text(2048)),
        required("borders", any_object()),
        required("colors", any_object()),
        required("fonts", any_object()),
        required("page_background", any_object()),
        required("widget", any_object()),
        optional("identifiers", any_object()),
    ],
};

pub(super) fn add(operations: &mut Operations) {
    let (all, one) = ("/branding/themes", "/branding/themes/{id}");
    operations.serve(MethodFilter::POST, all, &["create:branding"], create);
    operations.serve(
        MethodFilter::GET,
        "/branding/themes/default",
        &["read:branding"],
        read_first,
    );
    operations.serve(MethodFilter::GET, one, &["read:branding"], read);
    operations.serve(MethodFilter::PATCH, one, &["update:branding"], change);
    operations.serve(MethodFilter::DELETE, one, &["delete:branding"], delete);
}

fn missing() -> Error {
    Error::NotFound {
        code: Some("theme_not_found"),
        message: "The theme does not exist.".into(),
    }
}

fn key(id: &str) -> String {
    format!("{}{id}", theme::PREFIX)
}

async fn create(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Json(body): Json,
) -> Result<(StatusCode, Reply<Members>), Problem> {
    let mut made = THEME.read(body, Body::Create)?;
    if !documents::of_kind(tenant.db(), theme::KIND)
        .await?
        .is_empty()
    {
        return Err(Error::Conflict("There is a theme already".into()).into());
    }
    let id = tenant.entropy().alphanumeric(32);
    made.insert("themeId".to_owned(), json!(id));
    service::replace(&tenant, &key(&id), made.clone()).await?;
    Ok((StatusCode::CREATED, Reply(made)))
}

async fn read_first(
    State(tenant): State<Tenant>,
    _caller: Caller,
) -> Result<Reply<Members>, Problem> {
    let themes = documents::of_kind(tenant.db(), theme::KIND).await?;
    let first = themes.into_iter().next().ok_or_else(missing)?;
    Ok(Reply(first.content))
}

async fn read(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
) -> Result<Reply<Members>, Problem> {
    let found = documents::find(tenant.db(), &key(&id)).await?;
    Ok(Reply(found.ok_or_else(missing)?.content))
}

async fn change(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
    Json(body): Json,
) -> Result<Reply<Members>, Problem> {
    let changes = THEME.read(body, Body::Change)?;
    let found = documents::find(tenant.db(), &key(&id)).await?;
    found.ok_or_else(missing)?;
    let theme = service::change(&tenant, &key(&id), Members::new(), changes).await?;
    Ok(Reply(theme))
}

async fn delete(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    service::delete(&tenant, &key(&id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
