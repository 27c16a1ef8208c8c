//! What a strategy holds and never shows: sealed apart from its settings.

use secrecy::{ExposeSecret as _, SecretString};
use storage::Database;
use storage::seal::Sealer;

use crate::model::{AuthStrategy, OpenidConnect, StrategyConfig};
use crate::{Error, store};

/// Moves the secrets out of the settings of a strategy that was just written, and seals them. What was
/// sealed before is gone, so let the settings be whole.
pub(crate) fn seal(sealer: &Sealer, strategy: &mut AuthStrategy) {
    let StrategyConfig::OpenidConnect(config) = &mut strategy.config else {
        return;
    };
    let secrets = config.take_secrets();
    let context = AuthStrategy::secrets_context(strategy.id);
    strategy.secrets = (!secrets.is_empty()).then(|| {
        let text = SecretString::from(serde_json::Value::Object(secrets).to_string());
        sealer.seal(&context, &text)
    });
}

/// The settings of a strategy with its secrets in place, to be changed and sealed again.
///
/// # Errors
/// [`Error::Internal`] if the key that they were sealed under is gone.
pub(crate) fn whole(
    sealer: &Sealer,
    strategy: &AuthStrategy,
    mut config: OpenidConnect,
) -> Result<OpenidConnect, Error> {
    let Some(sealed) = &strategy.secrets else {
        return Ok(config);
    };
    let id = strategy.id;
    let lost = |why: String| Error::Internal(format!("the secrets of auth strategy {id}: {why}"));
    let opened = sealer
        .open(&AuthStrategy::secrets_context(id), sealed)
        .map_err(|error| lost(error.to_string()))?;
    let secrets = serde_json::from_str(opened.expose_secret())
        .map_err(|_| lost("they are not a JSON object".to_owned()))?;
    config.put_secrets(secrets);
    Ok(config)
}

/// Which fields of `configs.openid-connect` are kept and never shown: paths such as `redis.password`.
/// Empty as well if they cannot be opened.
pub(crate) fn withheld(sealer: &Sealer, strategy: &AuthStrategy) -> Vec<String> {
    let context = AuthStrategy::secrets_context(strategy.id);
    let sealed = strategy.secrets.as_ref();
    let opened = sealed.and_then(|sealed| sealer.open(&context, sealed).ok());
    let secrets = opened.and_then(|opened| serde_json::from_str(opened.expose_secret()).ok());
    let mut found = Vec::new();
    if let Some(serde_json::Value::Object(secrets)) = secrets {
        paths(&secrets, "", &mut found);
    }
    found
}

fn paths(
    secrets: &serde_json::Map<String, serde_json::Value>,
    above: &str,
    found: &mut Vec<String>,
) {
    for (name, value) in secrets {
        match value {
            serde_json::Value::Object(inside) => paths(inside, &format!("{above}{name}."), found),
            _ => found.push(format!("{above}{name}")),
        }
    }
}

/// Seals what an earlier version of this program kept in the clear.
///
/// # Errors
/// Those of the database.
pub(crate) async fn adopt(db: &Database, sealer: &Sealer) -> Result<(), Error> {
    for mut strategy in store::strategies::every(db).await? {
        let StrategyConfig::OpenidConnect(config) = strategy.config.clone() else {
            continue;
        };
        if config.clone().take_secrets().is_empty() {
            continue;
        }
        let config = whole(sealer, &strategy, config)?;
        strategy.config = StrategyConfig::OpenidConnect(config);
        seal(sealer, &mut strategy);
        let mut tx = db.begin().await?;
        store::strategies::update(&mut tx, &strategy).await?;
        tx.commit().await?;
        tracing::info!(strategy = %strategy.id, "the secrets of an auth strategy are sealed now");
    }
    Ok(())
}
