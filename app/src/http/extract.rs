//! Extractors whose refusals are our errors.

use std::net::{IpAddr, SocketAddr};

use axum::{
    Json,
    body::Bytes,
    extract::{ConnectInfo, FromRequest, FromRequestParts, Request, rejection::JsonRejection},
    http::{StatusCode, request::Parts},
};
use loco_rs::app::AppContext;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::boundary::RequestId;
use crate::{
    Ledgerline,
    error::{Error, Result},
};

/// A JSON body, which is an object.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<AppContext> for Body<T> {
    type Rejection = Error;

    async fn from_request(request: Request, ctx: &AppContext) -> Result<Self> {
        let limit = Ledgerline::of(ctx).settings.body_timeout();
        let read = timeout(limit, read(request, ctx)).await.map_err(|_| Error::slow_body(limit))?;
        read?.map(|Json(value)| Self(value)).map_err(|rejection| match rejection {
            JsonRejection::JsonDataError(error) => {
                let text = error.body_text();
                let detail = text.rsplit_once("target type: ").map_or(text.as_str(), |(_, detail)| detail).to_owned();
                Error::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_body", detail)
            }
            JsonRejection::JsonSyntaxError(_) => Error::bad_request("invalid_json", "The body is not JSON."),
            JsonRejection::MissingJsonContentType(_) => Error::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "Send the body as application/json.",
            ),
            other if other.status() == StatusCode::PAYLOAD_TOO_LARGE => Error::body_too_large(),
            _ => Error::bad_request("bad_request", "The body could not be read."),
        })
    }
}

async fn read<T: DeserializeOwned>(
    request: Request,
    ctx: &AppContext,
) -> Result<std::result::Result<Json<T>, JsonRejection>> {
    let (parts, body) = request.into_parts();
    let bytes = match Bytes::from_request(Request::from_parts(parts.clone(), body), ctx).await {
        Ok(bytes) => bytes,
        Err(rejection) => return Ok(Err(rejection.into())),
    };
    // a list would be taken for the fields in their order
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
        let detail = "The body must be an object with named fields, not a list.";
        return Err(Error::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_body", detail));
    }
    Ok(Json::from_request(Request::from_parts(parts, bytes.into()), ctx).await)
}

/// Parameters after the question mark.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<AppContext> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, ctx: &AppContext) -> Result<Self> {
        axum::extract::Query::<T>::from_request_parts(parts, ctx)
            .await
            .map(|axum::extract::Query(value)| Self(value))
            .map_err(|rejection| {
                let text = rejection.body_text();
                let detail = text.rsplit_once("query string: ").map_or(text.as_str(), |(_, detail)| detail).to_owned();
                Error::bad_request("invalid_query", detail)
            })
    }
}

/// Parts of the path. What is not an id names nothing, so it is not found.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<AppContext> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, ctx: &AppContext) -> Result<Self> {
        axum::extract::Path::<T>::from_request_parts(parts, ctx)
            .await
            .map(|axum::extract::Path(value)| Self(value))
            .map_err(|_| Error::not_found())
    }
}

impl FromRequestParts<AppContext> for RequestId {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &AppContext) -> Result<Self> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Error::internal("a request without an id"))
    }
}

/// The internet address a request comes from, as far as we can trust what is said about it.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

impl Peer {
    /// What limits are counted by: a subscriber owns a whole /64 of IPv6.
    #[must_use]
    pub fn limit_key(self) -> String {
        match self.0.to_canonical() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("{:x?}", &address.segments()[..4]),
        }
    }
}

impl FromRequestParts<AppContext> for Peer {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, ctx: &AppContext) -> Result<Self> {
        let connected = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|ConnectInfo(address)| address.ip())
            .ok_or_else(|| Error::internal("a connection without an address"))?;
        let proxies = Ledgerline::of(ctx).settings.http.trusted_proxies;
        if proxies == 0 {
            return Ok(Self(connected));
        }
        // each proxy of ours appended one address: the one before them is the caller's, the rest is hearsay
        let hops: Vec<&str> = parts
            .headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .collect();
        let forwarded =
            hops.len().checked_sub(proxies).and_then(|index| hops.get(index)).and_then(|hop| hop.parse().ok());
        Ok(Self(forwarded.unwrap_or(connected)))
    }
}
