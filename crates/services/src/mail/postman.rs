use async_trait::async_trait;
use domain::values::EmailAddress;

/// Takes mails out of the house: an SMTP server, or the inbox page where there is none.
#[async_trait]
pub trait Postman: Send + Sync + 'static {
    /// Hands one mail over, within eight seconds.
    async fn send(&self, mail: &Outgoing) -> Result<Accepted, SendError>;

    /// True where nothing leaves the house and the inbox page shows what would have.
    fn keeps(&self) -> bool {
        false
    }
}

/// A mail as it leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// With its angle brackets; the same in every attempt.
    pub message_id: String,
    pub from: Sender,
    pub to: EmailAddress,
    pub reply_to: Option<EmailAddress>,
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// The address is the installation's own, because only that may send for its domain; the name is the organisation's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    pub name: String,
    pub address: EmailAddress,
}

/// What the mail server said when it took the mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted(pub String);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The server is away, slow, or says 4xx: it may take the mail later.
    #[error("not taken for now: {0}")]
    Temporary(String),
    /// The server says 5xx: this mail will never be taken.
    #[error("refused: {0}")]
    Permanent(String),
}
