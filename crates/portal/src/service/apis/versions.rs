//! Versions of APIs: product versions with a specification.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use storage::Tx;

use crate::error::Violation;
use crate::model::{
    ApiProduct, Labels, ProductVersion, ProductVersionId, PublicationId, PublishStatus,
    Specification, SpecificationId,
};
use crate::publish::topic;
use crate::rest::check::{Field, Rule, Shape, optional, required, text};
use crate::rest::{apply, input, path_id};
use crate::service::specifications::{Checked, check};
use crate::service::version_mail::{self, Notice};
use crate::service::versions::ending;
use crate::store::api_versions::{self, Specified};
use crate::store::audit::{Entry, Picture};
use crate::store::{product_versions, publications, specifications};
use crate::{Ctx, Error, Portal};

const VERSION: Field = optional("version", text(1, 255));

static SPEC: Shape = Shape {
    fields: &[required("content", text(1, 2 << 20))],
    open: false,
};

static SHAPE: Shape = Shape {
    fields: &[VERSION, required("spec", Rule::Object(&SPEC))],
    open: false,
};

/// What can be sent of a version.
#[derive(Deserialize)]
struct Input {
    version: Option<String>,
    spec: Content,
}

#[derive(Serialize, Deserialize)]
struct Content {
    content: String,
}

/// What a version is, as far as it can be changed.
#[derive(Serialize, Deserialize)]
struct Writable {
    version: String,
    spec: Content,
}

/// A version with its specification.
pub(crate) struct ApiVersion {
    /// The version.
    pub(crate) version: ProductVersion,
    /// Its specification.
    pub(crate) specification: Specification,
}

impl Picture for ApiVersion {
    fn picture(&self) -> Value {
        let mut picture = self.version.picture();
        picture["specification"] = self.specification.picture();
        picture
    }
}

/// A version of an API.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn find(
    portal: &Portal,
    api: &ApiProduct,
    version: &str,
) -> Result<ApiVersion, Error> {
    let id: ProductVersionId = path_id("version", version)?;
    let missing = || Error::not_found("version of this API", id);
    let version = product_versions::find(portal.db(), id).await?;
    let version = version.filter(|found| found.api_product_id == api.id);
    let version = version.ok_or_else(missing)?;
    let specification = specifications::of_version(portal.db(), id).await?;
    Ok(ApiVersion {
        version,
        specification: specification.ok_or_else(missing)?,
    })
}

/// Makes a version. Without `version` it is called as its specification says. Gives the revision that
/// gateways are to obey.
///
/// # Errors
/// [`Error::Invalid`], and [`Error::Conflict`] if the API has one of this name.
pub(crate) async fn create(
    portal: &Portal,
    ctx: &Ctx,
    api: &ApiProduct,
    body: Map<String, Value>,
) -> Result<(ApiVersion, i64), Error> {
    let Input { version, spec } = input(body, &SHAPE)?;
    let content = check("spec.content", &spec.content)?;
    let name = version.or_else(|| own_name(&content)).ok_or_else(|| {
        let reason =
            "\"version\" is required where the specification does not say one in info.version";
        Error::invalid(Violation::body("version", "missing_reference", reason))
    })?;
    let mut tx = portal.db().begin().await?;
    let added = add(portal, ctx, &mut tx, api, name, content).await?;
    let entry = Entry::new("create", "product_version", added.version.id).making(&added);
    let revision = portal.commit(ctx, tx, entry).await?;
    Ok((added, revision))
}

/// Makes the one version of an API from a specification alone.
///
/// # Errors
/// Those of [`create`], and [`Error::Conflict`] if the API has one.
pub(crate) async fn create_only(
    portal: &Portal,
    ctx: &Ctx,
    api: &ApiProduct,
    content: &str,
) -> Result<(ApiVersion, i64), Error> {
    let content = check("content", content)?;
    let mut tx = portal.db().begin().await?;
    let present = api_versions::of_products(&mut tx, [api.id]).await?;
    if !present.is_empty() {
        return Err(Error::Conflict(
            "the API has a specification already; change that one, or add a version".to_owned(),
        ));
    }
    let name = own_name(&content);
    let name = api.version.clone().or(name);
    let name = name.unwrap_or_else(|| placeholder(api).to_owned());
    let added = add(portal, ctx, &mut tx, api, name, content).await?;
    let entry = Entry::new("create", "specification", added.specification.id);
    let entry = entry.making(&added.specification);
    let revision = portal.commit(ctx, tx, entry).await?;
    Ok((added, revision))
}

