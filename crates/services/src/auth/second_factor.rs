//! A second factor: six digits from an authenticator (TOTP, RFC 6238), and ten recovery codes for the day the phone is gone.

use fast_qr::convert::svg::SvgBuilder;
use fast_qr::qr::QRBuilder;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use totp_rs::{Builder, Secret, Totp};

use super::limits::{self, Limited};
use super::log_in::{Proof, advance, way_of};
use super::resets::{notify, prove};
use super::sql::logins::Login;
use super::tokens::{self, Purpose};
use super::{Door, LogIn, Visitor, about_login, anonymous, sql};
use crate::{Error, House, Request, Result, house::random};

const RECOVERY_CODES: usize = 10;
/// A ticket survives this many wrong codes.
const WRONG_CODES: i32 = 5;
const WRONG: &str = "This code is not right. Codes change every 30 seconds and work once: wait for the next one and try again";
/// Without letters and digits that are mistaken for others.
const ALPHABET: &[u8; 32] = b"23456789abcdefghjkmnpqrstuvwxyz*";

/// What the set-up page shows.
#[derive(Clone, Debug)]
pub struct SetUp {
    /// For typing, in groups of four.
    pub secret: String,
    pub uri: String,
    /// An SVG picture of `uri`.
    pub qr_svg: String,
}

/// Where a login stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub is_on: bool,
    pub recovery_codes_left: i64,
}

pub async fn standing(me: &Visitor) -> Result<Standing> {
    let mut tx = me.begin_own().await?;
    let login = sql::logins::locked(&mut tx, me.login()).await?.ok_or(Error::SignedOut)?;
    let recovery_codes_left = sql::logins::recovery_codes_left(&mut tx, me.login()).await?;
    tx.commit().await?;
    Ok(Standing { is_on: login.has_second_factor, recovery_codes_left })
}

/// Begins the set-up, or shows the one begun before. Nothing is asked at log-in until it is confirmed.
///
/// # Errors
/// `Conflict` when a second factor is on already.
pub async fn start(me: &Visitor) -> Result<SetUp> {
    let mut tx = me.begin_own().await?;
    let login = sql::logins::locked(&mut tx, me.login()).await?.ok_or(Error::SignedOut)?;
    if login.has_second_factor {
        return Err(Error::conflict("Your second factor is on already. Turn it off first to set up another device."));
    }
    let secret: Vec<u8> = if let Some(sealed) = &login.totp_secret_enc {
        me.house().keys().open("totp", sealed)?
    } else {
        let secret = random::<20>().to_vec();
        sql::logins::set_totp(&mut tx, login.id, Some(&me.house().keys().seal("totp", &secret)?)).await?;
        secret
    };
    tx.commit().await?;
    let base32 = Secret::from(secret.clone()).to_base32();
    let uri = totp(secret, &login.email)?.to_url().map_err(|e| Error::internal(anyhow::anyhow!("otpauth: {e}")))?;
    let qr = QRBuilder::new(uri.as_str()).build().map_err(|e| Error::internal(anyhow::anyhow!("qr: {e:?}")))?;
    let groups: Vec<String> = base32.as_bytes().chunks(4).map(|c| String::from_utf8_lossy(c).into_owned()).collect();
    Ok(SetUp { secret: groups.join(" "), uri, qr_svg: SvgBuilder::default().to_str(&qr) })
}

/// Turns it on, by a first code from the device. Answers the recovery codes, which are shown once.
///
/// # Errors
/// `Invalid` on `code`; `Conflict` when nothing was begun or it is on already.
pub async fn confirm(me: &Visitor, code: &str) -> Result<Vec<String>> {
    let spent = limits::spend(me.house(), Limited::SecondFactor, me.request(), &me.login().to_string()).await?;
    let mut tx = me.begin_own().await?;
    let login = sql::logins::locked(&mut tx, me.login()).await?.ok_or(Error::SignedOut)?;
    if login.has_second_factor || login.totp_secret_enc.is_none() {
        return Err(Error::conflict("There is no set-up to confirm. Start it again."));
    }
    if !use_code(&mut tx, me.house(), &login, code).await? {
        return Err(Error::invalid("code", WRONG));
    }
    sql::logins::confirm_totp(&mut tx, login.id).await?;
    let codes = fresh_codes(&mut tx, me.house(), &login).await?;
    spent.give_back(&mut tx).await?;
    tx.record(about_login("auth:second_factor_on", login.id, json!({})));
    notify(&mut tx, me.house(), &login, "A second factor was turned on for your account").await?;
    tx.commit().await?;
    Ok(codes)
}

/// Ten new recovery codes; the old ones end. Asks for the password.
pub async fn renew_codes(me: &Visitor, password: &str) -> Result<Vec<String>> {
    let login = prove(me, password, "password").await?;
    if !login.has_second_factor {
        return Err(Error::conflict("Turn the second factor on first."));
    }
    let mut tx = me.begin_own().await?;
    let codes = fresh_codes(&mut tx, me.house(), &login).await?;
    tx.record(about_login("auth:recovery_codes_renewed", login.id, json!({})));
    tx.commit().await?;
    Ok(codes)
}

