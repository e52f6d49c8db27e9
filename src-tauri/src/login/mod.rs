//! Starting at login: the system's own list of what it starts, changed only when the person says so.

#[cfg(target_os = "linux")]
mod entry;
#[cfg(not(target_os = "linux"))]
mod native;

#[cfg(target_os = "linux")]
pub(crate) use entry::Login;
#[cfg(not(target_os = "linux"))]
pub(crate) use native::Login;
