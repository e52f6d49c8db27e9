//! What is counted of requests, for whoever watches the server over weeks: see `own/metrics.rs` for how it is told.
//!
//! Labels are of a bounded number: a route is the pattern it was declared with, and a model one that is here.

use inglenook_contract::ServerRequest;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// Methods that are told apart; a client may invent others.
const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/// What is none of ours.
const OTHER: &str = "other";
/// The status of a request whose client went away unanswered, as web servers note it.
const CLIENT_GONE: u16 = 499;
/// Seconds: from a list that is ready to an answer that takes minutes.
const SECONDS: [f64; 14] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 180.0, 600.0];

type Seconds<L> = Family<L, Histogram, fn() -> Histogram>;

/// All that is counted.
pub(crate) struct Meter {
    registry: Registry,
    requests: Family<Answered, Counter>,
    in_flight: Gauge,
    durations: Seconds<OfRoute>,
    first_tokens: Seconds<OfModel>,
    read: Family<OfModel, Counter>,
    written: Family<OfModel, Counter>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: &'static str,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfRoute {
    method: &'static str,
    route: &'static str,
}

/// Names a model as programs do.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct OfModel {
    pub(crate) model: String,
}

impl Default for Meter {
    fn default() -> Self {
        let seconds: fn() -> Histogram = || Histogram::new(SECONDS);
        let mut meter = Self {
            registry: Registry::with_prefix("inglenook"),
            requests: Family::default(),
            in_flight: Gauge::default(),
            durations: Family::new_with_constructor(seconds),
            first_tokens: Family::new_with_constructor(seconds),
            read: Family::default(),
            written: Family::default(),
        };
        meter.register();
        meter
    }
}

impl Meter {
    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register("requests", "Requests that have ended", self.requests.clone());
        registry.register("requests_in_flight", "Requests that have not ended", self.in_flight.clone());
        let took = self.durations.clone();
        registry.register_with_unit("request_duration", "From a request to the end of its answer", Unit::Seconds, took);
        let waited = self.first_tokens.clone();
        registry.register_with_unit("first_token", "From a request to its first token", Unit::Seconds, waited);
        registry.register("prompt_tokens", "Tokens that models were given to read", self.read.clone());
        registry.register("completion_tokens", "Tokens that models wrote", self.written.clone());
    }

    pub(crate) fn registry(&self) -> &Registry {
        &self.registry
    }

    /// A request came.
    pub(crate) fn began(&self) {
        self.in_flight.inc();
    }

    /// A request has ended; `route` is the pattern of its path and `model` the name of what it asked.
    pub(crate) fn ended(&self, request: &ServerRequest, route: Option<&'static str>, model: Option<&str>) {
        self.in_flight.dec();
        let method = METHODS.iter().copied().find(|method| *method == request.method).unwrap_or(OTHER);
        let route = route.unwrap_or(OTHER);
        let status = request.status.unwrap_or(CLIENT_GONE);
        self.requests.get_or_create(&Answered { method, route, status }).inc();
        let took = request.took_ms.unwrap_or_default();
        self.durations.get_or_create(&OfRoute { method, route }).observe(took / 1e3);
        let Some(model) = model else { return };
        let model = OfModel { model: model.to_owned() };
        if let Some(ms) = request.first_token_ms {
            self.first_tokens.get_or_create(&model).observe(ms / 1e3);
        }
        let count = |family: &Family<OfModel, Counter>, tokens: Option<u32>| {
            if let Some(tokens) = tokens {
                family.get_or_create(&model).inc_by(u64::from(tokens));
            }
        };
        count(&self.read, request.prompt_tokens);
        count(&self.written, request.completion_tokens);
    }
}
