//! `/api/v2/emails/provider` and `/api/v2/email-templates`.
//!
//! Both are kept for tools that move a tenant. Mails leave by the server that the operator
//! configured (`mail.smtp_url`), in the texts of this program.

use axum::Json as Reply;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::MethodFilter;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::management::access::Caller;
use crate::management::body::{Id, Json};
use crate::management::operations::Operations;
use crate::management::problem::Problem;
use crate::management::query::Query;
use crate::management::schema::{
    Body, Object, any_object, boolean, integer, one_of, optional, required, text,
};
use crate::model::{Members, merge};
use crate::store::documents::{self, Document};
use crate::{Error, Tenant};

const PROVIDER: &str = "email_provider";

const PROVIDERS: &[&str] = &[
    "mailgun",
    "mandrill",
    "sendgrid",
    "ses",
    "sparkpost",
    "smtp",
    "azure_cs",
    "ms365",
    "custom",
];

const TEMPLATES: &[&str] = &[
    "verify_email",
    "verify_email_by_code",
    "auth_email_by_code",
    "reset_email",
    "reset_email_by_code",
    "welcome_email",
    "blocked_account",
    "stolen_credentials",
    "enrollment_email",
    "mfa_oob_code",
    "user_invitation",
    "change_password",
    "password_reset",
    "async_approval",
];

static CREATE_PROVIDER: Object = Object {
    members: &[
        required("name", one_of(PROVIDERS)),
        optional("enabled", boolean()),
        optional("default_from_address", text(320)),
        required("credentials", any_object()),
        optional("settings", any_object().nullable()),
    ],
};

macro_rules! template {
    ($name:expr) => {
        &[
            $name,
            optional("body", text(1_000_000).nullable()),
            optional("from", text(320).nullable()),
            optional("resultUrl", text(2048).nullable()),
            optional("subject", text(1_000).nullable()),
            optional("syntax", text(40).nullable()),
            optional("urlLifetimeInSeconds", integer(0, 31_536_000).nullable()),
            optional("includeEmailInRedirect", boolean()),
            optional("enabled", boolean().nullable()),
        ]
    };
}
static CREATE_TEMPLATE: Object = Object {
    members: template!(required("template", one_of(TEMPLATES))),
};
static CHANGE_TEMPLATE: Object = Object {
    members: template!(optional("template", one_of(TEMPLATES))),
};

pub(super) fn add(operations: &mut Operations) {
    let path = "/emails/provider";
    let update: &[&str] = &["update:email_provider"];
    operations.serve(
        MethodFilter::GET,
        path,
        &["read:email_provider"],
        read_provider,
    );
    operations.serve(
        MethodFilter::POST,
        path,
        &["create:email_provider"],
        create_provider,
    );
    operations.serve(MethodFilter::PATCH, path, update, change_provider);
    operations.serve(
        MethodFilter::DELETE,
        path,
        &["delete:email_provider"],
        delete_provider,
    );
    let (all, one) = ("/email-templates", "/email-templates/{id}");
    let update: &[&str] = &["update:email_templates"];
    operations.serve(
        MethodFilter::POST,
        all,
        &["create:email_templates"],
        create_template,
    );
    operations.serve(
        MethodFilter::GET,
        one,
        &["read:email_templates"],
        read_template,
    );
    operations.serve(MethodFilter::PATCH, one, update, change_template);
    operations.serve(MethodFilter::PUT, one, update, replace_template);
}

fn no_provider() -> Error {
    Error::NotFound {
        code: Some("inexistent_email_provider"),
        message: "There is not a configured email provider".into(),
    }
}

/// The provider without its credentials: they are shown to nobody.
async fn read_provider(
    State(tenant): State<Tenant>,
    _caller: Caller,
    query: Query,
) -> Result<Reply<Members>, Problem> {
    let found = documents::find(tenant.db(), PROVIDER).await?;
    let document = found.ok_or_else(no_provider)?;
    Ok(Reply(query.fields()?.choose(document.content)))
}

async fn create_provider(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Json(body): Json,
) -> Result<(StatusCode, Reply<Members>), Problem> {
    let mut content = CREATE_PROVIDER.read(body, Body::Create)?;
    let mut tx = tenant.db().begin().await?;
    if documents::lock(&mut tx, PROVIDER).await?.is_some() {
        return Err(Error::Conflict("There is an email provider already".into()).into());
    }
    content.entry("enabled").or_insert(json!(true));
    let secret = take_credentials(&tenant, &mut content);
    let shown = keep_provider(tx, &tenant, content, secret).await?;
    Ok((StatusCode::CREATED, Reply(shown)))
}

