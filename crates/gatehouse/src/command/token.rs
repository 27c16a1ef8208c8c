//! `gatehouse token create | list | revoke`: credentials for the platform API and the Management API.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::{Subcommand, ValueEnum};
use oauth::Timestamp;
use portal::model::{Access, PlatformToken, PlatformTokenKind};
use portal::service::platform_tokens::Owner;
use portal::{Actor, Portal};
use secrecy::ExposeSecret as _;

use super::say;
use crate::app;
use crate::config::{Source, load};
use crate::offline::{self, Offline};

#[derive(Subcommand)]
pub(super) enum Action {
    /// Create a token and print it: this once and never again.
    Create {
        /// What it is for.
        #[arg(long)]
        name: String,
        /// Whose token it is.
        #[arg(long, value_enum, default_value_t = Kind::Personal)]
        kind: Kind,
        /// What it may do; a token of an administrator may do what they may.
        #[arg(long, value_enum, default_value_t = Role::Owner, conflicts_with = "administrator")]
        role: Role,
        /// Whose token it is, by email address.
        #[arg(long, value_name = "EMAIL")]
        administrator: Option<String>,
        /// After how many days it stops working.
        #[arg(long, value_name = "DAYS")]
        expires: Option<u64>,
    },
    /// List platform tokens; the tokens themselves are not known any more.
    List,
    /// Revoke a platform token, by id or by name.
    Revoke {
        /// The token's id or name.
        token: String,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Kind {
    /// `kpat_…`, for a person.
    Personal,
    /// `spat_…`, for a program, such as a gateway elsewhere.
    SystemAccount,
    /// A client of the identity tenant that may do everything at its Management API.
    Management,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Role {
    /// Everything.
    Owner,
    /// Everything but change accounts, their tokens and their roles.
    Admin,
    /// Read.
    Viewer,
    /// Follow the control plane as a gateway, and nothing else.
    Gateway,
}

impl From<Role> for Access {
    fn from(role: Role) -> Self {
        match role {
            Role::Owner => Self::Owner,
            Role::Admin => Self::Admin,
            Role::Viewer => Self::Viewer,
            Role::Gateway => Self::Gateway,
        }
    }
}

pub(super) fn run(action: &Action, source: &Source) -> Result<ExitCode> {
    let settings = load(source)?.settings;
    app::runtime()?.block_on(async {
        let parts = Offline::open(&settings).await?;
        match action {
            Action::Create {
                name,
                kind: Kind::Management,
                ..
            } => {
                let (client_id, secret) = parts
                    .tenant()
                    .await?
                    .bootstrap_management_client(name)
                    .await?;
                say(&format!("client_id      {client_id}"));
                say(&format!(
                    "client_secret  {}",
                    secret.reveal().expose_secret()
                ));
            }
            Action::Create {
                name,
                kind,
                role,
                administrator,
                expires,
            } => {
                let portal = parts.portal().await?;
                let owner = match administrator {
                    Some(email) => {
                        Owner::Administrator(portal.administrators().find_by_email(email).await?.id)
                    }
                    None => Owner::Nobody((*role).into()),
                };
                let kind = match kind {
                    Kind::SystemAccount => PlatformTokenKind::SystemAccount,
                    Kind::Personal | Kind::Management => PlatformTokenKind::Personal,
                };
                let lifetime = expires.map(|days| Duration::from_secs(days * 86_400));
                let token = offline::create_token(&portal, name, kind, lifetime, owner).await?;
                say(token.reveal().expose_secret());
            }
            Action::List => {
                for token in parts.portal().await?.platform_tokens().await? {
                    say(&line(&token, parts.now()));
                }
            }
            Action::Revoke { token: wanted } => revoke(&parts.portal().await?, wanted).await?,
        }
        parts.close().await;
        Ok(ExitCode::SUCCESS)
    })
}

/// Revokes the one token in use that has this id or name.
async fn revoke(portal: &Portal, wanted: &str) -> Result<()> {
    let tokens = portal.platform_tokens().await?;
    let fitting: Vec<&PlatformToken> = tokens
        .iter()
        .filter(|token| {
            token.revoked_at.is_none() && (token.name == wanted || token.id.to_string() == wanted)
        })
        .collect();
    let [token] = fitting[..] else {
        match fitting.len() {
            0 => bail!(
                "no token in use has the id or name `{wanted}`; `gatehouse token list` shows them"
            ),
            several => bail!(
                "{several} tokens are named `{wanted}`; revoke by id, which `gatehouse token list` shows"
            ),
        }
    };
    portal
        .revoke_platform_token(&portal.ctx(Actor::System, "command"), token.id)
        .await?;
    say(&format!("revoked {} ({})", token.name, token.id));
    Ok(())
}

fn line(token: &PlatformToken, now: Timestamp) -> String {
    let state = match (token.revoked_at, token.expires_at) {
        (Some(_), _) => "revoked".to_owned(),
        (None, Some(end)) if end <= now => "expired".to_owned(),
        (None, Some(end)) => format!("until {end}"),
        (None, None) => "in use".to_owned(),
    };
    // Roles of accounts change; what stands with them is not repeated here.
    let may = token.access.map_or("account", Access::as_str);
    format!(
        "{}  {:<14}  …{}  {state:<31}  {may:<7}  {}",
        token.id, token.kind, token.last_four, token.name
    )
}
