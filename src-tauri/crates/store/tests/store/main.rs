//! The store as its callers know it: journeys, and what happens when the machine does its worst.

mod backups;
mod chats;
mod damage;
mod downloads;
mod engines;
mod kill;
mod limits;
mod migrations;
mod queue;
mod search;
mod server_tokens;
mod speed;
mod support;
mod temporary;
mod tree;
mod walk;
