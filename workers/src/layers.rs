//! What every job runs inside of, as tower layers around its handler, outermost first: [`Record`] turns whatever
//! happens into a recorded end, [`traced`] opens the span, [`timed`] limits the time, [`stoppable`] lets go when the job
//! is cancelled or the node drains, and [`Handle`] catches panics. The handler itself runs as a task of its own, so that
//! a busy one cannot starve the others.

use std::{
    cell::RefCell,
    panic::PanicHookInfo,
    sync::{Arc, Once},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use futures::{FutureExt as _, future::BoxFuture};
use ledgerline_jobs::{
    causes::with_causes,
    engine::{
        outcome::{Failure, Outcome},
        run::Run,
    },
};
use tokio::sync::{Notify, watch};
use tower::{Layer, Service, ServiceBuilder, layer::layer_fn};
use tracing::Instrument as _;

use crate::{
    node::{Node, Stop},
    pump::InHand,
    recorder::{Ended, How},
    registry::Handler,
};

type Answer = Result<How, Failure>;
type AnswerFuture = BoxFuture<'static, Answer>;

/// The whole way of a claimed job on `node`: call it with the job; it ends when the job's end is on its way to
/// Postgres, and never fails.
pub fn attempt(
    node: Arc<Node>,
) -> Record<impl Service<Call, Response = How, Error = Failure, Future = AnswerFuture> + Clone> {
    keep_panics();
    let inside =
        ServiceBuilder::new().layer(around(traced)).layer(around(timed)).layer(around(stoppable)).service(Handle);
    Record { node, inner: inside }
}

/// A claimed job with its handler, on its way inwards.
#[derive(Debug)]
pub struct Call {
    run: Run,
    args: serde_json::Value,
    handler: Handler,
    control: Control,
}

/// What the layers watch.
#[derive(Clone, Debug)]
pub struct Control {
    span: tracing::Span,
    timeout: Duration,
    stop: watch::Receiver<Option<Stop>>,
    kill: Kill,
}

/// Ends the handler's task from an outer layer, which then still waits until the task is really gone: a handler that
/// does not yield must stay visible to the watchdog.
#[derive(Clone, Debug, Default)]
struct Kill(Arc<Notify>);

impl Kill {
    fn now(&self) {
        self.0.notify_one();
    }

    async fn asked(&self) {
        self.0.notified().await;
    }
}

/// Looks up the handler, runs the job inside, and hands its end to the recorder.
#[derive(Clone, Debug)]
pub struct Record<S> {
    node: Arc<Node>,
    inner: S,
}

impl<S> Service<InHand> for Record<S>
where
    S: Service<Call, Response = How, Error = Failure, Future = AnswerFuture>,
{
    type Response = ();
    type Error = std::convert::Infallible;
    type Future = BoxFuture<'static, Result<(), Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, hand: InHand) -> Self::Future {
        let node = self.node.clone();
        let ended = |hand, how| -> Self::Future {
            let node = self.node.clone();
            Box::pin(async move {
                node.record(Ended { hand, how }).await;
                Ok(())
            })
        };
        if node.is_draining() {
            return ended(hand, How::HandBack { begun: false });
        }
        let job = &hand.job;
        let Some(handler) = node.registry.get(&job.kind, job.version).cloned() else {
            let reason = format!("no node knows {} version {}", job.kind, job.version);
            return ended(hand, How::Park(reason));
        };
        let policy = handler.policy;
        let span = tracing::info_span!("job", id = %job.fence.id, kind = job.kind, attempt = job.attempt,
            request = job.cause_request);
        let control =
            Control { span, timeout: policy.timeout, stop: node.begin(job.fence, &policy), kill: Kill::default() };
        let run = Run::new(job, node.notes.clone());
        let inner = self.inner.call(Call { run, args: job.args.clone(), handler, control });
        Box::pin(async move {
            let began = Instant::now();
            let how = match inner.await {
                Ok(how) => how,
                Err(failure) if hand.job.attempt >= hand.job.max_attempts => How::Dead(failure),
                Err(failure) => How::Retry(policy.backoff.after(hand.job.attempt), failure),
            };
            node.ended(hand.job.fence);
            let took = began.elapsed();
            hand.hands().took(took);
            measure(&node, &hand, &how, took);
            node.record(Ended { hand, how }).await;
            Ok(())
        })
    }
}

/// One ended attempt. Only kinds of the registry come here, so that the number of series stays bounded.
fn measure(node: &Node, hand: &InHand, how: &How, took: Duration) {
    let kind = hand.job.kind.clone();
    let waited = (hand.job.started_at - hand.job.run_at).to_std().unwrap_or_default();
    node.tally.ended(&hand.job, how, waited, took);
    metrics::histogram!("job_wait_seconds", "queue" => hand.job.queue.clone()).record(waited.as_secs_f64());
    metrics::histogram!("job_duration_seconds", "kind" => kind.clone()).record(took.as_secs_f64());
    metrics::counter!("job_attempts_total", "kind" => kind, "outcome" => how.name()).increment(1);
}

/// A layer made of what it does with the running attempt.
fn around<S>(wrap: fn(Control, AnswerFuture) -> AnswerFuture) -> impl Layer<S, Service = Around<S>> + Clone {
    layer_fn(move |inner| Around { inner, wrap })
}

