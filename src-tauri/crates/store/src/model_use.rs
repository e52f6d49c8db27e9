//! When a model last answered.

use std::collections::HashMap;

use inglenook_contract::ModelId;

use crate::{Result, Store};

impl Store {
    /// Notes that a model answers now.
    ///
    /// # Errors
    /// As every write.
    pub async fn record_use(&self, _model: &ModelId) -> Result<()> {
        unimplemented!()
    }

    /// When each model last answered, milliseconds since 1970-01-01 UTC.
    ///
    /// # Errors
    /// As every read.
    pub async fn last_used(&self) -> Result<HashMap<ModelId, i64>> {
        unimplemented!()
    }
}
