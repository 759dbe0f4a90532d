use async_trait::async_trait;
use services::mail::{Accepted, Outgoing, Postman, SendError};

/// The postman of installations without a mail server: nothing leaves, and the inbox page of demo and development shows what would
/// have. What it shows is read from the mails' own tables, so there is nothing to keep here.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeptInbox;

#[async_trait]
impl Postman for KeptInbox {
    async fn send(&self, _: &Outgoing) -> Result<Accepted, SendError> {
        Ok(Accepted("kept in the development inbox".to_owned()))
    }
    fn keeps(&self) -> bool {
        true
    }
}
