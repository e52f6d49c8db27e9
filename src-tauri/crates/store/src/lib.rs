//! The record: chats and messages in SQLite.
