//! A browser: keeps its cookies and sends the CSRF token of its session.

use std::sync::{Arc, Mutex};

use reqwest::{Method, RequestBuilder, header::HeaderMap};
use serde_json::Value;

/// One browser.
#[derive(Clone, Debug)]
pub struct Browser {
    /// For requests that are not like a browser's.
    pub http: reqwest::Client,
    base_url: String,
    csrf: Arc<Mutex<Option<String>>>,
}

impl Browser {
    /// One that nobody is logged in with, of the server at `base_url`.
    #[must_use]
    pub fn new(base_url: &str) -> Self {
        let http = reqwest::Client::builder()
            .cookie_store(true)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        Self { http, base_url: base_url.to_owned(), csrf: Arc::default() }
    }

    /// The same browser, with its cookies, in front of another web process.
    #[must_use]
    pub fn at(&self, base_url: &str) -> Self {
        Self { base_url: base_url.to_owned(), ..self.clone() }
    }

    /// Full address of a path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    /// The CSRF token of the session.
    ///
    /// # Panics
    /// When a test thread panicked with it.
    #[must_use]
    pub fn csrf(&self) -> Option<String> {
        self.csrf.lock().expect("the token").clone()
    }

    /// A request as the product's own pages send it, to be completed.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let unsafe_method = method != Method::GET;
        let mut request = self.http.request(method, self.url(path)).header("sec-fetch-site", "same-origin");
        if unsafe_method {
            request = request.header("origin", &self.base_url);
            if let Some(csrf) = self.csrf() {
                request = request.header("x-csrf-token", csrf);
            }
        }
        request
    }

    /// Sends it, and answers the bytes of what must be a success.
    ///
    /// # Panics
    /// When it is none.
    pub async fn send_bytes(&self, request: RequestBuilder) -> Vec<u8> {
        let response = request.send().await.expect("an answer");
        assert!(response.status().is_success(), "{}", response.status());
        response.bytes().await.expect("a body").to_vec()
    }

    /// Sends a request and remembers the CSRF token, when the answer is a session.
    ///
    /// # Panics
    /// When no answer comes.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("a body");
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        let answer = Answer { status, headers, text, body };
        if let Some(csrf) = answer.body["csrfToken"].as_str() {
            *self.csrf.lock().expect("the token") = Some(csrf.to_owned());
        }
        answer
    }

    /// GET
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// POST
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    /// PUT
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PUT, path).json(body)).await
    }

    /// PATCH
    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PATCH, path).json(body)).await
    }

    /// DELETE
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// The workspace of the session.
    ///
    /// # Panics
    /// When there is none.
    pub async fn workspace_id(&self) -> uuid::Uuid {
        let session = self.get("/api/session").await.expect(200);
        session["workspace"]["id"].as_str().and_then(|id| id.parse().ok()).expect("a workspace")
    }

    /// The logged-in user.
    ///
    /// # Panics
    /// When there is none.
    pub async fn user_id(&self) -> uuid::Uuid {
        let session = self.get("/api/session").await.expect(200);
        session["user"]["id"].as_str().and_then(|id| id.parse().ok()).expect("a user")
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub text: String,
    /// The body as JSON, or null.
    pub body: Value,
}

impl Answer {
    /// The body of an answer with this status.
    ///
    /// # Panics
    /// When it has another status.
    #[must_use = "use `assert_status` to only look at the status"]
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        self.assert_status(status);
        self.body
    }

    /// # Panics
    /// When it has another status.
    #[track_caller]
    pub fn assert_status(&self, status: u16) {
        assert_eq!(self.status, status, "{}", self.text);
    }

    /// Gives the body, which must be a problem with this status and code.
    ///
    /// # Panics
    /// When it is not.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> &Value {
        assert_eq!((self.status, self.body["code"].as_str()), (status, Some(code)), "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.body["status"], status);
        assert_eq!(self.body["requestId"], self.header("x-request-id"));
        for member in ["type", "title", "detail"] {
            assert!(self.body[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {}", self.text);
        }
        &self.body
    }

    /// Asserts a 422 that names these fields, in any order.
    ///
    /// # Panics
    /// When it is not.
    #[track_caller]
    pub fn wrong_fields(&self, fields: &[(&str, &str)]) {
        let problem = self.problem(422, "invalid");
        let mut named: Vec<(&str, &str)> = problem["errors"]
            .as_array()
            .expect("errors")
            .iter()
            .map(|error| (error["field"].as_str().expect("a field"), error["code"].as_str().expect("a code")))
            .collect();
        named.sort_unstable();
        let mut expected = fields.to_vec();
        expected.sort_unstable();
        assert_eq!(named, expected, "{}", self.text);
    }

    /// A header, or an empty text.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}
