//! What the control plane tells its gateways: rows become a [`gateway::config::Config`], changes
//! become [`gateway::config::Update`]s, and a write can wait until every gateway obeys it.

mod applications;
mod change;
mod compile;
mod nodes;
mod openid_connect;
mod publisher;
mod recent;
mod stream;
#[cfg(test)]
mod tests;

pub use change::topic;
pub use compile::compile;
pub use nodes::{LaggingNode, NodeState};
pub use publisher::{LAGGING_NODES, Publisher, Settings, lagging_nodes};
pub use stream::router;
