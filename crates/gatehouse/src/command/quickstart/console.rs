//! The console as a browser sees it: a form with a token, and the session's cookie.

use anyhow::{Context, Result, bail};
use egress::{Egress, Request};
use http::header::{LOCATION, SET_COOKIE};

use super::saved::Developer;

/// Signs in with the form of the page, and opens the page behind it.
///
/// # Errors
/// What the console answered instead.
pub(super) async fn sign_in(egress: &Egress, console: &str, owner: &Developer) -> Result<()> {
    let console = console.trim_end_matches('/');
    let page = Request::get(&format!("{console}/sign-in"));
    let page = egress.send(page).await.context("open /sign-in")?;
    let html = String::from_utf8_lossy(&page.body).into_owned();
    let token = html
        .split_once("name=\"csrf_token\" value=\"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(token, _)| token.to_owned())
        .context("the sign-in page has no form")?;
    let mut cookies = names_and_values(&page);
    let fields = [
        ("csrf_token", token.as_str()),
        ("email", &owner.email),
        ("password", &owner.password),
        ("return_to", "/account"),
    ];
    let send = Request::post(&format!("{console}/sign-in"))
        .header("cookie", &cookies.join("; "))
        .form(&fields);
    let answer = egress.send(send).await.context("send the form")?;
    let location = answer.headers.get(LOCATION);
    if location.is_none_or(|location| location != "/account") {
        bail!("the sign-in form answered {}", answer.status);
    }
    cookies.extend(names_and_values(&answer));
    let account = Request::get(&format!("{console}/account")).header("cookie", &cookies.join("; "));
    let account = egress.send(account).await.context("open /account")?;
    if !account.status.is_success()
        || !String::from_utf8_lossy(&account.body).contains(&owner.email)
    {
        bail!("the page behind the sign-in answered {}", account.status);
    }
    Ok(())
}

/// The cookies that an answer sets, as a browser sends them back.
fn names_and_values(answer: &egress::Response) -> Vec<String> {
    let lines = answer.headers.get_all(SET_COOKIE).iter();
    lines
        .filter_map(|line| line.to_str().ok()?.split(';').next().map(str::to_owned))
        .collect()
}
