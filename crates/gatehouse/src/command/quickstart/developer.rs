//! The outside developer's part of the story, over the portal's client API.

use std::path::Path;

use anyhow::{Context, Result, bail};
use http::Method;
use serde_json::{Value, json};

use super::tenant::Credentials;
use crate::command::api::{Api, text};

/// An application as its developer knows it.
pub(super) struct Application {
    pub id: String,
    pub credentials: Credentials,
}

/// Signs up with a name and an address.
pub(super) async fn sign_up(portal: &Api, email: &str) -> Result<()> {
    let body = json!({ "email": email, "full_name": "Demo Developer" });
    portal
        .expect(201, Method::POST, "/api/v2/developer", Some(&body))
        .await
        .map(drop)
}

/// Reads the mail that arrived and follows its link: the answer's token sets the first password.
pub(super) async fn verify_mail(portal: &Api, mails: &Path, email: &str) -> Result<String> {
    let token = mailed_token(mails, email).await?;
    let body = json!({ "token": token });
    let answer = portal
        .expect(
            202,
            Method::POST,
            "/api/v2/developer/verify-email",
            Some(&body),
        )
        .await?;
    text(&answer, "/token")
}

/// Sets the password with the token of the verified mail.
pub(super) async fn set_password(portal: &Api, token: &str, password: &str) -> Result<()> {
    let body = json!({ "token": token, "password": password });
    portal
        .expect(
            204,
            Method::POST,
            "/api/v2/developer/reset-password",
            Some(&body),
        )
        .await
        .map(drop)
}

/// Signs in; the portal's cookies are kept from here on.
pub(super) async fn sign_in(portal: &mut Api, email: &str, password: &str) -> Result<()> {
    let body = json!({ "username": email, "password": password });
    portal
        .sign_in("/api/v2/developer/authenticate", &body)
        .await?;
    let me = portal.get("/api/v2/developer/me").await?;
    if me["email"] != email {
        bail!("signed in as {} instead of {email}", me["email"]);
    }
    Ok(())
}

/// Creates an application; its secret is in this answer and in no other.
pub(super) async fn create_application(
    portal: &Api,
    name: &str,
    strategy: &str,
) -> Result<Application> {
    let body =
        json!({ "name": name, "description": "made by quickstart", "auth_strategy_id": strategy });
    let made = portal.create("/api/v2/applications", &body).await?;
    let application = Application {
        id: text(&made, "/id")?,
        credentials: credentials(&made, "/credentials")?,
    };
    let again = portal
        .get(&format!("/api/v2/applications/{}", application.id))
        .await?;
    if again.to_string().contains("client_secret") {
        bail!("the secret was shown a second time");
    }
    Ok(application)
}

fn credentials(answer: &Value, at: &str) -> Result<Credentials> {
    Ok(Credentials {
        client_id: text(answer, &format!("{at}/client_id"))?,
        client_secret: text(answer, &format!("{at}/client_secret"))?.into(),
    })
}

/// Registers the application for the API; the demo portal approves at once.
pub(super) async fn register(portal: &Api, application: &Application, version: &str) -> Result<()> {
    let path = format!("/api/v2/applications/{}/registrations", application.id);
    let registration = portal
        .create(&path, &json!({ "product_version_id": version }))
        .await?;
    if registration["status"] != "approved" {
        bail!(
            "the registration is {} instead of approved",
            registration["status"]
        );
    }
    Ok(())
}

/// Rotates the secret.
pub(super) async fn rotate(portal: &Api, application: &Application) -> Result<Credentials> {
    let path = format!("/api/v2/applications/{}/refresh-token", application.id);
    credentials(&portal.expect(201, Method::POST, &path, None).await?, "")
}

/// Deletes the application.
pub(super) async fn delete(portal: &Api, application: &Application) -> Result<()> {
    let path = format!("/api/v2/applications/{}", application.id);
    portal
        .expect(204, Method::DELETE, &path, None)
        .await
        .map(drop)
}

/// The token in the newest mail to `email`. Mails are files where no SMTP server is configured.
async fn mailed_token(mails: &Path, email: &str) -> Result<String> {
    // Mails leave through the durable outbox, so one may follow its cause by a moment.
    for _ in 0..200 {
        if let Some(token) = newest_token(mails, email)? {
            return Ok(token);
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    bail!("no mail to {email} arrived in {}", mails.display())
}

fn newest_token(mails: &Path, email: &str) -> Result<Option<String>> {
    let Ok(entries) = std::fs::read_dir(mails) else {
        return Ok(None);
    };
    let mut files: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
    files.sort();
    for file in files.iter().rev() {
        let mail =
            std::fs::read_to_string(file).with_context(|| format!("read {}", file.display()))?;
        // Undo quoted-printable: soft line breaks and the encoded equals sign.
        let mail = mail
            .replace("=\r\n", "")
            .replace("=\n", "")
            .replace("=3D", "=");
        if !mail.contains(email) {
            continue;
        }
        if let Some((_, rest)) = mail.split_once("token=") {
            let token: String = rest
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
                .collect();
            return Ok(Some(token));
        }
    }
    Ok(None)
}