/// See [`around`].
#[derive(Clone, Debug)]
pub struct Around<S> {
    inner: S,
    wrap: fn(Control, AnswerFuture) -> AnswerFuture,
}

impl<S> Service<Call> for Around<S>
where
    S: Service<Call, Response = How, Error = Failure, Future = AnswerFuture>,
{
    type Response = How;
    type Error = Failure;
    type Future = AnswerFuture;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, call: Call) -> AnswerFuture {
        let control = call.control.clone();
        (self.wrap)(control, self.inner.call(call))
    }
}

/// Every line the handler logs stands in the job's span, so that it can be found by the job's id.
fn traced(control: Control, attempt: AnswerFuture) -> AnswerFuture {
    attempt
        .inspect(|answer| {
            if let Err(failure) = answer {
                tracing::warn!(error = failure.error, "the attempt failed");
            }
        })
        .instrument(control.span)
        .boxed()
}

/// Cancels an attempt that takes longer than its kind allows. A handler that never yields cannot be cancelled; the
/// node's watchdog ends the process for it.
fn timed(control: Control, mut attempt: AnswerFuture) -> AnswerFuture {
    Box::pin(async move {
        if let Ok(answer) = tokio::time::timeout(control.timeout, &mut attempt).await {
            return answer;
        }
        control.kill.now();
        let _ = attempt.await;
        Err(Failure {
            error: format!("took longer than {} s and was cancelled", control.timeout.as_secs_f64()),
            backtrace: None,
        })
    })
}

/// Lets go of a job that was cancelled, lost its lease, or outlived the node's drain.
fn stoppable(mut control: Control, mut attempt: AnswerFuture) -> AnswerFuture {
    Box::pin(async move {
        let asked = tokio::select! {
            biased;
            answer = &mut attempt => return answer,
            asked = asked(&mut control.stop) => asked,
        };
        control.kill.now();
        let _ = attempt.await;
        Ok(match asked {
            Stop::Cancelled => How::Cancel("cancelled while it ran".to_owned()),
            Stop::HandBack => How::HandBack { begun: true },
            Stop::LostLease => How::Abandon,
        })
    })
}

async fn asked(stop: &mut watch::Receiver<Option<Stop>>) -> Stop {
    match stop.wait_for(Option::is_some).await.map(|stop| *stop) {
        Ok(Some(stop)) => stop,
        // the sender lives as long as the job is registered; without it nobody can ask
        _ => std::future::pending().await,
    }
}

/// Runs the handler as a task of its own, so that one that is busy without yielding holds one thread, not the worker;
/// turns a panic into a failure with its message and backtrace.
#[derive(Clone, Copy, Debug)]
pub struct Handle;

impl Service<Call> for Handle {
    type Response = How;
    type Error = Failure;
    type Future = AnswerFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, call: Call) -> AnswerFuture {
        let Call { run, args, handler, control } = call;
        let Control { span, kill, .. } = control;
        let mut task = AbortOnDrop(tokio::spawn(
            async move {
                let caught = match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| handler.call(run, args))) {
                    Ok(future) => future.catch_unwind().await,
                    Err(panic) => Err(panic),
                };
                caught.map_err(|panic| panicked(panic.as_ref()))
            }
            .instrument(span),
        ));
        Box::pin(async move {
            let ended = tokio::select! {
                ended = &mut task => ended,
                () = kill.asked() => {
                    task.0.abort();
                    task.await
                }
            };
            match ended {
                Ok(Ok(Ok(outcome))) => Ok(How::from(outcome)),
                Ok(Ok(Err(error))) => Err(Failure { error: with_causes(error.as_ref()), backtrace: None }),
                Ok(Err(failure)) => Err(failure),
                Err(error) => Err(Failure { error: error.to_string(), backtrace: None }),
            }
        })
    }
}

/// A spawned handler whose drop cancels it.
struct AbortOnDrop<T>(tokio::task::JoinHandle<T>);

impl<T> Future for AbortOnDrop<T> {
    type Output = Result<T, tokio::task::JoinError>;

    fn poll(mut self: std::pin::Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.poll_unpin(cx)
    }
}

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl From<Outcome> for How {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::Done,
            Outcome::Settled => Self::Settled,
            Outcome::Snooze(at) => Self::Snooze(at),
            Outcome::Cancel(reason) => Self::Cancel(reason),
            Outcome::Dead(reason) => Self::Dead(Failure { error: reason, backtrace: None }),
        }
    }
}

thread_local! {
    static LAST_PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Keeps the backtrace of the latest panic of each thread: where it is caught, the stack is gone.
fn keep_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info: &PanicHookInfo<'_>| {
            let place = info.location().map(ToString::to_string).unwrap_or_default();
            let backtrace = std::backtrace::Backtrace::force_capture();
            LAST_PANIC.with(|last| *last.borrow_mut() = Some(format!("{place}\n{backtrace}")));
            before(info);
        }));
    });
}

fn panicked(panic: &(dyn std::any::Any + Send)) -> Failure {
    let message = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a value that is no text".to_owned());
    Failure { error: format!("panicked: {message}"), backtrace: LAST_PANIC.with(|last| last.borrow_mut().take()) }
}
