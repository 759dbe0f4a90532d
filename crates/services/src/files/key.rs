use domain::{AttachmentId, OrgId};
use uuid::Uuid;

/// Where a file lies in the store: `org/<organisation>/<attachment>/<copy>`.
///
/// Invariant: built from ids only, so that no name a stranger chose is ever part of a path, and an organisation's files can be
/// exported, counted or erased by prefix.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FileKey(String);

impl FileKey {
    /// The picture as it came, without its hidden notes.
    pub fn original(org: OrgId, file: AttachmentId) -> Self {
        Self::of(org, file, "original")
    }
    /// The copy for looking at closely.
    pub fn display(org: OrgId, file: AttachmentId) -> Self {
        Self::of(org, file, "display.jpg")
    }
    /// The copy for lists.
    pub fn thumbnail(org: OrgId, file: AttachmentId) -> Self {
        Self::of(org, file, "thumbnail.jpg")
    }

    fn of(org: OrgId, file: AttachmentId, copy: &str) -> Self {
        Self(format!("org/{org}/{file}/{copy}"))
    }

    /// Reads a stored key; `None` for anything this type would not have built.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('/');
        let well_formed = parts.next() == Some("org")
            && parts.next().is_some_and(is_id)
            && parts.next().is_some_and(is_id)
            && parts.next().is_some_and(|copy| matches!(copy, "original" | "display.jpg" | "thumbnail.jpg"))
            && parts.next().is_none();
        well_formed.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for FileKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_id(text: &str) -> bool {
    Uuid::parse_str(text).is_ok_and(|id| id.to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_keys_are_read_back() {
        let (org, file) = (OrgId(Uuid::from_u128(1)), AttachmentId(Uuid::from_u128(2)));
        for key in [FileKey::original(org, file), FileKey::display(org, file), FileKey::thumbnail(org, file)] {
            assert_eq!(FileKey::parse(key.as_str()), Some(key));
        }
        let id = Uuid::from_u128(3);
        for foreign in [
            String::new(),
            "/etc/passwd".into(),
            format!("org/{id}/{id}"),
            format!("org/{id}/{id}/original/"),
            format!("org/{id}/{id}/../original"),
            format!("org/{id}/../{id}/original"),
            format!("org/{id}/{id}/.."),
            format!("org/{id}/{}/original", id.simple()),
            format!("org/{id}/{id}/photo.heic"),
            format!("/org/{id}/{id}/original"),
        ] {
            assert_eq!(FileKey::parse(&foreign), None, "{foreign}");
        }
    }
}
