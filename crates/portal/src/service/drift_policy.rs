//! What is done by itself where a provider's clients differ from the applications, as an administrator
//! writes it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::model::{DcrProviderId, DriftPolicy};
use crate::rest::apply;
use crate::rest::check::{Rule, Shape, optional};
use crate::service::applications::Reconciliation;
use crate::{Ctx, Error, Portal};

const POLICY: Shape = Shape {
    fields: &[optional("automatic", Rule::Object(&AUTOMATIC))],
    open: false,
};
static AUTOMATIC: Shape = Shape {
    fields: &[
        optional("missing", Rule::Word(&["recreate", "delete", "leave"])),
        optional("changed", Rule::Word(&["recreate", "adopt", "leave"])),
        optional("orphaned", Rule::Word(&["delete", "adopt", "leave"])),
    ],
    open: false,
};

#[derive(Serialize, Deserialize)]
struct Policy {
    automatic: DriftPolicy,
}

/// Changes what `body` names: `{"automatic": {"missing": "recreate"}}`.
///
/// # Errors
/// [`Error::Invalid`]; [`Error::Conflict`] if the provider was just removed.
pub(crate) async fn set(
    portal: &Portal,
    ctx: &Ctx,
    id: DcrProviderId,
    body: Map<String, Value>,
) -> Result<Reconciliation, Error> {
    let applications = portal.applications();
    let mut now = applications.reconciliation(id).await?;
    let before = Policy {
        automatic: now.policy,
    };
    let Policy { automatic } = apply(&before, body, &POLICY)?;
    applications.set_drift_policy(ctx, id, automatic).await?;
    now.policy = automatic;
    Ok(now)
}
