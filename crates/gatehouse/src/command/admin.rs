//! `gatehouse admin create | list | reset`: who may sign in to the console.

use std::io::Read as _;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Subcommand, ValueEnum};
use oauth::ShownOnce;
use portal::model::Administrator;
use portal::service::administrators::NewAdministrator;
use portal::{Actor, Portal};
use secrecy::{ExposeSecret as _, SecretString};

use super::say;
use crate::app;
use crate::config::{Source, load};
use crate::offline::Offline;

#[derive(Subcommand)]
pub(super) enum Action {
    /// Make an account; its one-time password is printed, this once and never again.
    Create {
        /// The email address to sign in with.
        #[arg(long)]
        email: String,
        /// The name; the address stands in for it.
        #[arg(long, default_value = "")]
        name: String,
        /// What the administrator may do.
        #[arg(long, value_enum, default_value_t = Role::Owner)]
        role: Role,
        /// Take the password from standard input instead of making one.
        #[arg(long)]
        password_stdin: bool,
    },
    /// List the accounts.
    List,
    /// Give an account a one-time password and end its sessions.
    Reset {
        /// The account's email address.
        #[arg(long)]
        email: String,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Role {
    /// Changes everything, including the team's accounts.
    Owner,
    /// Changes everything but the team's accounts.
    Admin,
    /// Sees everything, changes nothing.
    Viewer,
    /// What roles that are assigned to the account allow.
    Member,
}

impl From<Role> for web::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Owner => Self::Owner,
            Role::Admin => Self::Admin,
            Role::Viewer => Self::Viewer,
            Role::Member => Self::Member,
        }
    }
}

pub(super) fn run(action: &Action, source: &Source) -> Result<ExitCode> {
    let settings = load(source)?.settings;
    app::runtime()?.block_on(async {
        let parts = Offline::open(&settings).await?;
        let portal = parts.portal().await?;
        match action {
            Action::Create {
                email,
                name,
                role,
                password_stdin,
            } => {
                let new = NewAdministrator {
                    email: email.clone(),
                    name: name.clone(),
                    role: (*role).into(),
                };
                let password = password_stdin.then(read_password).transpose()?;
                create(&portal, new, password).await?;
            }
            Action::List => {
                for administrator in portal.administrators().every().await? {
                    say(&line(&administrator));
                }
            }
            Action::Reset { email } => {
                let ctx = portal.ctx(Actor::System, "command");
                let administrators = portal.administrators();
                let found = administrators.find_by_email(email).await?;
                let (_, password) = administrators.reset_password(&ctx, found.id).await?;
                show(password);
            }
        }
        parts.close().await;
        Ok(ExitCode::SUCCESS)
    })
}

async fn create(
    portal: &Portal,
    new: NewAdministrator,
    password: Option<SecretString>,
) -> Result<()> {
    let ctx = portal.ctx(Actor::System, "command");
    let made = portal.administrators().create(&ctx, new, password).await;
    let (administrator, password) = made.context("no account was made")?;
    say(&format!("created   {}", administrator.email));
    say(&format!("role      {}", administrator.role.as_str()));
    if let Some(password) = password {
        show(password);
    }
    Ok(())
}

/// A password that works until its owner has chosen another.
fn show(password: ShownOnce<SecretString>) {
    let password = password.reveal();
    say(&format!("password  {}", password.expose_secret()));
    say("\nAt the first sign-in to the console a password of one's own is chosen.");
}

/// One line of standard input.
fn read_password() -> Result<SecretString> {
    let mut text = String::new();
    std::io::stdin()
        .take(4096)
        .read_to_string(&mut text)
        .context("the password cannot be read from standard input")?;
    Ok(text.trim_end_matches(['\r', '\n']).into())
}

fn line(administrator: &Administrator) -> String {
    let seen = administrator.last_sign_in_at.map_or_else(
        || "never signed in".to_owned(),
        |at| format!("signed in {at}"),
    );
    format!(
        "{}  {:<6}  {:<40}  {seen}",
        administrator.id,
        administrator.role.as_str(),
        administrator.email
    )
}
