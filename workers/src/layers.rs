//! What every job runs inside of, as tower layers on the apalis worker, outermost first: [`RecordLayer`] turns
//! whatever happens into a recorded end, [`TraceLayer`] opens the span, [`DeadlineLayer`] limits the time,
//! [`StopLayer`] lets go when the job is cancelled or the node drains, [`PanicLayer`] catches panics. The handler
//! itself runs as a task of its own, so that a busy one cannot starve the others.

use std::{
    cell::RefCell,
    panic::PanicHookInfo,
    sync::{Arc, Once},
    task::{Context, Poll},
    time::Instant,
};

use apalis_core::task::Task;
use futures::{FutureExt as _, future::BoxFuture};
use ledgerline_jobs::{
    Policy,
    engine::{
        outcome::{Failure, Outcome},
        run::Run,
    },
};
use tokio::sync::Notify;
use tower::{Layer, Service};
use tracing::Instrument as _;

use crate::{
    node::{Node, Stop},
    pump::InHand,
    recorder::{Ended, How},
    registry::Handler,
};

/// A claimed job with its handler, on its way inwards.
#[derive(Debug)]
pub struct Call {
    run: Run,
    args: serde_json::Value,
    handler: Handler,
    stop: tokio::sync::watch::Receiver<Option<Stop>>,
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

type Answer = Result<How, Failure>;
type AnswerFuture = BoxFuture<'static, Answer>;

/// Looks up the handler, runs the job inside, and hands its end to the recorder. Never fails.
#[derive(Clone, Debug)]
pub struct RecordLayer {
    /// The node it runs on.
    pub node: Arc<Node>,
}

/// See [`RecordLayer`].
#[derive(Clone, Debug)]
pub struct Record<S> {
    node: Arc<Node>,
    inner: S,
}

impl<S> Layer<S> for RecordLayer {
    type Service = Record<S>;

    fn layer(&self, inner: S) -> Record<S> {
        Record { node: self.node.clone(), inner }
    }
}

impl<S> Service<Task<InHand>> for Record<S>
where
    S: Service<Call, Response = How, Error = Failure, Future = AnswerFuture>,
{
    type Response = ();
    type Error = std::convert::Infallible;
    type Future = BoxFuture<'static, Result<(), Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, task: Task<InHand>) -> Self::Future {
        let hand = task.args;
        let node = self.node.clone();
        if node.is_draining() {
            return Box::pin(async move {
                node.record(Ended { hand, how: How::HandBack }).await;
                Ok(())
            });
        }
        let Some(handler) = node.registry.get(&hand.job.kind, hand.job.version).cloned() else {
            let reason = format!("no node knows {} version {}", hand.job.kind, hand.job.version);
            return Box::pin(async move {
                node.record(Ended { hand, how: How::Park(reason) }).await;
                Ok(())
            });
        };
        let policy = handler.policy;
        let run = Run::new(&hand.job, node.notes.clone());
        let stop = node.begin(hand.job.fence, &policy);
        let call = Call { run, args: hand.job.args.clone(), handler, stop, kill: Kill::default() };
        let inner = self.inner.call(call);
        Box::pin(async move {
            let began = Instant::now();
            let how = match inner.await {
                Ok(how) => how,
                Err(failure) if hand.job.attempt >= hand.job.max_attempts => How::Dead(failure),
                Err(failure) => How::Retry(policy.backoff.after(hand.job.attempt), failure),
            };
            node.ended(hand.job.fence);
            hand.hands().took(began.elapsed());
            node.record(Ended { hand, how }).await;
            Ok(())
        })
    }
}

/// Opens a span with the ids of the job, so that every line the handler logs can be found.
#[derive(Clone, Copy, Debug)]
pub struct TraceLayer;

/// See [`TraceLayer`].
#[derive(Clone, Debug)]
pub struct Trace<S>(S);

impl<S> Layer<S> for TraceLayer {
    type Service = Trace<S>;

    fn layer(&self, inner: S) -> Trace<S> {
        Trace(inner)
    }
}

