//! Sync windows.

use aoa_core::lang::time::Time;
use aoa_core::model::Destination;
use aoa_core::policy::{Moment, SyncWindows, Trigger};
use serde_json::{Value as Json, json};

use super::super::convert::from_json;
use crate::case::{Answer, Refusal};

pub(super) fn decide(input: &Json) -> Answer {
    let windows = SyncWindows::read(&from_json(&input["windows"]));
    let text = |json: &Json| json.as_str().unwrap_or_default().to_owned();
    let at = &input["app"]["spec"]["destination"];
    let destination = Destination {
        server: text(&at["server"]),
        name: text(&at["name"]),
        namespace: text(&at["namespace"]),
    };
    let now = time(&input["now"])?;
    let matching = windows.matching(&text(&input["app"]["metadata"]["name"]), &destination);
    let open = windows.open(&matching, &now)?;
    let closed = windows.closed_allows(&matching, &now)?;
    let by_hand = input["manual"].as_bool().unwrap_or_default();
    let mut moment = Moment::new(now, if by_hand { Trigger::Manual } else { Trigger::Automated });
    if input["operationStarted"].is_string() {
        moment.started = Some(time(&input["operationStarted"])?);
    }
    let can_sync = windows.decide(&matching, &moment)?.is_allowed();
    Ok(json!({"matching": matching, "active": open, "inactiveAllows": closed, "canSync": can_sync}))
}

fn time(json: &Json) -> Result<Time, Refusal> {
    let text = json.as_str().unwrap_or_default();
    Time::parse(b"2006-01-02T15:04:05Z07:00", text.as_bytes()).map_err(Refusal::invalid)
}
