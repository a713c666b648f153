use reqwest::Method;
use serde_json::json;
use support::{Answer, PASSWORD, TestApp};

#[tokio::test]
async fn opens_a_session_with_a_cookie_that_scripts_cannot_read() {
    let app = TestApp::start().await;
    app.owner("Nina").await;
    let answer =
        app.browser().post("/api/sessions", &json!({ "email": " NINA@example.com ", "password": PASSWORD })).await;
    answer.assert_status(201);
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("ledgerline_session="), "{cookie}");
    for attribute in ["; HttpOnly", "; SameSite=Lax", "; Path=/", "; Max-Age=7776000"] {
        assert!(cookie.contains(attribute), "{attribute} is missing in {cookie}");
    }
    assert!(!cookie.contains("Secure"), "the test's server has no https");
    assert_eq!(answer.headers.get_all("set-cookie").iter().count(), 1);
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn the_cookie_is_secure_where_there_is_https() {
    let https = json!({ "secure_cookies": true, "base_url": "https://app.example.com" });
    let app = TestApp::start_with(https).await;
    let browser = app.browser();
    let body = json!({ "name": "N", "email": "n@example.com", "password": PASSWORD, "workspaceName": "W" });
    let request = browser.http.post(browser.url("/api/accounts")).json(&body);
    let answer = browser.send(request).await;
    answer.assert_status(201);
    let cookie = answer.header("set-cookie");
    assert!(cookie.ends_with("; Secure"), "{cookie}");
    assert!(cookie.starts_with("__Host-ledgerline_session="), "no other host can set it: {cookie}");
    assert!(cookie.contains("; Path=/;") && !cookie.contains("Domain"), "{cookie}");
    assert!(answer.header("strict-transport-security").starts_with("max-age=63072000"));

    let value = cookie.split_once('=').unwrap().1.split_once(';').unwrap().0;
    let show = |name: &str| {
        let request = app.browser().http.get(browser.url("/api/session")).header("cookie", format!("{name}={value}"));
        async move { request.send().await.unwrap().status().as_u16() }
    };
    assert_eq!(show("__Host-ledgerline_session").await, 200);
    assert_eq!(show("ledgerline_session").await, 401, "a cookie that another host may have set counts nothing");
}

#[tokio::test]
async fn the_cookie_of_releases_without_the_prefix_goes_at_login_and_logout() {
    let https = json!({ "secure_cookies": true, "base_url": "https://app.example.com" });
    let app = TestApp::start_with(https).await;
    let browser = app.browser();
    let body = json!({ "name": "N", "email": "n@example.com", "password": PASSWORD, "workspaceName": "W" });
    let sign_up = browser.post("/api/accounts", &body).await;
    let login = json!({ "email": "n@example.com", "password": PASSWORD });
    let sign_in = browser.post("/api/sessions", &login).await;
    let sign_out = browser.delete("/api/session").await;
    for (answer, status) in [(sign_up, 201), (sign_in, 201), (sign_out, 204)] {
        answer.assert_status(status);
        let cookies: Vec<&str> =
            answer.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap()).collect();
        let removal = "ledgerline_session=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0; Secure";
        assert!(cookies.len() == 2 && cookies[1] == removal, "{cookies:?}");
    }
}

#[tokio::test]
async fn a_login_that_fails_leaves_no_session() {
    let app = TestApp::start().await;
    app.owner("Nina").await;
    let mut sql = app.sql().await;
    // the last thing that a login writes
    sqlx::query("alter table usual_peers add check (false) not valid").execute(&mut sql).await.unwrap();
    let login = json!({ "email": "nina@example.com", "password": PASSWORD });
    let answer = app.browser().post("/api/sessions", &login).await;
    answer.problem(500, "internal");
    assert_eq!(answer.header("set-cookie"), "");
    let sessions: i64 = sqlx::query_scalar("select count(*) from sessions").fetch_one(&mut sql).await.unwrap();
    assert_eq!(sessions, 1, "the one of the sign-up");
}

#[tokio::test]
async fn an_unknown_address_and_a_wrong_password_look_the_same() {
    let app = TestApp::start().await;
    app.owner("Nina").await;
    let wrong = app
        .browser()
        .post("/api/sessions", &json!({ "email": "nina@example.com", "password": "wrong password" }))
        .await;
    let unknown =
        app.browser().post("/api/sessions", &json!({ "email": "who@example.com", "password": PASSWORD })).await;
    let (wrong, unknown) = (wrong.problem(401, "wrong_credentials"), unknown.problem(401, "wrong_credentials"));
    assert_eq!(wrong["detail"], unknown["detail"]);
}

#[tokio::test]
async fn a_login_ends_the_session_the_browser_had() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let before: Vec<u8> =
        sqlx::query_scalar("select token_hash from sessions").fetch_one(&mut app.sql().await).await.unwrap();
    browser
        .post("/api/sessions", &json!({ "email": "nina@example.com", "password": PASSWORD }))
        .await
        .assert_status(201);
    let after: Vec<Vec<u8>> =
        sqlx::query_scalar("select token_hash from sessions").fetch_all(&mut app.sql().await).await.unwrap();
    assert_eq!(after.len(), 1);
    assert_ne!(after[0], before);
}

