use db::AuthTx;
use domain::LoginId;
use domain::values::EmailAddress;
use jiff_sqlx::ToSqlx as _;

use crate::Result;

/// A person who can log in.
pub(in crate::auth) struct Login {
    pub(in crate::auth) id: LoginId,
    pub(in crate::auth) email: String,
    pub(in crate::auth) password_hash: Option<String>,
    pub(in crate::auth) is_verified: bool,
    pub(in crate::auth) totp_secret_enc: Option<Vec<u8>>,
    pub(in crate::auth) has_second_factor: bool,
    pub(in crate::auth) is_super_admin: bool,
    pub(in crate::auth) is_disabled: bool,
}

macro_rules! login {
    ($row:expr) => {
        $row.map(|r| Login {
            id: r.id.into(),
            email: r.email,
            password_hash: r.password_hash,
            is_verified: r.is_verified,
            totp_secret_enc: r.totp_secret_enc,
            has_second_factor: r.has_second_factor,
            is_super_admin: r.is_super_admin,
            is_disabled: r.is_disabled,
        })
    };
}

pub(in crate::auth) async fn by_email(tx: &mut AuthTx, email: &EmailAddress) -> Result<Option<Login>> {
    let row = sqlx::query!(
        r#"select id,
                  email,
                  password_hash,
                  email_verified_at is not null as "is_verified!",
                  totp_secret_enc,
                  totp_confirmed_at is not null as "has_second_factor!",
                  is_super_admin,
                  disabled_at is not null as "is_disabled!"
           from auth.logins
           where email = $1"#,
        email.as_str(),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(login!(row))
}

/// Locks the row: what follows decides by it.
pub(in crate::auth) async fn locked(tx: &mut AuthTx, id: LoginId) -> Result<Option<Login>> {
    let row = sqlx::query!(
        r#"select id,
                  email,
                  password_hash,
                  email_verified_at is not null as "is_verified!",
                  totp_secret_enc,
                  totp_confirmed_at is not null as "has_second_factor!",
                  is_super_admin,
                  disabled_at is not null as "is_disabled!"
           from auth.logins
           where id = $1
           for update"#,
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(login!(row))
}

/// False when somebody has this e-mail already.
pub(in crate::auth) async fn insert(tx: &mut AuthTx, id: LoginId, email: &EmailAddress, password_hash: Option<&str>) -> Result<bool> {
    let now = tx.now();
    let done = sqlx::query!(
        "insert into auth.logins (id, email, password_hash, created_at, updated_at) values ($1, $2, $3, $4, $4) on conflict (email) do nothing",
        id.uuid(),
        email.as_str(),
        password_hash,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(in crate::auth) async fn set_password(tx: &mut AuthTx, id: LoginId, password_hash: Option<&str>) -> Result<()> {
    let now = tx.now();
    sqlx::query!("update auth.logins set password_hash = $2, updated_at = $3 where id = $1", id.uuid(), password_hash, now.to_sqlx() as _)
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub(in crate::auth) async fn verify(tx: &mut AuthTx, id: LoginId) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update auth.logins set email_verified_at = coalesce(email_verified_at, $2), updated_at = $2 where id = $1",
        id.uuid(),
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(in crate::auth) async fn logged_in(tx: &mut AuthTx, id: LoginId) -> Result<()> {
    let now = tx.now();
    sqlx::query!("update auth.logins set last_login_at = $2 where id = $1", id.uuid(), now.to_sqlx() as _).execute(tx.conn()).await?;
    Ok(())
}

pub(in crate::auth) async fn make_super_admin(tx: &mut AuthTx, id: LoginId) -> Result<()> {
    let now = tx.now();
    sqlx::query!("update auth.logins set is_super_admin = true, updated_at = $2 where id = $1", id.uuid(), now.to_sqlx() as _)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// A new secret that does not count until it is confirmed; none takes the second factor away.
pub(in crate::auth) async fn set_totp(tx: &mut AuthTx, id: LoginId, secret_enc: Option<&[u8]>) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update auth.logins set totp_secret_enc = $2, totp_confirmed_at = null, totp_last_step = null, updated_at = $3 where id = $1",
        id.uuid(),
        secret_enc,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(in crate::auth) async fn confirm_totp(tx: &mut AuthTx, id: LoginId) -> Result<()> {
    let now = tx.now();
    sqlx::query!("update auth.logins set totp_confirmed_at = $2, updated_at = $2 where id = $1", id.uuid(), now.to_sqlx() as _)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Uses a time step up; false when it, or a later one, was used before.
pub(in crate::auth) async fn use_totp_step(tx: &mut AuthTx, id: LoginId, step: i64) -> Result<bool> {
    let done = sqlx::query!(
        "update auth.logins set totp_last_step = $2 where id = $1 and (totp_last_step is null or totp_last_step < $2)",
        id.uuid(),
        step,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(in crate::auth) async fn replace_recovery_codes(tx: &mut AuthTx, id: LoginId, hashes: &[Vec<u8>]) -> Result<()> {
    sqlx::query!("delete from auth.recovery_codes where login_id = $1", id.uuid()).execute(tx.conn()).await?;
    sqlx::query!("insert into auth.recovery_codes (login_id, code_hash) select $1, unnest($2::bytea[])", id.uuid(), hashes)
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub(in crate::auth) async fn use_recovery_code(tx: &mut AuthTx, id: LoginId, hash: &[u8]) -> Result<bool> {
    let now = tx.now();
    let done = sqlx::query!(
        "update auth.recovery_codes set used_at = $3 where login_id = $1 and code_hash = $2 and used_at is null",
        id.uuid(),
        hash,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(in crate::auth) async fn recovery_codes_left(tx: &mut AuthTx, id: LoginId) -> Result<i64> {
    Ok(sqlx::query_scalar!(r#"select count(*) as "left!" from auth.recovery_codes where login_id = $1 and used_at is null"#, id.uuid())
        .fetch_one(tx.conn())
        .await?)
}
