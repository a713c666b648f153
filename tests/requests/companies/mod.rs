use serde_json::{Value, json};
use support::{Browser, TestApp};

async fn add(browser: &Browser, name: &str) -> Value {
    browser.post("/api/companies", &json!({ "name": name })).await.expect(201)["company"].clone()
}

fn path(company: &Value) -> String {
    format!("/api/companies/{}", company["id"].as_str().unwrap())
}

#[tokio::test]
async fn adds_shows_and_changes_a_company() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let body = json!({ "name": "Kite", "website": "https://kite.example", "phone": "030 1", "notes": "Pays late." });
    let made = browser.post("/api/companies", &body).await.expect(201);
    assert_eq!(made["success"], true);
    let made = made["company"].clone();
    assert_eq!((&made["website"], &made["contacts"], &made["contract"]), (&body["website"], &json!(0), &Value::Null));
    assert_eq!(browser.get(&path(&made)).await.expect(200), json!({ "success": true, "company": made }));
    let change = json!({ "version": 1, "notes": null, "name": "Kite Records" });
    let changed = browser.patch(&path(&made), &change).await.expect(200)["company"].clone();
    assert_eq!(
        (&changed["name"], &changed["notes"], &changed["phone"], &changed["version"]),
        (&json!("Kite Records"), &Value::Null, &json!("030 1"), &json!(2))
    );
    browser.patch(&path(&made), &change).await.problem(409, "stale_version");
    let wrong = json!({ "name": "", "website": "javascript:alert(1)", "phone": "x" });
    let codes = [("name", "required"), ("website", "not_a_website"), ("phone", "not_a_phone")];
    browser.post("/api/companies", &wrong).await.wrong_fields(&codes);
}

#[tokio::test]
async fn a_name_belongs_to_one_company() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let (kite, wren) = (add(&browser, "Kite").await, add(&browser, "Wren").await);
    let refused = browser.post("/api/companies", &json!({ "name": "KITE" })).await;
    assert_eq!(refused.problem(409, "duplicate_company")["existingId"], kite["id"]);
    let refused = browser.patch(&path(&wren), &json!({ "version": 1, "name": "kite" })).await;
    refused.problem(409, "duplicate_company");
    browser.post(&format!("{}/archive", path(&kite)), &Value::Null).await.assert_status(200);
    let next = add(&browser, "Kite").await;
    let refused = browser.post(&format!("{}/restore", path(&kite)), &Value::Null).await;
    assert_eq!(refused.problem(409, "duplicate_company")["existingId"], next["id"]);
    browser.post(&format!("{}/archive", path(&next)), &Value::Null).await.assert_status(200);
    let back = browser.post(&format!("{}/restore", path(&kite)), &Value::Null).await.expect(200);
    assert_eq!(back["company"]["archivedAt"], Value::Null);
}

#[tokio::test]
async fn the_primary_contact_is_one_of_its_own() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let contact = async |name: &str, company: &str| {
        browser.post("/api/contacts", &json!({ "name": name, "company": company })).await.expect(201)
    };
    let (bo, ada, cy) = (contact("Bo", "Kite").await, contact("Ada", "Kite").await, contact("Cy", "Wren").await);
    let kite = format!("/api/companies/{}", bo["companyId"].as_str().unwrap());
    let version = browser.get(&kite).await.expect(200)["company"]["version"].clone();
    let choose = |contact: &Value| json!({ "version": version, "primaryContactId": contact["id"] });
    browser.patch(&kite, &choose(&cy)).await.wrong_fields(&[("primaryContactId", "unknown")]);
    let chosen = browser.patch(&kite, &choose(&ada)).await.expect(200);
    assert_eq!(
        (&chosen["company"]["primaryContactId"], &chosen["company"]["primaryContactName"]),
        (&ada["id"], &json!("Ada"))
    );
}

#[tokio::test]
async fn the_contract_is_put_and_taken_away() {
    let app = TestApp::start().await;
    let (browser, other) = (app.owner("Nina").await, app.owner("Otto").await);
    let mut contracts = Vec::new();
    for browser in [&browser, &other] {
        let client = browser.post("/api/clients", &json!({ "name": "Bo" })).await.expect(201);
        let id = uuid::Uuid::now_v7();
        sqlx::query(
            "insert into contracts (id, workspace_id, client_id, title, state, signed_on, created_at, updated_at)
             values ($1, $2, $3::text::uuid, 'Terms', 'active', '2026-05-04', now(), now())",
        )
        .bind(id)
        .bind(browser.workspace_id().await)
        .bind(client["id"].as_str().unwrap())
        .execute(&mut app.sql().await)
        .await
        .unwrap();
        contracts.push(id);
    }
    let kite = add(&browser, "Kite").await;
    let put = browser.put(&path(&kite), &json!({ "contractId": contracts[0] })).await.expect(200);
    assert_eq!(put["success"], true);
    assert_eq!(
        (&put["company"]["contractId"], &put["company"]["contract"]),
        (
            &json!(contracts[0]),
            &json!({ "contractId": contracts[0], "title": "Terms", "status": "active", "signedDate": "2026-05-04" })
        )
    );
    for foreign in [contracts[1], uuid::Uuid::new_v4()] {
        let refused = browser.put(&path(&kite), &json!({ "contractId": foreign })).await;
        refused.wrong_fields(&[("contractId", "unknown")]);
    }
    browser.put(&path(&kite), &json!({})).await.assert_status(422);
    let none = browser.put(&path(&kite), &json!({ "contractId": null })).await.expect(200);
    assert_eq!(none["company"]["contract"], Value::Null);
}

#[tokio::test]
async fn lists_by_name_in_pages_and_finds() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    for name in ["Wren", "Ärger", "Kite"] {
        add(&browser, name).await;
    }
    let names = |page: &Value| -> Vec<String> {
        page["companies"].as_array().unwrap().iter().map(|each| each["name"].as_str().unwrap().to_owned()).collect()
    };
    let first = browser.get("/api/companies?limit=2").await.expect(200);
    assert_eq!(names(&first), ["Ärger", "Kite"]);
    let rest = format!("/api/companies?limit=2&cursor={}", first["nextCursor"].as_str().unwrap());
    assert_eq!(names(&browser.get(&rest).await.expect(200)), ["Wren"]);
    assert_eq!(names(&browser.get("/api/companies?search=KIT").await.expect(200)), ["Kite"]);
    assert_eq!(names(&browser.get("/api/companies?archived=true").await.expect(200)), Vec::<String>::new());
}
