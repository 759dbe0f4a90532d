//! Passwords: what is accepted, and how they are kept.

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::{Error, Result, house::random};

/// Length is what makes a password strong (NIST SP 800-63B, NCSC "three random words"): no rules of composition, no expiry.
const SHORTEST: usize = 10;
/// Long enough for any passphrase; hashing more would only help somebody who wants to keep us busy.
const LONGEST: usize = 200;

/// The commonest passwords of ten characters or more; whoever guesses begins with these.
const COMMONEST: [&str; 24] = [
    "1234567890",
    "12345678910",
    "123456789a",
    "0987654321",
    "1q2w3e4r5t",
    "1qaz2wsx3edc",
    "qwertyuiop",
    "qwerty12345",
    "qwerty123456",
    "asdfghjkl;",
    "password12",
    "password123",
    "password1234",
    "password123!",
    "password2026",
    "passw0rd123",
    "iloveyou123",
    "welcome123",
    "welcome1234",
    "letmein123",
    "liverpool1",
    "manchester",
    "administrator",
    "changeme123",
];

/// Whether a password may be set by somebody with this e-mail, in an organisation of this name.
///
/// # Errors
/// The sentence that says what to change.
pub fn check(password: &str, email: &str, org_name: &str) -> Result<(), String> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(format!("Use at least {SHORTEST} characters. Three random words make a good password"));
    }
    if length > LONGEST {
        return Err(format!("Use at most {LONGEST} characters"));
    }
    let lower = password.to_lowercase();
    let first = lower.chars().next();
    if COMMONEST.contains(&lower.as_str()) || lower.chars().all(|c| Some(c) == first) {
        return Err("This is one of the first passwords anybody would try. Choose another".to_owned());
    }
    let plain = |text: &str| text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let names = [email.split('@').next().unwrap_or(""), org_name, "fettle"];
    if names.into_iter().map(plain).any(|name| name.chars().count() >= 4 && plain(password).contains(&name)) {
        return Err("Leave your email address and the organisation's name out of the password".to_owned());
    }
    Ok(())
}

/// Argon2id with OWASP's first recommendation: 19 MiB, two passes, one lane.
fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(19_456, 2, 1, None).map_err(|e| Error::internal(anyhow::anyhow!("argon2 parameters: {e}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// A PHC string, made on a thread that may be busy for a while.
pub(super) async fn hash(password: &str) -> Result<String> {
    let password = password.to_owned();
    let salt: [u8; 16] = random();
    on_a_thread(move || {
        let hashed: PasswordHash =
            argon2()?.hash_password_with_salt(password.as_bytes(), &salt).map_err(|e| Error::internal(anyhow::anyhow!("hashing: {e}")))?;
        Ok(hashed.to_string())
    })
    .await
}

/// Whether `password` is the one that was hashed. Without a hash it works as long and says no, so that an answer's time does not tell
/// whether an account exists.
pub(super) async fn is_right(password: &str, stored: Option<String>) -> Result<bool> {
    let password = password.to_owned();
    let salt: [u8; 16] = random();
    on_a_thread(move || {
        let argon2 = argon2()?;
        let Some(stored) = stored else {
            let _: Result<PasswordHash, _> = argon2.hash_password_with_salt(password.as_bytes(), &salt);
            return Ok(false);
        };
        let parsed =
            PasswordHash::new(&stored).map_err(|e| Error::internal(anyhow::anyhow!("a stored password hash does not parse: {e}")))?;
        Ok(argon2.verify_password(password.as_bytes(), &parsed).is_ok())
    })
    .await
}

async fn on_a_thread<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_and_the_obvious_is_refused() {
        for fine in ["SecurePass123!", "NewPass123!", "correct horse battery", "пароль-длинный", "👋👋🏽 three words"] {
            assert_eq!(check(fine, "user@example.com", "Test Org"), Ok(()), "{fine}");
        }
        for (wrong, word) in [
            ("short", "at least 10"),
            ("Password123", "first passwords"),
            ("aaaaaaaaaaaa", "first passwords"),
            ("olive.green-2026", "email address"),
            ("oakhomes-rocks", "organisation"),
            ("Oak Homes rocks", "organisation"),
        ] {
            let sentence = check(wrong, "olive.green@example.com", "Oak Homes").expect_err(wrong);
            assert!(sentence.contains(word), "{wrong}: {sentence}");
        }
        assert!(check(&"long ".repeat(60), "a@b.co", "Oak").is_err());
    }

    #[tokio::test]
    async fn only_the_right_password_is_right() {
        let hashed = hash("SecurePass123!").await.expect("hashes");
        assert!(hashed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hashed}");
        assert!(is_right("SecurePass123!", Some(hashed.clone())).await.expect("answers"));
        assert!(!is_right("SecurePass123", Some(hashed)).await.expect("answers"));
        assert!(!is_right("SecurePass123!", None).await.expect("answers"));
    }
}
