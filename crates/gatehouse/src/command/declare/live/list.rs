//! Lists of the platform API, read to their ends.

use anyhow::Result;
use serde_json::Value;

use super::named;
use crate::command::api::Api;

/// Every row of a list, page by page, the oldest first.
pub(super) async fn every(api: &Api, path: &str) -> Result<Vec<Value>> {
    let mut all = Vec::new();
    let more = if path.contains('?') { '&' } else { '?' };
    for page in 1.. {
        let answer = api
            .get(&format!("{path}{more}page[size]=100&page[number]={page}"))
            .await?;
        let rows = answer["data"].as_array().cloned().unwrap_or_default();
        let total = answer
            .pointer("/meta/page/total")
            .and_then(Value::as_u64)
            .unwrap_or(0);
        let end = rows.is_empty();
        all.extend(rows);
        if end || u64::try_from(all.len()).unwrap_or(u64::MAX) >= total {
            break;
        }
    }
    all.sort_by_key(|row| row["created_at"].as_str().unwrap_or_default().to_owned());
    Ok(all)
}

/// Every row of a list whose pages name the next one.
pub(in crate::command::declare) async fn linked(api: &Api, path: &str) -> Result<Vec<Value>> {
    let mut all = Vec::new();
    let mut next = Some(format!("{path}?page[size]=100"));
    while let Some(path) = next {
        let answer = api.get(&path).await?;
        all.extend(answer["data"].as_array().cloned().unwrap_or_default());
        let link = answer.pointer("/meta/next").and_then(Value::as_str);
        next = link.map(str::to_owned);
    }
    Ok(all)
}

/// Every gateway entity of a list.
pub(super) async fn entities(api: &Api, path: &str) -> Result<Vec<Value>> {
    let (mut all, mut offset) = (Vec::new(), None::<String>);
    loop {
        let place = offset
            .map(|offset| format!("&offset={offset}"))
            .unwrap_or_default();
        let answer = api.get(&format!("{path}?size=1000{place}")).await?;
        all.extend(answer["data"].as_array().cloned().unwrap_or_default());
        offset = answer["offset"].as_str().map(str::to_owned);
        if offset.is_none() {
            break;
        }
    }
    all.sort_by_key(|entity| named(entity).unwrap_or_default());
    Ok(all)
}
