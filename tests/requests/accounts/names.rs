//! Names that cannot be seen, or that turn the text around them.

use serde_json::json;
use support::{PASSWORD, TestApp};

const INVISIBLE: [&str; 7] = [
    "\u{200b}\u{200d}",      // zero width space and joiner
    "\u{202e}",              // right-to-left override
    "\u{3164}\u{115f}",      // Hangul fillers
    "\u{2800}",              // empty Braille pattern
    "\u{feff} \u{2060}",     // byte order mark, word joiner
    "\u{ad}\u{34f}\u{fe0f}", // soft hyphen, grapheme joiner, variation selector
    "\u{e0041}\u{e007f}",    // tags
];

#[tokio::test]
async fn of_people_workspaces_and_clients_can_be_seen() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    for name in INVISIBLE {
        let account = json!({ "name": name, "email": "n@example.com", "password": PASSWORD, "workspaceName": name });
        let wrong = [("name", "required"), ("workspaceName", "required")];
        app.browser().post("/api/accounts", &account).await.wrong_fields(&wrong);
        for (method, path) in [("post", "/api/workspaces"), ("patch", "/api/workspace"), ("post", "/api/clients")] {
            let body = json!({ "name": name });
            let answer = if method == "post" { owner.post(path, &body).await } else { owner.patch(path, &body).await };
            answer.wrong_fields(&[("name", "required")]);
        }
    }
    owner.post("/api/invitations", &json!({ "email": "tess@example.com", "role": "member" })).await.assert_status(201);
    let token = app.mailed_token("tess@example.com").await;
    let body = json!({ "token": token, "name": INVISIBLE[0], "password": PASSWORD });
    app.browser().post("/api/invitations/accept", &body).await.wrong_fields(&[("name", "required")]);
}

#[tokio::test]
async fn do_not_turn_the_text_around_them() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let sent = json!({ "name": "\u{202e}Bo\u{202c} \u{2067}Li\u{2069}", "company": "\u{202d}Acme", "phone": "\u{202a}+49 30\u{202c}",
        "referralSource": "\u{3164}" });
    let made = owner.post("/api/clients", &sent).await.expect(201);
    assert_eq!((&made["name"], &made["company"]), (&json!("Bo Li"), &json!("Acme")));
    assert_eq!(made["phone"], "+49 30", "as phones copy them");
    assert_eq!(made["referralSource"], json!(null), "nothing to see is nothing");
    let sent = json!({ "name": "\u{feff}Bo\u{200f} L\u{200b}i\u{ad}" });
    assert_eq!(owner.post("/api/clients", &sent).await.expect(201)["name"], "Bo Li", "what shows nothing is left out");
    let lines = json!({ "name": "Bo\u{2028}Li" });
    owner.post("/api/clients", &lines).await.wrong_fields(&[("name", "bad_characters")]);
}

#[tokio::test]
async fn of_every_script_are_names() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    for name in ["Zoë", "محمد", "שרה", "张伟", "김민준", "نرگس\u{200c}ها", "👩\u{200d}🎤", "Å", "!!!", "2"]
    {
        assert_eq!(owner.post("/api/clients", &json!({ "name": name })).await.expect(201)["name"], name);
    }
}
