//! Platform tokens: how administrators and automation prove who they are.
//!
//! Source: <https://docs.konghq.com/konnect/org-management/access-tokens/>.

use std::time::Duration;

use oauth::{ShownOnce, Timestamp};
use secrecy::SecretString;

use crate::ctx::Ctx;
use crate::error::Error;
use crate::model::{
    Access, AdministratorId, PlatformToken, PlatformTokenId, PlatformTokenKind, SystemAccountId,
};
use crate::store;
use crate::store::audit::Entry;
use crate::{Portal, Violation};

/// What the digests are for: a digest of another kind never matches.
const PURPOSE: &str = "portal.platform_token";
/// The last use is noted this often, so that a call does not become a write.
const TOUCH_EVERY: Duration = Duration::from_secs(3600);

/// Whose a new token is.
#[derive(Clone, Copy, Debug)]
pub enum Owner {
    /// Nobody's: it may do this.
    Nobody(Access),
    /// A system account's.
    SystemAccount(SystemAccountId),
    /// An administrator's.
    Administrator(AdministratorId),
}

/// What a new token is.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// Personal or of a system account.
    pub kind: PlatformTokenKind,
    /// What it is for.
    pub name: String,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
}

impl Portal {
    /// Makes a platform token that may do everything. Its text is shown once.
    ///
    /// # Errors
    /// Those of [`Portal::make_platform_token`].
    pub async fn create_platform_token(
        &self,
        ctx: &Ctx,
        new: NewToken,
    ) -> Result<(PlatformToken, ShownOnce<SecretString>), Error> {
        let owner = Owner::Nobody(Access::Owner);
        self.make_platform_token(ctx, new, owner).await
    }

    /// Makes a platform token that may do what its owner may. Its text is shown once.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the name is empty or too long, or the end lies in the past.
    pub async fn make_platform_token(
        &self,
        ctx: &Ctx,
        new: NewToken,
        owner: Owner,
    ) -> Result<(PlatformToken, ShownOnce<SecretString>), Error> {
        if new.name.is_empty() || new.name.chars().count() > 256 {
            let reason = "a token's name has 1 to 256 characters";
            return Err(Error::invalid(Violation::body("name", "invalid", reason)));
        }
        if new.expires_at.is_some_and(|end| end <= ctx.now) {
            let reason = "a token must end in the future";
            let violation = Violation::body("expires_at", "invalid", reason);
            return Err(Error::invalid(violation));
        }
        let prefix = match new.kind {
            PlatformTokenKind::Personal => "kpat",
            PlatformTokenKind::SystemAccount => "spat",
        };
        let text = format!("{prefix}_{}", self.entropy().alphanumeric(48));
        let (system_account_id, administrator_id, access) = match owner {
            Owner::Nobody(access) => (None, None, Some(access)),
            Owner::SystemAccount(id) => (Some(id), None, None),
            Owner::Administrator(id) => (None, Some(id), None),
        };
        let token = PlatformToken {
            id: PlatformTokenId::new(self.entropy()),
            kind: new.kind,
            name: new.name,
            last_four: text[text.len() - 4..].to_owned(),
            expires_at: new.expires_at,
            last_used_at: None,
            revoked_at: None,
            system_account_id,
            administrator_id,
            access,
            created_at: ctx.now,
            updated_at: ctx.now,
        };
        let digest = self.sealer().digest(PURPOSE, text.as_bytes());
        let mut tx = self.db().begin().await?;
        store::platform_tokens::insert(&mut tx, &token, &digest).await?;
        let entry = Entry::new("create", "platform_token", token.id).making(&token);
        self.audit(&mut tx, ctx, entry).await?;
        tx.commit().await?;
        Ok((token, ShownOnce::new(text.into())))
    }

    /// Every platform token, oldest first, revoked and expired ones too.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn platform_tokens(&self) -> Result<Vec<PlatformToken>, Error> {
        Ok(store::platform_tokens::every(self.db()).await?)
    }

    /// Revokes a token: it stops working at once.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is none, or it is revoked already.
    pub async fn revoke_platform_token(&self, ctx: &Ctx, id: PlatformTokenId) -> Result<(), Error> {
        let mut tx = self.db().begin().await?;
        if !store::platform_tokens::revoke(&mut tx, id, ctx.now).await? {
            return Err(Error::not_found("platform token in use", id));
        }
        let entry = Entry::new("revoke", "platform_token", id);
        self.audit(&mut tx, ctx, entry).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The token that an `Authorization` header carries, with or without `Bearer `: the vendor's
    /// page shows it without.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], which says whether it is missing, unknown, revoked or expired.
    pub async fn authenticate_platform_token(
        &self,
        header: Option<&str>,
    ) -> Result<PlatformToken, Error> {
        let refused = |text: &str| Error::Unauthenticated(text.into());
        let Some(header) = header else {
            return Err(refused(
                "a platform token is needed: send Authorization: Bearer kpat_… \
                 (`gatehouse token create` makes one)",
            ));
        };
        let text = match header.split_once(' ') {
            Some((scheme, text)) if scheme.eq_ignore_ascii_case("bearer") => text.trim(),
            _ => header.trim(),
        };
        let digest = self.sealer().digest(PURPOSE, text.as_bytes());
        let token = store::platform_tokens::find_by_digest(self.db(), &digest)
            .await?
            .ok_or_else(|| refused("the platform token is unknown"))?;
        let now = self.clock().now();
        if token.revoked_at.is_some() {
            return Err(refused("the platform token was revoked"));
        }
        if token.expires_at.is_some_and(|end| end <= now) {
            return Err(refused("the platform token has expired: create a new one"));
        }
        let used = token.last_used_at;
        if used.is_none_or(|used| now.saturating_since(used) >= TOUCH_EVERY) {
            let mut tx = self.db().begin().await?;
            store::platform_tokens::touch(&mut tx, token.id, now).await?;
            tx.commit().await?;
        }
        Ok(token)
    }
}
