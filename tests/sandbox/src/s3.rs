//! A bucket over a folder that speaks the protocol of S3, with signed requests. It is no part of [`crate::Sandbox`], since
//! most files of development and tests stand in plain folders.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The bucket's name.
pub const BUCKET: &str = "ledgerline";
/// Who may ask.
pub const ACCESS_KEY_ID: &str = "sandbox";
/// Proves who asks.
pub const SECRET_ACCESS_KEY: &str = "a-secret-of-the-sandbox";

/// A running bucket. It ends when it is dropped.
pub struct S3 {
    addr: SocketAddr,
    out_of_order: Arc<AtomicBool>,
    stopping: CancellationToken,
}

impl S3 {
    /// Serves a bucket over `folder` on a free port.
    ///
    /// # Errors
    /// When the folder or the port cannot be used.
    pub async fn start(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder.join(BUCKET))?;
        let files = FileSystem::new(folder).map_err(|error| io::Error::other(format!("{error:?}")))?;
        let mut service = S3ServiceBuilder::new(files);
        service.set_auth(SimpleAuth::from_single(ACCESS_KEY_ID, SECRET_ACCESS_KEY));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let addr = listener.local_addr()?;
        let out_of_order = Arc::new(AtomicBool::new(false));
        let stopping = CancellationToken::new();
        tokio::spawn(serve(listener, service.build(), out_of_order.clone(), stopping.clone()));
        Ok(Self { addr, out_of_order, stopping })
    }

    /// For settings that name the endpoint: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Closes each connection without a word, until it is told otherwise.
    pub fn fail(&self, out_of_order: bool) {
        self.out_of_order.store(out_of_order, Ordering::SeqCst);
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        self.stopping.cancel();
    }
}

async fn serve(listener: TcpListener, service: S3Service, out_of_order: Arc<AtomicBool>, stopping: CancellationToken) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopping.cancelled() => return,
        };
        let Ok((stream, _)) = accepted else { continue };
        let (service, out_of_order, stopping) = (service.clone(), out_of_order.clone(), stopping.clone());
        tokio::spawn(async move {
            // one request for each connection, so that an outage meets the next one
            let connection = http1::Builder::new().keep_alive(false).serve_connection(TokioIo::new(stream), service);
            if out_of_order.load(Ordering::SeqCst) {
                return;
            }
            tokio::select! {
                served = connection => {
                    if let Err(error) = served {
                        tracing::debug!(%error, "a connection to the bucket ended early");
                    }
                }
                () = stopping.cancelled() => {}
            }
        });
    }
}
