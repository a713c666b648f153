//! The server's connections: HTTP/1.1, as proxies speak it to us. A connection over which no request comes is closed.

use std::{net::SocketAddr, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    serve::Listener,
};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

/// Serves until `stopping` is cancelled, then until the open requests have been answered. The head of a request may take
/// `header_timeout` to arrive.
pub async fn serve(mut listener: TcpListener, app: Router, header_timeout: Duration, stopping: CancellationToken) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(header_timeout);
    let open = GracefulShutdown::new();
    loop {
        let (stream, caller) = tokio::select! {
            // waits by itself when the system has no more connections to give
            accepted = Listener::accept(&mut listener) => accepted,
            () = stopping.cancelled() => break,
        };
        let service = app.clone().map_request(move |request: Request<Incoming>| from(caller, request));
        let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
        let connection = open.watch(connection);
        tokio::spawn(async move {
            // callers who hang up, are too slow or do not speak HTTP
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke");
            }
        });
    }
    drop(listener);
    open.shutdown().await;
}

fn from(caller: SocketAddr, request: Request<Incoming>) -> Request {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(caller));
    request
}
