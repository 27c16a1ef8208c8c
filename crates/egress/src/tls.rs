//! Whose certificates are believed, for every client of this program.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use crate::ErrorKind;

/// Which certificates a client takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Those of the public authorities and of some more.
    Authorities,
    /// Any. The connection is private, but nobody knows with whom: an administrator chose that.
    Anyone,
}

/// The TLS settings of a client. `roots` are trusted beside the public authorities.
///
/// # Panics
/// Never: the provider serves the versions that are asked of it.
#[must_use]
pub fn config(roots: &[CertificateDer<'static>], trust: Trust) -> ClientConfig {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("the provider serves TLS 1.2 and 1.3");
    let builder = match trust {
        Trust::Authorities => builder.with_root_certificates(authorities(roots)),
        Trust::Anyone => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AnyCertificate(provider))),
    };
    builder.with_no_client_auth()
}

/// The certificates in a text of PEM.
///
/// # Errors
/// [`ErrorKind::InvalidRequest`] if there is none, or one that is broken.
pub fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>, crate::Error> {
    let invalid = |message: &str| crate::Error::new(ErrorKind::InvalidRequest, message);
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    let found = found.map_err(|_| invalid("a CA certificate is not PEM as it should be"))?;
    if found.is_empty() {
        return Err(invalid(
            "the CA certificates hold no block that starts with -----BEGIN CERTIFICATE-----",
        ));
    }
    for certificate in &found {
        let usable = RootCertStore::empty().add(certificate.clone());
        usable.map_err(|_| invalid("a CA certificate cannot be used: it is not one, or broken"))?;
    }
    Ok(found)
}

fn authorities(roots: &[CertificateDer<'static>]) -> RootCertStore {
    let mut store = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    for root in roots {
        if let Err(error) = store.add(root.clone()) {
            tracing::warn!(error = %error, "a configured certificate authority is not usable and is left out");
        }
    }
    store
}

/// Takes every certificate, but only from a server that has its key.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::certificates;

    #[test]
    fn authorities_are_read_from_pem_and_anything_else_is_refused() {
        let key = rcgen::KeyPair::generate().unwrap();
        let params = rcgen::CertificateParams::new(Vec::new()).unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        assert_eq!(certificates(&format!("{pem}{pem}")).unwrap().len(), 2);
        let broken = pem.replace('M', "N");
        for text in ["", "nothing", &key.serialize_pem(), &broken] {
            assert!(certificates(text).is_err(), "{text}");
        }
    }
}
