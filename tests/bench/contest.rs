//! What every contestant of a bench measures, and how the rounds are put together.

use std::time::Duration;

use futures::future::BoxFuture;

/// Single jobs of which the pickup is measured.
pub const PICKUPS: usize = 500;
/// Jobs asked for in one call when the whole way is measured.
pub const BULK: usize = 1_000;

/// What went wrong, as a sentence.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The private services of a bench.
pub struct Services {
    /// A Postgres with owner rights.
    pub database_url: String,
    /// A Redis that is emptied before each turn.
    pub redis_url: String,
    /// The path of node.
    pub node: String,
}

/// What one turn of a contestant gave.
#[derive(Debug, Clone, PartialEq)]
pub struct PeerResult {
    /// All jobs are asked for; then the workers start; until all are done.
    pub drain_jobs_per_s: f64,
    /// The workers are running; jobs are asked for in calls of [`BULK`]; from the first call to the last job's end.
    pub end_to_end_jobs_per_s: f64,
    /// Of [`PICKUPS`] single jobs, each asked for when all is idle, at irregular moments: from before the call that
    /// asks for it to the start of its handler. Median.
    pub pickup_p50_ms: f64,
    /// The same, 99th percentile.
    pub pickup_p99_ms: f64,
    /// Versions and settings worth printing.
    pub setup: String,
}

impl PeerResult {
    /// From the times one turn took.
    pub fn new(jobs: usize, drain: Duration, end_to_end: Duration, pickups_ms: Vec<f64>, setup: String) -> Self {
        let rate = |time: Duration| jobs as f64 / time.as_secs_f64();
        Self {
            drain_jobs_per_s: rate(drain),
            end_to_end_jobs_per_s: rate(end_to_end),
            pickup_p50_ms: percentile(&pickups_ms, 0.50),
            pickup_p99_ms: percentile(&pickups_ms, 0.99),
            setup,
        }
    }

    /// Each figure's median over the rounds.
    pub fn median(rounds: &[Self]) -> Option<Self> {
        let setup = rounds.first()?.setup.clone();
        let middle = |figure: fn(&Self) -> f64| {
            let figures: Vec<f64> = rounds.iter().map(figure).collect();
            percentile(&figures, 0.50)
        };
        Some(Self {
            drain_jobs_per_s: middle(|round| round.drain_jobs_per_s),
            end_to_end_jobs_per_s: middle(|round| round.end_to_end_jobs_per_s),
            pickup_p50_ms: middle(|round| round.pickup_p50_ms),
            pickup_p99_ms: middle(|round| round.pickup_p99_ms),
            setup,
        })
    }
}

/// The smallest value that so large a part of all values does not exceed.
pub fn percentile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (part * sorted.len() as f64).ceil() as usize;
    let at = rank.clamp(1, sorted.len().max(1)) - 1;
    sorted.get(at).copied().unwrap_or(f64::NAN)
}

/// Takes its turn: so many jobs for each of the two rates, then the pickups.
pub type Turn = for<'a> fn(&'a Services, usize) -> BoxFuture<'a, Result<PeerResult, Failure>>;

/// A job engine in the contest.
#[derive(Clone, Copy)]
pub struct Contestant {
    /// As the table names it.
    pub name: &'static str,
    /// One turn.
    pub turn: Turn,
}

/// A contestant's medians.
pub struct Standing {
    /// Whose.
    pub name: &'static str,
    /// Over all rounds.
    pub median: PeerResult,
}

/// Lets the contestants take turns, so that whatever else the machine does meets them all alike. Who begins moves on
/// by one each round.
pub async fn contest(
    services: &Services,
    contestants: &[Contestant],
    jobs: usize,
    rounds: usize,
    mut told: impl FnMut(usize, &str, &PeerResult),
) -> Result<Vec<Standing>, Failure> {
    let mut results = vec![Vec::new(); contestants.len()];
    for round in 0..rounds {
        for turn in 0..contestants.len() {
            let number = (turn + round) % contestants.len();
            let contestant = contestants[number];
            empty(&services.redis_url).await?;
            let result =
                (contestant.turn)(services, jobs).await.map_err(|failure| format!("{}: {failure}", contestant.name))?;
            told(round + 1, contestant.name, &result);
            results[number].push(result);
        }
    }
    empty(&services.redis_url).await?;
    let standings = contestants.iter().zip(&results);
    Ok(standings
        .filter_map(|(contestant, rounds)| {
            let median = PeerResult::median(rounds)?;
            let name = contestant.name;
            Some(Standing { name, median })
        })
        .collect())
}

async fn empty(redis_url: &str) -> Result<(), Failure> {
    let mut connection = redis::Client::open(redis_url)?.get_multiplexed_async_connection().await?;
    redis::cmd("FLUSHALL").query_async::<()>(&mut connection).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::percentile;

    #[test]
    fn percentiles_are_values_that_occurred() {
        let values = [4.0, 1.0, 3.0, 2.0];
        assert_eq!(percentile(&values, 0.50), 2.0);
        assert_eq!(percentile(&values, 0.99), 4.0);
        assert_eq!(percentile(&[7.0], 0.50), 7.0);
        assert!(percentile(&[], 0.50).is_nan());
    }
}
