//! Refuses requests that two servers could read as different ones.
//!
//! hyper obeys RFC 9112 §6.3 (it takes `Transfer-Encoding` over `Content-Length` and closes the
//! connection), and no longer shows that both were there. This gateway refuses such a request, so
//! it watches header lines as they are read.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use http::header::{HOST, TRANSFER_ENCODING};
use http::{HeaderMap, Method, Uri, Version};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Set when a header block with both lengths went by.
pub(crate) type BothLengths = Arc<AtomicBool>;

/// A stream whose header lines are watched.
pub(crate) struct Watched<S> {
    stream: S,
    both: BothLengths,
    line: Vec<u8>,
    content_length: bool,
    transfer_encoding: bool,
}

/// Longer than any name that is looked for.
const ENOUGH: usize = 24;

impl<S> Watched<S> {
    pub(crate) fn new(stream: S) -> (Self, BothLengths) {
        let both = BothLengths::default();
        let watched = Self {
            stream,
            both: Arc::clone(&both),
            line: Vec::with_capacity(ENOUGH),
            content_length: false,
            transfer_encoding: false,
        };
        (watched, both)
    }

    /// Reads lines as they come, however they are cut into pieces. Lines of bodies are read as
    /// well; they matter only if a body holds both headers in one block, and then only a later
    /// chunked request on the same connection can be refused for it.
    fn watch(&mut self, mut bytes: &[u8]) {
        while let Some(&first) = bytes.first() {
            let end = memchr::memchr(b'\n', bytes);
            let piece = &bytes[..end.unwrap_or(bytes.len())];
            let room = ENOUGH.saturating_sub(self.line.len());
            // Most lines are whole and begin with neither letter: nothing is copied for them.
            if end.is_none() || !self.line.is_empty() || matches!(first | 32, b'c' | b't') {
                self.line.extend_from_slice(&piece[..piece.len().min(room)]);
            }
            let Some(end) = end else { return };
            if self.line.is_empty() && (piece.is_empty() || piece == b"\r") || self.line == b"\r" {
                if self.content_length && self.transfer_encoding {
                    self.both.store(true, Ordering::Relaxed);
                }
                self.content_length = false;
                self.transfer_encoding = false;
            } else if let Some(colon) = self.line.iter().position(|&byte| byte == b':') {
                let name = &self.line[..colon];
                self.content_length |= name.eq_ignore_ascii_case(b"content-length");
                self.transfer_encoding |= name.eq_ignore_ascii_case(b"transfer-encoding");
            }
            self.line.clear();
            bytes = &bytes[end + 1..];
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(cx, buffer))?;
        this.watch(&buffer.filled()[before..]);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

/// Says what is ambiguous about a request, if anything is.
pub(crate) fn ambiguity(
    version: Version,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    both_lengths: &AtomicBool,
) -> Option<&'static str> {
    if version <= Version::HTTP_11 {
        // Read and forgotten at each request, so that only its own header block counts.
        let both = both_lengths.load(Ordering::Relaxed);
        if both {
            both_lengths.store(false, Ordering::Relaxed);
        }
        if let Some(encoding) = headers.get(TRANSFER_ENCODING) {
            if both {
                return Some("both Content-Length and Transfer-Encoding");
            }
            let more = headers.get_all(TRANSFER_ENCODING).iter().nth(1).is_some();
            if more || !encoding.as_bytes().eq_ignore_ascii_case(b"chunked") {
                return Some("a Transfer-Encoding other than chunked");
            }
        }
        let mut hosts = headers.get_all(HOST).iter();
        match (hosts.next(), hosts.next()) {
            (_, Some(_)) => return Some("more than one Host"),
            (None, None) if version == Version::HTTP_11 => return Some("no Host"),
            _ => {}
        }
    }
    if method == Method::CONNECT {
        return Some("CONNECT, which is for forward proxies");
    }
    if uri.path().is_empty() || !(uri.path().starts_with('/') || uri.path() == "*") {
        return Some("no absolute path");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::Watched;
    use std::sync::atomic::Ordering;

    fn sees_both(pieces: &[&str]) -> bool {
        let (mut watched, both) = Watched::new(());
        for piece in pieces {
            watched.watch(piece.as_bytes());
        }
        both.load(Ordering::Relaxed)
    }

    #[test]
    fn both_lengths_are_seen_however_they_arrive() {
        let request =
            "POST / HTTP/1.1\r\nHost: a\r\ncontent-LENGTH: 4\r\nTransfer-Encoding: chunked\r\n\r\n";
        assert!(sees_both(&[request]));
        assert!(sees_both(&[&request.replace("\r\n", "\n")]));
        for cut in 1..request.len() {
            let (left, right) = request.split_at(cut);
            assert!(sees_both(&[left, right]), "cut at {cut}");
        }
        let bytes: Vec<String> = request.chars().map(String::from).collect();
        let bytes: Vec<&str> = bytes.iter().map(String::as_str).collect();
        assert!(sees_both(&bytes));
    }

    #[test]
    fn one_length_is_fine_and_blocks_are_apart() {
        assert!(!sees_both(&[
            "POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nabcd",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        ]));
    }
}
