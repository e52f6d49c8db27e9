//! What programs written for Anthropic ask, Claude Code among them.
//!
//! Fields and their meaning follow Anthropic's public API description. What only Anthropic's machines can do is refused by
//! name: pictures and documents, tools that run there, batches.
//!
//! `asked` reads requests, `content` their messages, `said` writes answers, `events` answers on their way.

mod asked;
mod content;
mod events;
pub(crate) mod messages;
pub(crate) mod models;
mod said;
