//! Files: uploaded by tus, scanned, handed in, approved, downloaded.

mod archive;
mod bucket;
mod download;
mod media;
mod review;
mod sweep;
mod uploads;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use support::{Answer, Browser, TestApp};

use crate::{
    portal_links::{mailed, opened},
    projects::of,
};

/// Whoever uploads: a member, or a client in the portal.
pub(crate) struct Uploader {
    pub(crate) browser: Browser,
    /// Under which address.
    pub(crate) address: String,
    csrf: Option<String>,
}

impl Uploader {
    /// A member who works on a project.
    pub(crate) fn member(browser: Browser, project: &Value) -> Self {
        Self { browser, address: of(project, ""), csrf: None }
    }

    /// The client of a project, who has opened the mail; they were invited with this address.
    pub(crate) async fn client(app: &TestApp, project: &Value, email: &str) -> Self {
        let address = format!("/api/proposals/{}/portal", project["proposalId"].as_str().unwrap());
        let browser = opened(app, &mailed(app, email, 1).await).await;
        let csrf = browser.get(&format!("{address}/visit")).await.expect(200)["csrfToken"].as_str().map(str::to_owned);
        Self { browser, address, csrf }
    }

    /// A request of theirs; what changes something carries their token.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let path = if path.starts_with("/api") { path.to_owned() } else { format!("{}{path}", self.address) };
        match &self.csrf {
            Some(csrf) => self.browser.http.request(method, self.browser.url(&path)).header("x-csrf-token", csrf),
            None => self.browser.request(method, &path),
        }
    }

    pub(crate) fn tus(&self, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path).header("tus-resumable", "1.0.0")
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.browser.send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn act(&self, path: &str, body: Value) -> Answer {
        self.browser.send(self.request(Method::POST, path).json(&body)).await
    }

    /// Makes an upload; answers its address.
    pub(crate) async fn create(&self, length: usize, metadata: &[(&str, &str)]) -> String {
        let request = self.tus(Method::POST, "/uploads").header("upload-length", length.to_string());
        let answer = self.browser.send(request.header("upload-metadata", encoded(metadata))).await;
        answer.assert_status(201);
        answer.header("location").to_owned()
    }

    pub(crate) async fn append(&self, upload: &str, offset: usize, bytes: impl Into<reqwest::Body>) -> Answer {
        let request = self.tus(Method::PATCH, upload).header("upload-offset", offset.to_string());
        self.browser.send(request.header("content-type", "application/offset+octet-stream").body(bytes)).await
    }

    /// Uploads a file at once; it is not scanned yet.
    pub(crate) async fn upload(&self, bytes: &[u8], metadata: &[(&str, &str)]) {
        let upload = self.create(bytes.len(), metadata).await;
        if !bytes.is_empty() {
            self.append(&upload, 0, bytes.to_vec()).await.assert_status(204);
        }
    }

    /// The newest file.
    pub(crate) async fn newest(&self) -> Value {
        self.get("/files?limit=1").await.expect(200)["files"][0].clone()
    }
}

pub(crate) fn encoded(metadata: &[(&str, &str)]) -> String {
    let pairs: Vec<String> =
        metadata.iter().map(|(name, value)| format!("{name} {}", BASE64_STANDARD.encode(value))).collect();
    pairs.join(",")
}

/// A project that costs something, whose client was invited, and both sides of it.
pub(crate) async fn both(app: &TestApp, owner: &Browser, body: Value) -> (Value, Uploader, Uploader) {
    let mut new = json!({
        "contact": { "name": "Ada", "email": "ada@example.com" }, "title": "Album", "amountMinor": 10_000,
        "currency": "EUR", "invite": true,
    });
    for (key, value) in body.as_object().unwrap() {
        new[key] = value.clone();
    }
    let project = owner.post("/api/projects", &new).await.expect(201);
    let client = Uploader::client(app, &project, "ada@example.com").await;
    let member = Uploader::member(owner.clone(), &project);
    (project, member, client)
}

/// Path of the bytes of a file's version.
pub(crate) fn content(file: &Value, number: u64) -> String {
    format!("/files/{}/versions/{number}/content", file["id"].as_str().unwrap())
}
