//! The URL standard, by the `url` crate.

use rquickjs::{Ctx, Function, Object, Result};
use url::form_urlencoded::{self, Serializer};
use url::{Url, quirks};

pub(super) fn natives<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let natives = Object::new(ctx.clone())?;
    natives.set("parse", Function::new(ctx.clone(), parse)?)?;
    natives.set("set", Function::new(ctx.clone(), set)?)?;
    natives.set("parseQuery", Function::new(ctx.clone(), parse_query)?)?;
    natives.set("writeQuery", Function::new(ctx.clone(), write_query)?)?;
    Ok(natives)
}

/// The members of `URL` in the order that `url.js` names them, the origin last.
fn members(url: &Url) -> Vec<String> {
    let members = [
        quirks::href(url),
        quirks::protocol(url),
        quirks::username(url),
        quirks::password(url),
        quirks::host(url),
        quirks::hostname(url),
        quirks::port(url),
        quirks::pathname(url),
        quirks::search(url),
        quirks::hash(url),
    ];
    let mut members: Vec<String> = members.map(str::to_owned).into();
    members.push(quirks::origin(url));
    members
}

fn parse(text: String, base: Option<String>) -> Option<Vec<String>> {
    let base = match base {
        Some(base) => Some(Url::parse(&base).ok()?),
        None => None,
    };
    let url = Url::options().base_url(base.as_ref()).parse(&text).ok()?;
    Some(members(&url))
}

/// The URL with one member changed, or nothing if it cannot be changed so.
fn set(href: String, member: String, value: String) -> Option<Vec<String>> {
    let mut url = Url::parse(&href).ok()?;
    match member.as_str() {
        "href" => quirks::set_href(&mut url, &value).ok()?,
        "protocol" => quirks::set_protocol(&mut url, &value).ok()?,
        "username" => quirks::set_username(&mut url, &value).ok()?,
        "password" => quirks::set_password(&mut url, &value).ok()?,
        "host" => quirks::set_host(&mut url, &value).ok()?,
        "hostname" => quirks::set_hostname(&mut url, &value).ok()?,
        "port" => quirks::set_port(&mut url, &value).ok()?,
        "pathname" => quirks::set_pathname(&mut url, &value),
        "search" => quirks::set_search(&mut url, &value),
        "hash" => quirks::set_hash(&mut url, &value),
        _ => return None,
    }
    Some(members(&url))
}

/// Names and values in turn.
fn parse_query(text: String) -> Vec<String> {
    form_urlencoded::parse(text.as_bytes())
        .flat_map(|(name, value)| [name.into_owned(), value.into_owned()])
        .collect()
}

fn write_query(flat: Vec<String>) -> String {
    let (pairs, _) = flat.as_chunks::<2>();
    let pairs = pairs.iter().map(|[name, value]| (name, value));
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}
