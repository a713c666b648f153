use serde_json::json;
use support::TestApp;

use super::{kinds, of, project, read};

#[tokio::test]
async fn the_producer_tells_how_the_work_goes() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made = project(&app, &browser, 100).await;
    let body = json!({ "title": "Drums are done", "body": "All ten.\nTomorrow the bass.", "percent": 40 });
    let told = browser.post(&of(&made, "/progress-updates"), &body).await.expect(201);
    assert_eq!((&told["by"], &told["percent"]), (&json!("Nina"), &json!(40)));
    browser.post(&of(&made, "/progress-updates"), &json!({ "title": "A pause" })).await.assert_status(201);
    let now = read(&browser, &made).await;
    assert_eq!(
        (&now["state"], &now["stage"], &now["percent"]),
        (&json!("in_progress"), &json!("in_progress"), &json!(40))
    );
    assert_eq!(
        kinds(&browser, &made).await,
        ["project_created", "project_started", "progress_posted", "progress_posted"]
    );
    let page = browser.get(&of(&made, "/progress-updates?limit=1")).await.expect(200);
    assert_eq!(page["updates"][0]["title"], "A pause");
    let next = format!("/progress-updates?limit=1&cursor={}", page["nextCursor"].as_str().unwrap());
    assert_eq!(browser.get(&of(&made, &next)).await.expect(200)["updates"][0], told);
    let wrong = json!({ "title": "", "percent": 101, "body": "x".repeat(10_001) });
    browser.post(&of(&made, "/progress-updates"), &wrong).await.wrong_fields(&[
        ("title", "required"),
        ("percent", "out_of_range"),
        ("body", "too_long"),
    ]);
}