#[tokio::test]
async fn is_limited_per_mail_address_and_place_and_right_passwords_are_forgiven() {
    let limit = json!({ "limits": { "login_per_email_and_address": { "burst": 3, "every_seconds": 30 } } });
    let app = TestApp::start_with(limit).await;
    app.owner("Nina").await;
    let login = |password: &'static str| {
        let browser = app.browser();
        async move { browser.post("/api/sessions", &json!({ "email": "nina@example.com", "password": password })).await }
    };
    for _ in 0..2 {
        login("wrong password").await.problem(401, "wrong_credentials");
    }
    login(PASSWORD).await.assert_status(201);
    for _ in 0..3 {
        login("wrong password").await.problem(401, "wrong_credentials");
    }
    let refused = login(PASSWORD).await;
    refused.problem(429, "too_many_attempts");
    let seconds: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=30).contains(&seconds), "{seconds}");
    app.travel("31 seconds").await;
    login(PASSWORD).await.assert_status(201);

    let keys: Vec<String> =
        sqlx::query_scalar("select encode(key, 'escape') from attempts").fetch_all(&mut app.sql().await).await.unwrap();
    assert!(!keys.is_empty() && keys.iter().all(|key| !key.contains("nina") && !key.contains("127.0.0.1")));
}

#[tokio::test]
async fn is_limited_per_internet_address() {
    let limit = json!({ "limits": { "login_per_address": { "burst": 2, "every_seconds": 30 } } });
    let app = TestApp::start_with(limit).await;
    for email in ["a@example.com", "b@example.com"] {
        app.browser()
            .post("/api/sessions", &json!({ "email": email, "password": "whatever it is" }))
            .await
            .problem(401, "wrong_credentials");
    }
    app.browser()
        .post("/api/sessions", &json!({ "email": "c@example.com", "password": "whatever it is" }))
        .await
        .problem(429, "too_many_attempts");
}

/// A login from this internet address, as the proxy in front tells it.
async fn login_from(app: &TestApp, peer: &str, password: &str) -> Answer {
    let browser = app.browser();
    let login = json!({ "email": "nina@example.com", "password": password });
    let request = browser.request(Method::POST, "/api/sessions").header("x-forwarded-for", peer).json(&login);
    browser.send(request).await
}

#[tokio::test]
async fn a_stranger_elsewhere_locks_nobody_out() {
    let app = TestApp::start_with(json!({ "http": { "trusted_proxies": 1 } })).await;
    app.owner("Nina").await;
    login_from(&app, "198.51.100.1", PASSWORD).await.assert_status(201);
    let mut refused = false;
    for _ in 0..12 {
        refused |= login_from(&app, "203.0.113.9", "a guess of mine").await.status == 429;
    }
    assert!(refused, "the stranger is held up");
    login_from(&app, "203.0.113.9", PASSWORD).await.problem(429, "too_many_attempts");
    login_from(&app, "198.51.100.1", PASSWORD).await.assert_status(201);
}

#[tokio::test]
async fn many_strangers_share_a_limit_that_usual_places_are_free_of() {
    let limit = json!({ "http": { "trusted_proxies": 1 },
        "limits": { "login_per_email": { "burst": 4, "every_seconds": 60 } } });
    let app = TestApp::start_with(limit).await;
    app.owner("Nina").await;
    login_from(&app, "198.51.100.1", PASSWORD).await.assert_status(201);
    let mut answers = Vec::new();
    for last in 1..=5 {
        answers.push(login_from(&app, &format!("203.0.113.{last}"), "a guess of mine").await.status);
    }
    assert_eq!(answers, [401, 401, 401, 429, 429], "one attempt went to the first login from a new place");
    login_from(&app, "192.0.2.1", PASSWORD).await.problem(429, "too_many_attempts");
    login_from(&app, "198.51.100.1", PASSWORD).await.assert_status(201);
    app.travel("91 days").await;
    for last in 1..=4 {
        login_from(&app, &format!("203.0.113.{last}"), "a guess of mine").await.problem(401, "wrong_credentials");
    }
    login_from(&app, "198.51.100.1", PASSWORD).await.problem(429, "too_many_attempts");
}

#[tokio::test]
async fn a_new_password_makes_no_place_usual_any_more() {
    let limit = json!({ "http": { "trusted_proxies": 1 },
        "limits": { "login_per_email": { "burst": 4, "every_seconds": 60 } } });
    let app = TestApp::start_with(limit).await;
    app.owner("Nina").await;
    let intruder = "203.0.113.9";
    login_from(&app, intruder, PASSWORD).await.assert_status(201);
    app.browser().post("/api/password-resets", &json!({ "email": "nina@example.com" })).await.assert_status(202);
    let token = app.mailed_token("nina@example.com").await;
    let reset = json!({ "token": token, "password": "a better password" });
    app.browser().post("/api/password-resets/complete", &reset).await.assert_status(204);
    for last in 1..=3 {
        login_from(&app, &format!("198.51.100.{last}"), "a guess of mine").await.problem(401, "wrong_credentials");
    }
    login_from(&app, intruder, "a guess of mine").await.problem(429, "too_many_attempts");
}
