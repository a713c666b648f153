use support::TestApp;

#[tokio::test]
async fn the_document_names_every_route_and_its_errors() {
    let app = TestApp::start().await;
    let document = app.browser().get("/api/openapi.json").await.expect(200);
    let mut ids = std::collections::BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(ids.insert(id.to_owned()), "{id} is used twice");
            assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{method} {path} says nothing");
            let problem = &operation["responses"]["default"]["content"]["application/problem+json"]["schema"]["$ref"];
            assert_eq!(problem, "#/components/schemas/Problem", "{method} {path}");
        }
    }
    assert!(ids.contains("list_clients"));
}

#[tokio::test]
async fn the_page_needs_nothing_inline_and_nothing_from_elsewhere() {
    let app = TestApp::start().await;
    let page = app.browser().get("/api/docs").await;
    page.assert_status(200);
    assert!(!page.text.contains("<style") && !page.text.contains("style=") && !page.text.contains("://"));
    let mut linked = 0;
    for part in page.text.split(['"', '\'']).filter(|part| part.starts_with("/api/docs/")) {
        let file = app.browser().get(part).await;
        file.assert_status(200);
        assert!(file.text.len() > 100, "{part}");
        linked += 1;
    }
    assert_eq!(linked, 3);
    assert!(page.text.matches("<script").count() == page.text.matches("<script src=").count());
    app.browser().get("/api/docs/index.html").await.problem(404, "not_found");
}