async fn change_provider(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Json(body): Json,
) -> Result<Reply<Members>, Problem> {
    let mut changes = CREATE_PROVIDER.read(body, Body::Change)?;
    let mut tx = tenant.db().begin().await?;
    let found = documents::lock(&mut tx, PROVIDER).await?;
    let mut document = found.ok_or_else(no_provider)?;
    let secret = take_credentials(&tenant, &mut changes).or(document.secret);
    merge(&mut document.content, changes);
    Ok(Reply(
        keep_provider(tx, &tenant, document.content, secret).await?,
    ))
}

async fn delete_provider(
    State(tenant): State<Tenant>,
    _caller: Caller,
) -> Result<StatusCode, Problem> {
    let mut tx = tenant.db().begin().await?;
    documents::delete(&mut tx, PROVIDER).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn take_credentials(tenant: &Tenant, members: &mut Members) -> Option<String> {
    let credentials = members.shift_remove("credentials")?;
    let context = format!("identity.document:{PROVIDER}");
    let text = SecretString::from(credentials.to_string());
    Some(tenant.sealer().seal(&context, &text))
}

async fn keep_provider(
    mut tx: storage::Tx,
    tenant: &Tenant,
    content: Members,
    secret: Option<String>,
) -> Result<Members, Error> {
    let now = tenant.clock().now();
    let document = Document {
        id: PROVIDER.to_owned(),
        content,
        secret,
        created_at: now,
    };
    documents::put(&mut tx, &document, now).await?;
    tx.commit().await?;
    Ok(document.content)
}

fn template_id(name: &str) -> Result<String, Error> {
    match TEMPLATES.contains(&name) {
        true => Ok(format!("email_template/{name}")),
        false => Err(Error::Invalid {
            code: "invalid_uri",
            message: "Path validation error: 'No enum match' on property templateName.".into(),
        }),
    }
}

fn no_template() -> Error {
    Error::NotFound {
        code: Some("inexistent_email_template"),
        message: "The template does not exist.".into(),
    }
}

async fn read_template(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(name): Id,
) -> Result<Reply<Members>, Problem> {
    let found = documents::find(tenant.db(), &template_id(&name)?).await?;
    Ok(Reply(found.ok_or_else(no_template)?.content))
}

async fn create_template(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Json(body): Json,
) -> Result<(StatusCode, Reply<Members>), Problem> {
    let content = CREATE_TEMPLATE.read(body, Body::Create)?;
    let name = content.get("template").and_then(Value::as_str);
    let id = template_id(name.unwrap_or_default())?;
    let mut tx = tenant.db().begin().await?;
    if documents::lock(&mut tx, &id).await?.is_some() {
        return Err(Error::Conflict("The template exists already".into()).into());
    }
    let shown = keep_template(tx, &tenant, id, content).await?;
    Ok((StatusCode::CREATED, Reply(shown)))
}

async fn change_template(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(name): Id,
    Json(body): Json,
) -> Result<Reply<Members>, Problem> {
    let changes = CHANGE_TEMPLATE.read(body, Body::Change)?;
    let id = template_id(&name)?;
    let mut tx = tenant.db().begin().await?;
    let found = documents::lock(&mut tx, &id).await?;
    let mut content = found.ok_or_else(no_template)?.content;
    merge(&mut content, changes);
    Ok(Reply(keep_template(tx, &tenant, id, content).await?))
}

async fn replace_template(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(name): Id,
    Json(body): Json,
) -> Result<Reply<Members>, Problem> {
    let mut content = CHANGE_TEMPLATE.read(body, Body::Change)?;
    let id = template_id(&name)?;
    content.insert("template".to_owned(), json!(name));
    let tx = tenant.db().begin().await?;
    Ok(Reply(keep_template(tx, &tenant, id, content).await?))
}

async fn keep_template(
    mut tx: storage::Tx,
    tenant: &Tenant,
    id: String,
    content: Members,
) -> Result<Members, Error> {
    let now = tenant.clock().now();
    let document = Document {
        id,
        content,
        secret: None,
        created_at: now,
    };
    documents::put(&mut tx, &document, now).await?;
    tx.commit().await?;
    Ok(document.content)
}
