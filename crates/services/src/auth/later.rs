//! What is thrown away, by the clock.

use jobs::{Every, Job, JobError, Registry, RegistryError};
use serde::{Deserialize, Serialize};

use super::sweep;
use crate::House;

/// Throws away attempts, links, sessions and tokens that have been over for a day.
#[derive(Debug, Serialize, Deserialize)]
pub struct SweepSignIns {}
impl Job for SweepSignIns {
    const KIND: &'static str = "sweep-sign-ins";
}

/// Registers this room's jobs and their schedule. Hourly, since each failed log-in leaves a row.
pub(crate) fn register_jobs(registry: &mut Registry, house: &House) -> Result<(), RegistryError> {
    let here = house.clone();
    registry.add::<SweepSignIns, _, _>(move |_, _| {
        let house = here.clone();
        async move { Ok::<_, JobError>(sweep(&house).await?) }
    })?;
    registry.every(Every::hour_at(17), &SweepSignIns {})?;
    Ok(())
}
