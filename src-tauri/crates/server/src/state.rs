//! What every request's handler shares.

use std::sync::Arc;

use inglenook_app::App;

use crate::body::Budget;
use crate::gate::Gate;
use crate::openai::responses::kept::Responses;
use crate::requests::Requests;

/// What every handler shares; cloning it is cheap.
#[derive(Clone)]
pub(crate) struct Serving(Arc<Parts>);

struct Parts {
    app: App,
    requests: Arc<Requests>,
    gate: Gate,
    bodies: Budget,
    responses: Responses,
}

impl Serving {
    pub(crate) fn new(app: App) -> Self {
        let server = app.settings().server;
        let gate = Gate::new(server.parallel, server.queue);
        Self(Arc::new(Parts {
            app,
            requests: Arc::default(),
            gate,
            bodies: Budget::default(),
            responses: Responses::default(),
        }))
    }

    pub(crate) fn app(&self) -> &App {
        &self.0.app
    }

    pub(crate) fn requests(&self) -> &Arc<Requests> {
        &self.0.requests
    }

    pub(crate) fn gate(&self) -> &Gate {
        &self.0.gate
    }

    pub(crate) fn responses(&self) -> &Responses {
        &self.0.responses
    }

    pub(crate) fn bodies(&self) -> &Budget {
        &self.0.bodies
    }
}