/// Changes what `body` names. Gives the revision that gateways are to obey.
///
/// # Errors
/// Those of [`create`].
pub(crate) async fn update(
    portal: &Portal,
    ctx: &Ctx,
    earlier: ApiVersion,
    body: Map<String, Value>,
) -> Result<(ApiVersion, i64), Error> {
    let before = earlier.picture();
    let ApiVersion {
        version,
        mut specification,
    } = earlier;
    let present = Writable {
        version: version.name.clone(),
        spec: Content {
            content: specification.content.clone(),
        },
    };
    let Writable {
        version: name,
        spec: Content { content },
    } = apply(&present, body, &SHAPE)?;
    if content != specification.content {
        let content = check("spec.content", &content)?;
        specification.name = file_name(&content.content).to_owned();
        content.write(&mut specification);
        specification.updated_at = ctx.now;
    }
    let version = ProductVersion {
        name,
        updated_at: ctx.now,
        ..version
    };
    let mut tx = portal.db().begin().await?;
    let updated = product_versions::update(&mut tx, &version).await;
    updated.map_err(|error| name_taken(error, &version.name))?;
    specifications::update(&mut tx, &specification).await?;
    let changed = ApiVersion {
        version,
        specification,
    };
    let entry = Entry::new("update", "product_version", changed.version.id);
    let entry = entry.changing(&before, &changed);
    let revision = portal.commit(ctx, tx, entry).await?;
    Ok((changed, revision))
}

/// Removes a version. What applications may call stays as it is: registrations go to another version in
/// front of the same service, and the last version stays without its specification. Where no other stands
/// in front of it, developers who lose access are told if they are to be. Gives the revision that gateways
/// are to obey.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn delete(
    portal: &Portal,
    ctx: &Ctx,
    api: &ApiProduct,
    gone: &ApiVersion,
    notice: Notice,
) -> Result<i64, Error> {
    let ApiVersion {
        version,
        specification,
    } = gone;
    let mut tx = portal.db().begin().await?;
    let mut others = product_versions::of_product(&mut tx, api.id).await?;
    others.retain(|other| other.id != version.id);
    if others.is_empty() {
        specifications::delete(&mut tx, specification.id).await?;
        let bare = ProductVersion {
            name: placeholder(api).to_owned(),
            updated_at: ctx.now,
            ..version.clone()
        };
        product_versions::update(&mut tx, &bare).await?;
    } else {
        let same = |other: &&ProductVersion| other.service_id == version.service_id;
        match others.iter().rev().find(same) {
            Some(heir) => {
                if api_versions::hand_registrations(&mut tx, version.id, heir.id).await? {
                    let key = version.id.to_string();
                    tx.record_change(topic::EVERYTHING, &key).await?;
                }
            }
            None => {
                let ending = ending(api, version);
                version_mail::withdrawn(portal, ctx, &mut tx, (ending, notice)).await?;
            }
        }
        product_versions::delete(&mut tx, version.id).await?;
    }
    let entry = Entry::new("delete", "product_version", version.id).removing(gone);
    portal.commit(ctx, tx, entry).await
}

/// The version that an API is at: the one of its own name, else the newest.
pub(crate) fn current<'a>(api: &ApiProduct, versions: &'a [Specified]) -> Option<&'a Specified> {
    let named = versions
        .iter()
        .find(|specified| Some(&specified.version.name) == api.version.as_ref());
    named.or(versions.last())
}

/// All versions of an API, oldest first; if there is none yet, one without a specification is made, since
/// what an API has in portals and at the gateway belongs to its versions.
///
/// # Errors
/// Those of the database.
pub(super) async fn all(
    portal: &Portal,
    ctx: &Ctx,
    tx: &mut Tx,
    api: &ApiProduct,
) -> Result<Vec<ProductVersion>, Error> {
    let mut all = product_versions::of_product(&mut *tx, api.id).await?;
    if all.is_empty() {
        let version = blank(portal, ctx, api, placeholder(api).to_owned());
        product_versions::insert(tx, &version).await?;
        all.push(version);
    }
    Ok(all)
}

/// What a version without a specification is called.
pub(super) fn placeholder(api: &ApiProduct) -> &str {
    api.version.as_deref().unwrap_or("unversioned")
}

