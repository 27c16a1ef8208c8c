//! Authorization codes.

use storage::Tx;

use crate::store::authorization_codes::{self, NewCode};
use crate::token::digest::{Kind, digest};
use crate::{Error, Tenant};

/// Characters of a code, with 6 bits each.
const LENGTH: usize = 45;

/// Makes a code and keeps its digest; it is good once the transaction is committed.
///
/// # Errors
/// [`Error::Unavailable`].
///
/// Source: RFC 6749 §4.1.2, §10.10.
pub(crate) async fn authorization_code(
    tenant: &Tenant,
    tx: &mut Tx,
    code: &NewCode,
) -> Result<String, Error> {
    let text = tenant.entropy().url_safe(LENGTH);
    authorization_codes::insert(tx, &digest(tenant, Kind::AuthorizationCode, &text), code).await?;
    Ok(text)
}