/// Turns it off. Asks for the password.
pub async fn disable(me: &Visitor, password: &str) -> Result<()> {
    let login = prove(me, password, "password").await?;
    let mut tx = me.begin_own().await?;
    sql::logins::set_totp(&mut tx, login.id, None).await?;
    sql::logins::replace_recovery_codes(&mut tx, login.id, &[]).await?;
    tx.record(about_login("auth:second_factor_off", login.id, json!({})));
    notify(&mut tx, me.house(), &login, "The second factor was turned off for your account").await?;
    Ok(tx.commit().await?)
}

/// Goes on from [`LogIn::NeedsSecondFactor`] with a code of the device or a recovery code.
///
/// # Errors
/// `Invalid` on `code`, five times; then, and for an old ticket, `NotFound`: log in again. `TooMany`.
pub async fn finish<D: Door>(house: &House, door: D, ticket: &str, code: &str, request: &Request) -> Result<LogIn<D::Key>> {
    let mut tx = anonymous(house).await?;
    let found = tokens::find(&mut tx, Purpose::SecondFactor, ticket).await?;
    tx.commit().await?;
    let spent = limits::spend(house, Limited::SecondFactor, request, &found.login.to_string()).await?;
    let mut tx = anonymous(house).await?;
    let found = tokens::find(&mut tx, Purpose::SecondFactor, ticket).await?;
    let login = sql::logins::locked(&mut tx, found.login).await?.ok_or(Error::NotFound)?;
    if !use_code(&mut tx, house, &login, code).await? {
        if sql::tokens::count_attempt(&mut tx, found.id).await? >= WRONG_CODES {
            sql::tokens::use_up(&mut tx, found.id).await?;
        }
        tx.commit().await?;
        return Err(Error::invalid("code", WRONG));
    }
    sql::tokens::use_up(&mut tx, found.id).await?;
    spent.give_back(&mut tx).await?;
    let proof = Proof { login, second_factor: true, place: found.place, way: way_of(&found.payload) };
    let how_far = advance(&mut tx, house, door, proof, request).await?;
    tx.commit().await?;
    Ok(how_far)
}

/// Uses a code up: of this moment, the half minute before or after, and never a step that was used; or a recovery code.
async fn use_code(tx: &mut db::AuthTx, house: &House, login: &Login, code: &str) -> Result<bool> {
    let code: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect::<String>().to_lowercase();
    let Some(sealed) = &login.totp_secret_enc else { return Ok(false) };
    if code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()) {
        let now = u64::try_from(tx.now().as_second()).unwrap_or(0);
        let Some(step) = totp(house.keys().open("totp", sealed)?, &login.email)?.check(&code, now) else { return Ok(false) };
        return sql::logins::use_totp_step(tx, login.id, i64::try_from(step).unwrap_or(i64::MAX)).await;
    }
    sql::logins::use_recovery_code(tx, login.id, &code_hash(house, &code)).await
}

fn totp(secret: Vec<u8>, email: &str) -> Result<Totp> {
    Builder::new()
        .with_secret(secret)
        .with_account_name(email.replace(':', " "))
        .with_issuer(Some("Fettle"))
        .build()
        .map_err(|e| Error::internal(anyhow::anyhow!("totp: {e}")))
}

async fn fresh_codes(tx: &mut db::AuthTx, house: &House, login: &Login) -> Result<Vec<String>> {
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| fresh_code()).collect();
    let hashes: Vec<Vec<u8>> = codes.iter().map(|code| code_hash(house, &code.replace('-', ""))).collect();
    sql::logins::replace_recovery_codes(tx, login.id, &hashes).await?;
    Ok(codes)
}

/// Ten letters and digits in two groups: 49 bits, plenty for a secret that is tried ten times a minute.
fn fresh_code() -> String {
    let mut code = String::with_capacity(11);
    while code.len() < 11 {
        for byte in random::<16>() {
            // 31 symbols: the last of the 32 is no symbol, so that each is equally likely.
            match ALPHABET.get(usize::from(byte % 32)) {
                Some(b'*') | None => {}
                Some(symbol) if code.len() < 11 => {
                    if code.len() == 5 {
                        code.push('-');
                    }
                    code.push(char::from(*symbol));
                }
                Some(_) => break,
            }
        }
    }
    code
}

/// Keyed, because a recovery code is short enough to be guessed from a stolen table.
fn code_hash(house: &House, code: &str) -> Vec<u8> {
    let mut block = [0; 64];
    block.iter_mut().zip(house.keys().for_purpose("recovery-codes")).for_each(|(to, from)| *to = from);
    let mut mac = Hmac::<sha2::Sha256>::new(&block.into());
    mac.update(code.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::fresh_code;

    #[test]
    fn recovery_codes_are_two_groups_of_five() {
        for _ in 0..200 {
            let code = fresh_code();
            assert_eq!(code.len(), 11, "{code}");
            assert_eq!(code.find('-'), Some(5), "{code}");
            assert!(!code.contains('*'), "{code}");
        }
    }
}