impl<S> Service<Call> for Trace<S>
where
    S: Service<Call, Response = How, Error = Failure, Future = AnswerFuture>,
{
    type Response = How;
    type Error = Failure;
    type Future = AnswerFuture;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, call: Call) -> AnswerFuture {
        let span = tracing::info_span!("job", id = %call.run.id(), kind = call.run.kind(), attempt = call.run.attempt(),
            request = call.run.cause_request());
        Box::pin(
            self.0
                .call(call)
                .inspect(|answer| {
                    if let Err(failure) = answer {
                        tracing::warn!(error = failure.error, "the attempt failed");
                    }
                })
                .instrument(span),
        )
    }
}

/// Cancels an attempt that takes longer than its kind allows. A handler that never yields cannot be cancelled; the
/// node's watchdog ends the process for it.
#[derive(Clone, Copy, Debug)]
pub struct DeadlineLayer;

/// See [`DeadlineLayer`].
#[derive(Clone, Debug)]
pub struct Deadline<S>(S);

impl<S> Layer<S> for DeadlineLayer {
    type Service = Deadline<S>;

    fn layer(&self, inner: S) -> Deadline<S> {
        Deadline(inner)
    }
}

impl<S> Service<Call> for Deadline<S>
where
    S: Service<Call, Response = How, Error = Failure, Future = AnswerFuture>,
{
    type Response = How;
    type Error = Failure;
    type Future = AnswerFuture;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, call: Call) -> AnswerFuture {
        let Policy { timeout, .. } = call.handler.policy;
        let kill = call.kill.clone();
        let mut inner = self.0.call(call);
        Box::pin(async move {
            if let Ok(answer) = tokio::time::timeout(timeout, &mut inner).await {
                return answer;
            }
            kill.now();
            let _ = inner.await;
            Err(Failure {
                error: format!("took longer than {} s and was cancelled", timeout.as_secs_f64()),
                backtrace: None,
            })
        })
    }
}

/// Lets go of a job that was cancelled, lost its lease, or outlived the node's drain.
#[derive(Clone, Copy, Debug)]
pub struct StopLayer;

/// See [`StopLayer`].
#[derive(Clone, Debug)]
pub struct StopWhenAsked<S>(S);

impl<S> Layer<S> for StopLayer {
    type Service = StopWhenAsked<S>;

    fn layer(&self, inner: S) -> StopWhenAsked<S> {
        StopWhenAsked(inner)
    }
}

impl<S> Service<Call> for StopWhenAsked<S>
where
    S: Service<Call, Response = How, Error = Failure, Future = AnswerFuture>,
{
    type Response = How;
    type Error = Failure;
    type Future = AnswerFuture;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, call: Call) -> AnswerFuture {
        let mut stop = call.stop.clone();
        let kill = call.kill.clone();
        let mut inner = self.0.call(call);
        Box::pin(async move {
            let asked = tokio::select! {
                biased;
                answer = &mut inner => return answer,
                asked = asked(&mut stop) => asked,
            };
            kill.now();
            let _ = inner.await;
            Ok(match asked {
                Stop::Cancelled => How::Cancel("cancelled while it ran".to_owned()),
                Stop::HandBack => How::HandBack,
                Stop::LostLease => How::Abandon,
            })
        })
    }
}

async fn asked(stop: &mut tokio::sync::watch::Receiver<Option<Stop>>) -> Stop {
    match stop.wait_for(Option::is_some).await.map(|stop| *stop) {
        Ok(Some(stop)) => stop,
        // the sender lives as long as the job is registered; without it nobody can ask
        _ => std::future::pending().await,
    }
}

/// Turns a panic into a failure with its message and backtrace.
#[derive(Clone, Copy, Debug)]
pub struct PanicLayer;

impl<S> Layer<S> for PanicLayer {
    type Service = Handle;

    fn layer(&self, _: S) -> Handle {
        keep_panics();
        Handle
    }
}

/// Runs the handler as a task of its own, so that one that is busy without yielding holds one thread, not the worker.
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
        let Call { run, args, handler, kill, .. } = call;
        let span = tracing::Span::current();
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
                Ok(Ok(Err(error))) => Err(Failure { error: chain(error.as_ref()), backtrace: None }),
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

/// An error with its causes, on one line.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.ends_with(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
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
