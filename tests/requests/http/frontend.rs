use support::TestApp;

#[tokio::test]
async fn addresses_of_pages_show_the_studio() {
    let app = TestApp::start().await;
    for path in ["/", "/clients", "/clients/some-id?search=x", "/reset-password"] {
        let answer = app.browser().get(path).await;
        answer.assert_status(200);
        assert!(answer.text.contains("<title>Studio</title>"), "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
}

#[tokio::test]
async fn assets_are_kept_for_ever_and_missing_ones_are_missing() {
    let app = TestApp::start().await;
    let asset = app.browser().get("/assets/app-1234.js").await;
    asset.assert_status(200);
    assert_eq!(asset.header("cache-control"), "public, max-age=31536000, immutable");
    app.browser().get("/assets/old-hash.js").await.assert_status(404);
}

#[tokio::test]
async fn hidden_files_are_not_shown() {
    let app = TestApp::start().await;
    std::fs::create_dir_all(app.folder().join("frontend/.git")).unwrap();
    for path in [".built-from", ".git/config", "assets/.hidden"] {
        std::fs::write(app.folder().join("frontend").join(path), "secret").unwrap();
        assert!(!app.browser().get(&format!("/{path}")).await.text.contains("secret"), "{path}");
    }
}

#[tokio::test]
async fn no_path_leads_out_of_the_folder() {
    let app = TestApp::start().await;
    std::fs::write(app.folder().join("secret.txt"), "secret").unwrap();
    for path in
        ["/assets/%2e%2e/%2e%2e/secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "/..%5csecret.txt"]
    {
        let answer = app.browser().get(path).await;
        assert!(!answer.text.contains("secret"), "{path}: {}", answer.text);
    }
}
