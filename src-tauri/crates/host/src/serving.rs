//! What a host without a window goes on for.

use futures::stream::{BoxStream, unfold};
use inglenook_contract::{ServerState, Settings};

use crate::Host;

impl Host {
    /// Where programs are served, as long as they are to be even without a window; `None` while nobody is, or while
    /// that is to end with the window. What is now comes first; the same may be told twice.
    #[must_use]
    pub fn serves(&self) -> BoxStream<'static, Option<String>> {
        let watched = (self.server.watch(), self.app.watch_settings(), true);
        Box::pin(unfold(watched, |(mut state, mut settings, first)| async move {
            if !first {
                tokio::select! {
                    changed = state.changed() => changed.ok()?,
                    changed = settings.changed() => changed.ok()?,
                }
            }
            let serves = kept(&state.borrow_and_update(), &settings.borrow_and_update());
            Some((serves, (state, settings, false)))
        }))
    }

    /// Switches the server on, unless it runs already. Returns whether it runs now.
    pub async fn serve(&self) -> bool {
        let runs = || matches!(*self.server.watch().borrow(), ServerState::Running { .. });
        if !runs() {
            self.server.switch(true).await;
        }
        runs()
    }

    /// Switches the server off.
    pub async fn stop_serving(&self) {
        self.server.switch(false).await;
    }
}

fn kept(state: &ServerState, settings: &Settings) -> Option<String> {
    match state {
        ServerState::Running { address, .. } if settings.server.keep_serving => Some(address.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_application_goes_on_while_it_serves_and_is_to() {
        let address = "http://127.0.0.1:1234".to_owned();
        let running = ServerState::Running { address: address.clone(), lan: Vec::new() };
        let mut settings = Settings::default();
        assert_eq!(kept(&running, &settings), Some(address), "closing the window leaves programs their server");
        assert_eq!(kept(&ServerState::Off, &settings), None);
        settings.server.keep_serving = false;
        assert_eq!(kept(&running, &settings), None, "it was asked to end with the window");
    }
}
