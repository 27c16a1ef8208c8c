//! The product as its users meet it: the real binary, the vendors' SDKs, a real browser, curl.

#![expect(clippy::unwrap_used, reason = "a test may stop here")]

mod auth0_js;
mod browser;
mod clients;
mod commands;
mod console;
mod console_actions;
mod console_audit;
mod console_auth;
mod console_dcr;
mod console_mails;
mod console_pages;
mod console_portals;
mod console_teams;
mod console_tokens;
mod declare;
mod express;
mod gateway_node;
mod login;
mod pages;
mod quickstart;
mod reference;
mod registration;
mod registration_action;
mod registry;
mod seed_action;
mod sign_on;
mod site;
mod support;
