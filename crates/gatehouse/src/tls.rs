//! Certificates of the listeners: from files, or from a local CA that lives in the data directory.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use oauth::{Clock, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use crate::config::Tls;
use crate::files;

const DAY: std::time::Duration = std::time::Duration::from_secs(86_400);

/// The CA that signs certificates for `tls = "local"`.
pub(crate) struct LocalCa {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    /// The CA's certificate, to trust: `ca.pem` in the data directory.
    pub path: PathBuf,
}

impl LocalCa {
    /// Reads the CA from the data directory, or makes it at first start, valid for ten years.
    ///
    /// # Errors
    /// If the directory cannot be read or written.
    pub(crate) fn load_or_create(data_dir: &Path, clock: &Clock) -> Result<Self> {
        let path = data_dir.join("ca.pem");
        let key_path = data_dir.join("keys").join("ca.key.pem");
        if !(path.exists() && key_path.exists()) {
            let key = KeyPair::generate().context("make the local CA's key")?;
            let certificate = ca_params(clock.now())?
                .self_signed(&key)
                .context("sign the local CA")?;
            files::write_private(&key_path, key.serialize_pem().as_bytes())?;
            files::write_public(&path, certificate.pem().as_bytes())?;
        }
        let read = |path: &Path| {
            fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
        };
        let (pem, key_pem) = (read(&path)?, read(&key_path)?);
        let key = KeyPair::from_pem(&key_pem)
            .with_context(|| format!("{} holds no private key", key_path.display()))?;
        let certificate = CertificateDer::from_pem_slice(pem.as_bytes())
            .map_err(|e| anyhow::anyhow!("{} holds no certificate: {e}", path.display()))?;
        let issuer = Issuer::from_ca_cert_pem(&pem, key)
            .with_context(|| format!("read {}", path.display()))?;
        Ok(Self {
            issuer,
            certificate,
            path,
        })
    }

    /// The CA's certificate.
    pub(crate) fn certificate(&self) -> CertificateDer<'static> {
        self.certificate.clone()
    }

    /// A key and certificate for these names and addresses, valid for a year.
    fn issue(&self, names: &[String], now: Timestamp) -> Result<CertifiedKey> {
        let mut params =
            CertificateParams::new(names.to_vec()).context("names of a local certificate")?;
        params.distinguished_name.push(
            DnType::CommonName,
            names.first().map_or("localhost", String::as_str),
        );
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        (params.not_before, params.not_after) = (day(now - DAY), day(now + 365 * DAY));
        let key = KeyPair::generate().context("make a local key")?;
        let certificate = params
            .signed_by(&key, &self.issuer)
            .context("sign a local certificate")?;
        let private = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        certified(
            vec![certificate.der().clone(), self.certificate.clone()],
            private,
        )
    }
}

fn ca_params(now: Timestamp) -> Result<CertificateParams> {
    let mut params = CertificateParams::new(Vec::new()).context("local CA")?;
    params
        .distinguished_name
        .push(DnType::CommonName, "Gatehouse local CA");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    (params.not_before, params.not_after) = (day(now - DAY), day(now + 3650 * DAY));
    Ok(params)
}

/// The day of a moment, in the form that rcgen takes.
fn day(moment: Timestamp) -> time::OffsetDateTime {
    time::OffsetDateTime::from_unix_timestamp(moment.unix_seconds())
        .unwrap_or(time::OffsetDateTime::UNIX_EPOCH)
}

/// The certificate that a listener serves now; SIGHUP swaps it.
#[derive(Debug)]
struct Served(arc_swap::ArcSwap<CertifiedKey>);

impl ResolvesServerCert for Served {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

/// TLS of one listener.
pub(crate) struct ListenerTls {
    /// What the listener's acceptor uses.
    pub config: Arc<ServerConfig>,
    served: Arc<Served>,
    files: Option<(PathBuf, PathBuf)>,
}

impl ListenerTls {
    /// Reads certificate files again. A local certificate stays as it is.
    ///
    /// # Errors
    /// If the files are no certificate and key; the listener goes on with the ones it has.
    pub(crate) fn reload(&self) -> Result<()> {
        if let Some((certificate, key)) = &self.files {
            self.served.0.store(Arc::new(read_files(certificate, key)?));
        }
        Ok(())
    }
}

/// Prepares TLS for a listener whose certificate answers to `names`; `None` where it is off.
///
/// # Errors
/// If a file is missing or is not what it should be.
pub(crate) fn prepare(
    tls: &Tls,
    ca: Option<&LocalCa>,
    names: &[String],
    clock: &Clock,
) -> Result<Option<ListenerTls>> {
    let (key, files) = match tls {
        Tls::Off => return Ok(None),
        Tls::Local => {
            let Some(ca) = ca else {
                bail!("tls = \"local\" needs the local CA")
            };
            (ca.issue(names, clock.now())?, None)
        }
        Tls::Files { certificate, key } => (
            read_files(certificate, key)?,
            Some((certificate.clone(), key.clone())),
        ),
    };
    let served = Arc::new(Served(arc_swap::ArcSwap::from_pointee(key)));
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .context("TLS versions")?
        .with_no_client_auth()
        .with_cert_resolver(served.clone());
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Some(ListenerTls {
        config: Arc::new(config),
        served,
        files,
    }))
}

fn read_files(certificate: &Path, key: &Path) -> Result<CertifiedKey> {
    let chain: Vec<_> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .map_err(|e| {
            anyhow::anyhow!(
                "cannot read the certificate file {}: {e}",
                certificate.display()
            )
        })?;
    if chain.is_empty() {
        bail!(
            "the certificate file {} holds no certificate; it must be PEM, leaf first",
            certificate.display()
        );
    }
    let private = PrivateKeyDer::from_pem_file(key)
        .map_err(|e| anyhow::anyhow!("cannot read the key file {}: {e}", key.display()))?;
    certified(chain, private).with_context(|| {
        format!(
            "{} and {} do not fit together",
            certificate.display(),
            key.display()
        )
    })
}

fn certified(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<CertifiedKey> {
    CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider())
        .context("the key does not fit the certificate")
}

#[cfg(test)]
mod tests {
    use super::{LocalCa, prepare};
    use crate::config::Tls;
    use oauth::Clock;

    #[test]
    fn the_local_ca_is_made_once_and_stays() {
        let dir = tempfile::tempdir().unwrap();
        crate::files::prepare_data_dir(dir.path()).unwrap();
        let clock = Clock::system();
        let first = LocalCa::load_or_create(dir.path(), &clock).unwrap();
        let second = LocalCa::load_or_create(dir.path(), &clock).unwrap();
        assert_eq!(first.certificate(), second.certificate());
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        assert!(
            prepare(&Tls::Local, Some(&second), &names, &clock)
                .unwrap()
                .is_some()
        );
        assert!(prepare(&Tls::Off, None, &names, &clock).unwrap().is_none());
    }

    #[test]
    fn a_missing_certificate_file_is_named() {
        let tls = Tls::Files {
            certificate: "no-such.pem".into(),
            key: "no-such.key".into(),
        };
        let error = prepare(&tls, None, &[], &Clock::system())
            .err()
            .unwrap()
            .to_string();
        assert!(error.contains("no-such.pem"), "{error}");
    }
}
