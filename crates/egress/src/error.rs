//! Why no answer came.

use std::error::Error as StdError;
use std::time::Duration;

/// Why a request got no answer, in one sentence that says what to do. It names the host at the
/// most: never a query string, a body or a credential.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// What kind of failure it is.
    pub kind: ErrorKind,
    message: String,
}

/// Kinds of failure, by what a caller can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The address is no address that a request can be sent to.
    InvalidRequest,
    /// The policy does not allow the address.
    Refused,
    /// The host's name has no address.
    Name,
    /// No connection: nothing was sent.
    Connect,
    /// The certificate was not trusted, or the server speaks no TLS: nothing was sent.
    Tls,
    /// No answer in time. The request may have had its effect.
    Timeout,
    /// The answer is larger than allowed. The request had its effect.
    TooLarge,
    /// The connection broke, or the answer is not what it should be. The request may have had its effect.
    Protocol,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }

    /// Whether the request certainly never reached a server.
    #[must_use]
    pub const fn nothing_was_sent(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::InvalidRequest
                | ErrorKind::Refused
                | ErrorKind::Name
                | ErrorKind::Connect
                | ErrorKind::Tls
        )
    }

    pub(crate) fn refused(host: &str) -> Self {
        Self::new(
            ErrorKind::Refused,
            format!(
                "{host} is a private or local address; if it is meant to be reached, add its network to egress.allow"
            ),
        )
    }

    pub(crate) fn timed_out(host: &str, after: Duration) -> Self {
        Self::new(
            ErrorKind::Timeout,
            format!("{host} did not answer within {} s", after.as_secs_f32()),
        )
    }

    pub(crate) fn too_large(host: &str, limit: usize) -> Self {
        Self::new(
            ErrorKind::TooLarge,
            format!("{host} answered with more than {limit} bytes"),
        )
    }

    /// What the HTTP client's error means. Its own text may hold the whole address, so none of it is kept.
    /// `via` is the proxy that was gone through.
    pub(crate) fn of_client(
        error: &reqwest::Error,
        host: &str,
        via: Option<&str>,
        timeout: Duration,
    ) -> Self {
        if let Some(own) = in_chain::<Self>(error) {
            return own.clone();
        }
        if let Some(tls) = in_chain::<rustls::Error>(error) {
            return Self::new(ErrorKind::Tls, tls_message(host, tls));
        }
        if error.is_timeout() && !error.is_connect() {
            return Self::timed_out(host, timeout);
        }
        if error.is_connect() {
            let why = match in_chain::<std::io::Error>(error).map(std::io::Error::kind) {
                Some(std::io::ErrorKind::ConnectionRefused) => "nothing listens there",
                Some(std::io::ErrorKind::TimedOut) => "it does not answer",
                None if error.is_timeout() => "it does not answer",
                None if via.is_some() => "the proxy does not lead there",
                _ => "the network does not lead there",
            };
            if let Some(proxy) = via {
                return Self::new(
                    ErrorKind::Connect,
                    format!(
                        "cannot connect to {host} through the proxy {proxy}: {why}; check the \
                         proxy's address, that it is up and that it allows {host}"
                    ),
                );
            }
            return Self::new(
                ErrorKind::Connect,
                format!("cannot connect to {host}: {why}; check the address and that it is up"),
            );
        }
        Self::new(
            ErrorKind::Protocol,
            format!("the connection to {host} broke before the answer was complete"),
        )
    }
}

fn tls_message(host: &str, error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer) => format!(
            "the certificate of {host} is signed by an authority that is not trusted; name it in egress.ca_file if it is yours"
        ),
        rustls::Error::InvalidCertificate(
            rustls::CertificateError::Expired | rustls::CertificateError::ExpiredContext { .. },
        ) => {
            format!("the certificate of {host} has expired")
        }
        rustls::Error::InvalidCertificate(
            rustls::CertificateError::NotValidForName
            | rustls::CertificateError::NotValidForNameContext { .. },
        ) => {
            format!("the certificate of {host} is for another name")
        }
        rustls::Error::InvalidCertificate(_) => format!("the certificate of {host} is not valid"),
        _ => format!(
            "{host} does not speak TLS as expected; check whether the address should start with http://"
        ),
    }
}

/// The first error of type `T` among an error and its sources.
fn in_chain<'e, T: StdError + 'static>(error: &'e (dyn StdError + 'static)) -> Option<&'e T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        // `source` of an I/O error skips the error that it carries, which may be another I/O error.
        let carried = error.downcast_ref::<std::io::Error>();
        if let Some(carried) = carried.and_then(std::io::Error::get_ref) {
            next = Some(carried);
            continue;
        }
        next = error.source();
    }
    None
}