/// What a specification says of its version.
pub(super) fn own_name(content: &Checked) -> Option<String> {
    let name = content.document["info"]["version"].as_str()?;
    let fits = (1..=255).contains(&name.chars().count());
    fits.then(|| name.to_owned())
}

/// The version without a specification is called as the API says.
///
/// # Errors
/// Those of the database.
pub(super) async fn follow(
    tx: &mut Tx,
    earlier: &ApiProduct,
    api: &ApiProduct,
) -> Result<(), Error> {
    if earlier.version == api.version {
        return Ok(());
    }
    if let [only] = product_versions::of_product(&mut *tx, api.id)
        .await?
        .as_slice()
        && only.name == placeholder(earlier)
        && specifications::of_version(&mut *tx, only.id)
            .await?
            .is_none()
    {
        let renamed = ProductVersion {
            name: placeholder(api).to_owned(),
            updated_at: api.updated_at,
            ..only.clone()
        };
        product_versions::update(tx, &renamed).await?;
    }
    Ok(())
}

/// Adds a version with its specification: to a version that has none, if it is of this name or the only
/// one, else as a new one that is published and linked as the newest other.
///
/// # Errors
/// [`Error::Conflict`] if the API has one of this name.
pub(super) async fn add(
    portal: &Portal,
    ctx: &Ctx,
    tx: &mut Tx,
    api: &ApiProduct,
    name: String,
    content: Checked,
) -> Result<ApiVersion, Error> {
    let present = product_versions::of_product(&mut *tx, api.id).await?;
    let bare = present.iter().find(|version| version.name == name);
    let bare = bare.or(match present.as_slice() {
        [only] if only.name == placeholder(api) => Some(only),
        _ => None,
    });
    let bare = match bare {
        Some(bare)
            if specifications::of_version(&mut *tx, bare.id)
                .await?
                .is_none() =>
        {
            Some(bare)
        }
        _ => None,
    };
    let version = match bare {
        Some(bare) => {
            let version = ProductVersion {
                name,
                updated_at: ctx.now,
                ..bare.clone()
            };
            product_versions::update(tx, &version).await?;
            version
        }
        None => {
            beside(
                portal,
                ctx,
                tx,
                present.last(),
                blank(portal, ctx, api, name),
            )
            .await?
        }
    };
    let mut specification = Specification {
        id: SpecificationId::new(portal.entropy()),
        product_version_id: version.id,
        name: file_name(&content.content).to_owned(),
        content: String::new(),
        document: String::new(),
        kind: content.kind,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    content.write(&mut specification);
    specifications::insert(tx, &specification).await?;
    Ok(ApiVersion {
        version,
        specification,
    })
}

/// Inserts a version; in portals and at the gateway it stands as another one does.
async fn beside(
    portal: &Portal,
    ctx: &Ctx,
    tx: &mut Tx,
    other: Option<&ProductVersion>,
    mut version: ProductVersion,
) -> Result<ProductVersion, Error> {
    if let Some(other) = other {
        version.service_id = other.service_id;
        version.control_plane_id = other.control_plane_id;
    }
    let inserted = product_versions::insert(tx, &version).await;
    inserted.map_err(|error| name_taken(error, &version.name))?;
    let Some(other) = other else {
        return Ok(version);
    };
    for mut publication in publications::of_version(&mut *tx, other.id).await? {
        publication.id = PublicationId::new(portal.entropy());
        publication.product_version_id = version.id;
        publication.deprecated = false;
        (publication.created_at, publication.updated_at) = (ctx.now, ctx.now);
        publications::insert(tx, &publication).await?;
    }
    Ok(version)
}

fn blank(portal: &Portal, ctx: &Ctx, api: &ApiProduct, name: String) -> ProductVersion {
    ProductVersion {
        id: ProductVersionId::new(portal.entropy()),
        api_product_id: api.id,
        name,
        deprecated: false,
        publish_status: PublishStatus::Unpublished,
        control_plane_id: None,
        service_id: None,
        labels: Labels::new(),
        created_at: ctx.now,
        updated_at: ctx.now,
    }
}

/// What the file of a specification would be called.
fn file_name(content: &str) -> &'static str {
    match content.trim_start().starts_with('{') {
        true => "openapi.json",
        false => "openapi.yaml",
    }
}

fn name_taken(error: storage::Error, name: &str) -> Error {
    Error::from(error).or_conflict(format!("the API has a version `{name}` already"))
}
