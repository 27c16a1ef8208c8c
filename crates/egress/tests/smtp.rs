//! Mails by SMTP: what a server hears, and what its answers mean.

#![expect(clippy::unwrap_used, reason = "a test may stop here")]

use egress::mail::{Delivery, DeliveryError, Letter, Postbox, Settings};
use oauth::{Entropy, Timestamp};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

fn letter() -> Letter {
    Letter {
        to: "jane@example.com".into(),
        name: Some("Jane".into()),
        subject: "Confirm your address".into(),
        plain: "Hello\n.\nJane".into(),
        html: "<p>Hello</p>".into(),
        written_at: Timestamp::from_unix_seconds(0),
    }
}

/// Delivers a mail to a server that answers recipients with this line (RFC 5321 §4.1.1.3); gives what it
/// heard.
async fn deliver(recipient: &'static str) -> (Result<(), DeliveryError>, Vec<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let settings = Settings {
        delivery: Delivery::Smtp(format!("smtp://127.0.0.1:{port}").into()),
        from: "Portal <portal@example.com>".into(),
    };
    let postbox = Postbox::new(&settings, Entropy::seeded(1)).unwrap();
    let letter = letter();
    tokio::join!(postbox.deliver("one", &letter), serve(&listener, recipient))
}

/// One conversation.
async fn serve(listener: &TcpListener, recipient: &str) -> Vec<String> {
    let (stream, _) = listener.accept().await.unwrap();
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut heard = Vec::new();
    let mut in_data = false;
    write
        .write_all(b"220 mail.example ready\r\n")
        .await
        .unwrap();
    while let Some(line) = lines.next_line().await.unwrap() {
        heard.push(line.clone());
        let answer = match line.split([' ', ':']).next().unwrap_or_default() {
            "." if in_data => {
                in_data = false;
                "250 taken"
            }
            _ if in_data => continue,
            "EHLO" | "MAIL" | "RSET" => "250 mail.example",
            "RCPT" => recipient,
            "DATA" => {
                in_data = true;
                "354 go on"
            }
            "QUIT" => "221 bye",
            _ => "502 unknown",
        };
        write
            .write_all(format!("{answer}\r\n").as_bytes())
            .await
            .unwrap();
        if line == "QUIT" || (!in_data && line == ".") || !answer.starts_with(['2', '3']) {
            break;
        }
    }
    heard
}

#[tokio::test]
async fn a_mail_is_handed_to_the_server_whole() {
    let (delivered, heard) = deliver("250 known").await;
    assert_eq!(delivered, Ok(()));
    let said = |start: &str| heard.iter().any(|line| line.starts_with(start));
    assert!(said("MAIL FROM:<portal@example.com>"), "{heard:?}");
    assert!(said("RCPT TO:<jane@example.com>"), "{heard:?}");
    assert!(said("Subject: Confirm your address"), "{heard:?}");
    assert!(said("Message-ID: <one@example.com>"), "{heard:?}");
    // A line of a dot alone would end the mail; it is doubled (RFC 5321 §4.5.2).
    assert!(heard.contains(&"..".to_owned()), "{heard:?}");
}

#[tokio::test]
async fn a_refusal_for_good_is_never_tried_again_and_another_is() {
    for (answer, expected) in [
        (
            "550 no such user jane@example.com",
            DeliveryError::Never("the SMTP server answered 550".into()),
        ),
        (
            "451 try later",
            DeliveryError::Later("the SMTP server answered 451".into()),
        ),
    ] {
        let (delivered, _) = deliver(answer).await;
        assert_eq!(
            delivered,
            Err(expected),
            "nothing of the server's own words"
        );
    }
}

#[tokio::test]
async fn a_server_that_is_away_is_asked_later() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let settings = Settings {
        delivery: Delivery::Smtp(format!("smtp://user:secret@127.0.0.1:{port}").into()),
        from: "portal@example.com".into(),
    };
    let postbox = Postbox::new(&settings, Entropy::seeded(1)).unwrap();
    let refused = postbox.deliver("one", &letter()).await.unwrap_err();
    assert!(
        matches!(&refused, DeliveryError::Later(why) if !why.contains("secret")),
        "{refused}"
    );
}
