//! Jobs that behave badly. They exist in the test node only.

use std::time::Duration;

use ledgerline_jobs::{Job, Policy, Queue};
use serde::{Deserialize, Serialize};

macro_rules! job {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $policy:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Serialize, Deserialize)]
        pub struct $name {
            /// Which effect.
            pub n: i64,
            /// How long it works.
            pub millis: u64,
        }

        impl Job for $name {
            const KIND: &'static str = $kind;
            const QUEUE: Queue = Queue::Default;
            const POLICY: Policy = $policy;
            const DESCRIPTION: &'static str = "Behaves as a test needs it";
        }
    };
}

const QUICK: Policy = Policy::DEFAULT.backoff(Duration::from_millis(50), Duration::from_millis(500));

job!(/// Works, then writes its effect and its end in one transaction.
    Count, "faults.count", QUICK);
job!(/// Works, writes its effect, and leaves its end to the recorder.
    Slow, "faults.slow", QUICK);
job!(/// Aborts the process.
    Abort, "faults.abort", QUICK);
job!(/// Never yields.
    Spin, "faults.spin", QUICK.timeout(Duration::from_millis(300)).grace(Duration::from_millis(300)));
job!(/// Eats memory.
    Eat, "faults.eat", QUICK);
job!(/// Panics.
    Panic, "faults.panic", QUICK.attempts(2));
job!(/// Fails.
    Fail, "faults.fail", QUICK.attempts(3));
