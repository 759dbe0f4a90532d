use std::time::{Duration, Instant};

use domain::values::EmailAddress;
use providers::{KeptInbox, SmtpPostman};
use services::mail::{Outgoing, Postman, SendError, Sender};

use crate::peer::Peer;

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).expect("an address")
}

fn mail(to: &str) -> Outgoing {
    Outgoing {
        message_id: "<0198c0de-0000-7000-8000-000000000001@fettle.example>".into(),
        from: Sender { name: "Oak Homes, Leeds \"North\" — Ünïon".into(), address: address("no-reply@fettle.example") },
        to: address(to),
        reply_to: Some(address("repairs@oak.example")),
        subject: "Your boiler ☃ is mended".into(),
        text: "Good news.\n.\nA line with a single dot stands above; £45 was saved.\n".into(),
        html: "<p>Good news. £45 was saved.</p>".into(),
    }
}

fn postman(peer: &Peer) -> SmtpPostman {
    SmtpPostman::new(&format!("smtp://127.0.0.1:{}", peer.port)).expect("a URL")
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_written() {
    let mut peer = Peer::smtp(&[]);
    let postman = postman(&peer);
    let accepted = postman.send(&mail("tom@example.com")).await.expect("is taken");
    assert_eq!(accepted.0, "250 2.0.0 Taken as 4711");
    let seen: serde_json::Value = serde_json::from_str(&peer.line()).expect("JSON");
    let header = |name: &str| seen.pointer(&format!("/headers/{name}")).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
    assert_eq!(seen.get("envelope"), Some(&serde_json::json!(["no-reply@fettle.example", ["tom@example.com"]])));
    assert_eq!(header("Message-ID"), "<0198c0de-0000-7000-8000-000000000001@fettle.example>");
    assert_eq!(header("Subject"), "Your boiler ☃ is mended");
    assert!(header("From").contains("Ünïon") && header("From").ends_with("<no-reply@fettle.example>"), "{}", header("From"));
    assert_eq!(header("Reply-To"), "repairs@oak.example");
    assert_eq!(header("Auto-Submitted"), "auto-generated");
    assert!(!header("Date").is_empty());
    let body = |part: &str| seen.get(part).and_then(|value| value.as_str()).unwrap_or_default().replace("\r\n", "\n").trim_end().to_owned();
    assert_eq!(body("text"), mail("tom@example.com").text.trim_end());
    assert_eq!(body("html"), mail("tom@example.com").html);
    assert!(!postman.keeps());
}

#[tokio::test]
async fn what_the_server_says_decides_whether_it_is_tried_again() {
    let peer = Peer::smtp(&[]);
    let postman = postman(&peer);
    match postman.send(&mail("later@example.com")).await {
        Err(SendError::Temporary(reason)) => assert!(reason.contains("Greylisted"), "{reason}"),
        other => panic!("{other:?}"),
    }
    match postman.send(&mail("nobody@example.com")).await {
        Err(SendError::Permanent(reason)) => assert!(reason.contains("No such user"), "{reason}"),
        other => panic!("{other:?}"),
    }
    postman.send(&mail("tom@example.com")).await.expect("the next mail is none the worse for it");
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up_in_time() {
    let peer = Peer::smtp(&[]);
    let begun = Instant::now();
    let answer = postman(&peer).send(&mail("slow@example.com")).await;
    assert!(matches!(answer, Err(SendError::Temporary(_))), "{answer:?}");
    assert!(begun.elapsed() < Duration::from_secs(8), "before the job's own patience ends: {:?}", begun.elapsed());
}

#[tokio::test]
async fn a_server_that_is_away_or_refuses_our_login_may_take_the_mail_later() {
    let peer = Peer::smtp(&["--refuse-login"]);
    let url = format!("smtp://fettle:wrong@127.0.0.1:{}", peer.port);
    let answer = SmtpPostman::new(&url).expect("a URL").send(&mail("tom@example.com")).await;
    assert!(
        matches!(&answer, Err(SendError::Temporary(reason)) if reason.contains("535")),
        "a wrong password is our fault and not the mail's: {answer:?}"
    );
    drop(peer);
    let answer = SmtpPostman::new(&url).expect("a URL").send(&mail("tom@example.com")).await;
    assert!(matches!(answer, Err(SendError::Temporary(_))), "{answer:?}");
}

#[tokio::test]
async fn an_address_of_a_server_that_is_none_is_refused_in_words() {
    for url in ["", "mail.example.com", "http://mail.example.com"] {
        let sentence = SmtpPostman::new(url).expect_err(url).to_string();
        assert!(sentence.contains("smtp://user:password@host:587"), "{sentence}");
    }
}

#[tokio::test]
async fn the_kept_inbox_lets_nothing_leave() {
    assert!(KeptInbox.keeps());
    KeptInbox.send(&mail("tom@example.com")).await.expect("is kept");
}
