use std::time::Duration;

use async_trait::async_trait;
use domain::values::EmailAddress;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use services::mail::{Accepted, Outgoing, Postman, SendError};

/// Hands mail to an SMTP server, each over a connection of its own: one that was given up in the middle of a conversation must not be
/// picked up by the next mail.
#[derive(Clone, Debug)]
pub struct SmtpPostman {
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

#[derive(Debug, thiserror::Error)]
#[error("the mail server's address must look like smtp://user:password@host:587 or smtps://host: {0}")]
pub struct SmtpUrlError(#[from] smtp::Error);

/// For the whole conversation; the job's own limit is above it. The library's timeout covers no more than the connecting.
const PATIENCE: Duration = Duration::from_secs(7);

const CONNECTING: Duration = Duration::from_secs(4);

impl SmtpPostman {
    /// `smtps://` is TLS from the first byte; `smtp://…?tls=required` begins TLS on the way; plain `smtp://` is for a server on this machine.
    ///
    /// # Errors
    /// When the URL is none.
    pub fn new(url: &str) -> Result<Self, SmtpUrlError> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)?.timeout(Some(CONNECTING)).build();
        Ok(Self { transport })
    }
}

#[async_trait]
impl Postman for SmtpPostman {
    async fn send(&self, mail: &Outgoing) -> Result<Accepted, SendError> {
        let message = write(mail).map_err(|error| SendError::Permanent(error.to_string()))?;
        let conversation = tokio::time::timeout(PATIENCE, self.transport.send(message));
        match conversation
            .await
            .map_err(|_| SendError::Temporary(format!("the mail server did not answer within {} s", PATIENCE.as_secs())))?
        {
            Ok(answer) => Ok(Accepted(format!("{} {}", answer.code(), answer.message().collect::<Vec<_>>().join(" ")))),
            Err(error) if refuses_this_mail(&error) => Err(SendError::Permanent(chain(&error))),
            Err(error) => Err(SendError::Temporary(chain(&error))),
        }
    }
}

fn write(mail: &Outgoing) -> Result<Message, Box<dyn std::error::Error + Send + Sync>> {
    let address = |address: &EmailAddress| address.as_str().parse::<Address>();
    let mut message = Message::builder()
        .message_id(Some(mail.message_id.clone()))
        .from(Mailbox::new(Some(mail.from.name.clone()), address(&mail.from.address)?))
        .to(Mailbox::new(None, address(&mail.to)?))
        .subject(mail.subject.clone())
        // RFC 3834: no out-of-office reply is wanted.
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()));
    if let Some(reply_to) = &mail.reply_to {
        message = message.reply_to(Mailbox::new(None, address(reply_to)?));
    }
    Ok(message.multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))?)
}

/// A 5xx is a verdict on this mail, except where it is one on us: our login, our TLS, our way of speaking. Those are put right by whoever
/// runs the installation, and the mail goes out afterwards.
fn refuses_this_mail(error: &smtp::Error) -> bool {
    const ABOUT_US: [&str; 9] = ["500", "501", "502", "503", "504", "530", "534", "535", "538"];
    error.is_permanent() && error.status().is_none_or(|code| !ABOUT_US.contains(&code.to_string().as_str()))
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut sentence = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !sentence.contains(&cause_text) {
            sentence.push_str(": ");
            sentence.push_str(&cause_text);
        }
        source = cause.source();
    }
    sentence
}
