//! What waits for a decision of the team.

use crate::model::Waiting;
use crate::{Error, Portal, store};

/// The portals where developers or registrations wait, by their names.
///
/// # Errors
/// [`Error::Unavailable`].
pub async fn waiting(portal: &Portal) -> Result<Vec<Waiting>, Error> {
    Ok(store::waiting::all(portal.db()).await?)
}
