//! Files that are dragged over the window, from the system's events to whoever listens.

use std::path::PathBuf;

use futures::stream::BoxStream;
use inglenook_contract::FileDrop;
use tauri::DragDropEvent;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

/// More than a hand drops before a page that is busy has looked.
const KEPT: usize = 32;

/// Tells of files over the window; cloning it is cheap.
#[derive(Clone)]
pub(crate) struct Drops(broadcast::Sender<FileDrop>);

impl Default for Drops {
    fn default() -> Self {
        Self(broadcast::channel(KEPT).0)
    }
}

impl Drops {
    /// Hands an event of the system on, unless it is about something else than files.
    pub(crate) fn tell(&self, event: &DragDropEvent) {
        let told = match event {
            DragDropEvent::Enter { paths, .. } if !files(paths).is_empty() => FileDrop::Over,
            DragDropEvent::Drop { paths, .. } => FileDrop::Dropped { paths: files(paths) },
            DragDropEvent::Leave => FileDrop::Left,
            _ => return,
        };
        // Nobody may be listening.
        let _ = self.0.send(told);
    }

    /// Events from now on.
    pub(crate) fn listen(&self) -> BoxStream<'static, FileDrop> {
        Box::pin(futures::stream::unfold(self.0.subscribe(), |mut events| async {
            loop {
                match events.recv().await {
                    Ok(event) => return Some((event, events)),
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return None,
                }
            }
        }))
    }
}

/// The paths of files; GTK hands links of the web over as paths too (wry 0.55).
fn files(paths: &[PathBuf]) -> Vec<String> {
    paths.iter().filter(|path| path.is_absolute()).map(|path| path.to_string_lossy().into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use futures::StreamExt as _;
    use tauri::PhysicalPosition;

    use super::*;

    fn at(paths: &[&str]) -> (Vec<PathBuf>, PhysicalPosition<f64>) {
        (paths.iter().map(PathBuf::from).collect(), PhysicalPosition::new(1.0, 2.0))
    }

    #[tokio::test]
    async fn files_are_told_of_and_links_of_the_web_are_not() {
        let drops = Drops::default();
        let events = drops.listen();
        let (paths, position) = at(&["https://example.org/a"]);
        drops.tell(&DragDropEvent::Enter { paths, position });
        let (paths, position) = at(&["/disk/models", "https://example.org/a"]);
        drops.tell(&DragDropEvent::Enter { paths: paths.clone(), position });
        drops.tell(&DragDropEvent::Over { position });
        drops.tell(&DragDropEvent::Drop { paths, position });
        drops.tell(&DragDropEvent::Leave);
        drop(drops);
        let dropped = FileDrop::Dropped { paths: vec!["/disk/models".to_owned()] };
        assert_eq!(events.collect::<Vec<_>>().await, [FileDrop::Over, dropped, FileDrop::Left]);
    }
}
