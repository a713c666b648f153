use std::collections::{BTreeMap, BTreeSet};

use rand::{Rng as _, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use support::{Browser, TestApp};

async fn contacts(browser: &Browser) -> Vec<Value> {
    browser.get("/api/contacts?limit=200").await.expect(200)["contacts"].as_array().unwrap().clone()
}

#[tokio::test]
async fn makes_contact_company_and_client_at_once() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let body =
        json!({ "name": " Bo Berg ", "email": "bo@kite.example", "title": "Producer", "company": "Kite Records" });
    let made = browser.post("/api/contacts", &body).await.expect(201);
    assert_eq!(
        (&made["name"], &made["company"], &made["isPrimary"], &made["access"], &made["clientName"]),
        (&json!("Bo Berg"), &json!("Kite Records"), &json!(true), &json!("full"), &json!("Bo Berg"))
    );
    let client = browser.get(&format!("/api/clients/{}", made["clientId"].as_str().unwrap())).await.expect(200);
    assert_eq!((&client["email"], &client["company"]), (&json!("bo@kite.example"), &json!("Kite Records")));
    let company = browser.get(&format!("/api/companies/{}", made["companyId"].as_str().unwrap())).await.expect(200);
    assert_eq!((&company["success"], &company["company"]["primaryContactId"]), (&json!(true), &made["id"]));

    let second = json!({ "name": "Ada", "email": "ada@kite.example", "company": "KITE records" });
    let second = browser.post("/api/contacts", &second).await.expect(201);
    assert_eq!(
        (&second["companyId"], &second["clientId"], &second["isPrimary"]),
        (&made["companyId"], &made["clientId"], &json!(false)),
        "the company's client is the client of its people"
    );
    let kinds: Vec<String> =
        sqlx::query_scalar("select kind from events where subject_kind <> 'workspace' order by at, id")
            .fetch_all(&mut app.sql().await)
            .await
            .unwrap();
    assert_eq!(kinds, ["company_created", "client_created", "contact_created", "contact_created"]);
}

#[tokio::test]
async fn a_known_address_is_changed_and_keeps_what_is_not_said() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let body =
        json!({ "name": "Bo", "email": "bo@example.com", "phone": "030 1", "title": "Singer", "access": "view" });
    let first = browser.post("/api/contacts", &body).await.expect(201);
    let again = json!({ "name": "Bo Berg", "email": "BO@example.com", "company": "Kite" });
    let again = browser.post("/api/contacts", &again).await.expect(200);
    assert_eq!(again["id"], first["id"]);
    assert_eq!(
        (&again["name"], &again["email"], &again["phone"], &again["title"], &again["access"], &again["company"]),
        (
            &json!("Bo Berg"),
            &json!("bo@example.com"),
            &json!("030 1"),
            &json!("Singer"),
            &json!("view"),
            &json!("Kite")
        )
    );
    assert_eq!((&again["clientId"], &again["isPrimary"]), (&first["clientId"], &json!(true)));
    let same =
        browser.post("/api/contacts", &json!({ "name": "Bo Berg", "email": "bo@example.com" })).await.expect(200);
    assert_eq!(same["version"], again["version"], "nothing was different");
}

#[tokio::test]
async fn the_client_is_the_given_one_or_the_one_with_the_address() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let known = browser.post("/api/clients", &json!({ "name": "Bo", "email": "bo@example.com" })).await.expect(201);
    let other = browser.post("/api/clients", &json!({ "name": "Kite" })).await.expect(201);
    let found = browser.post("/api/contacts", &json!({ "name": "Bo", "email": "Bo@example.com" })).await.expect(201);
    assert_eq!(found["clientId"], known["id"]);
    let given = json!({ "name": "Ada", "email": "ada@example.com", "clientId": other["id"] });
    assert_eq!(browser.post("/api/contacts", &given).await.expect(201)["clientId"], other["id"]);

    let moved = json!({ "name": "Bo", "email": "bo@example.com", "clientId": other["id"] });
    let refused = browser.post("/api/contacts", &moved).await;
    assert_eq!(refused.problem(409, "contact_of_another_client")["existingId"], found["id"]);
    let path = format!("/api/clients/{}/archive", other["id"].as_str().unwrap());
    browser.post(&path, &Value::Null).await.assert_status(200);
    for (client, code) in [(other["id"].clone(), "archived"), (json!(uuid::Uuid::new_v4()), "unknown")] {
        let body = json!({ "name": "Cy", "clientId": client });
        browser.post("/api/contacts", &body).await.wrong_fields(&[("clientId", code)]);
    }
}

#[tokio::test]
async fn says_what_is_wrong() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let body = json!({ "name": " ", "email": "nobody", "phone": "call me", "title": "x".repeat(256) });
    let wrong = [("name", "required"), ("email", "not_an_email"), ("phone", "not_a_phone"), ("title", "too_long")];
    browser.post("/api/contacts", &body).await.wrong_fields(&wrong);
}

/// Whoever is named at once, in whatever order: each address is one contact, each company one company with one client.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_added_twice_whichever_comes_first() {
    const PEOPLE: [(&str, Option<&str>); 6] = [
        ("ada@example.com", Some("Kite")),
        ("bo@example.com", Some("kite")),
        ("cy@example.com", Some("KITE")),
        ("di@example.com", Some("Wren")),
        ("ed@example.com", None),
        ("fi@example.com", None),
    ];
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let browsers = [&nina, &app.member(&nina, "Otto", "member").await].map(|browser| browser.at(&app.base_url));
    let seed = rand::random();
    println!("seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    for _ in 0..4 {
        let asked: Vec<_> = (0..12)
            .map(|nr| {
                let (email, company) = PEOPLE[random.random_range(0..PEOPLE.len())];
                let email = if random.random() { email.to_owned() } else { email.to_uppercase() };
                let body = json!({ "name": email, "email": email, "company": company });
                let browser = &browsers[nr % browsers.len()];
                async move { browser.post("/api/contacts", &body).await }
            })
            .collect();
        for answer in futures::future::join_all(asked).await {
            assert!(matches!(answer.status, 200 | 201), "{}", answer.text);
        }
    }
    let mut clients: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let all = contacts(&nina).await;
    let mut addresses = BTreeSet::new();
    for each in &all {
        let email = each["email"].as_str().unwrap().to_lowercase();
        let of = each["company"].as_str().map_or(email.clone(), str::to_lowercase);
        clients.entry(of).or_default().insert(each["clientId"].as_str().unwrap().to_owned());
        assert!(addresses.insert(email), "an address stands twice: {all:?}");
    }
    for (of, clients) in &clients {
        assert_eq!(clients.len(), 1, "{of} has one client");
    }
    let companies = nina.get("/api/companies").await.expect(200);
    for company in companies["companies"].as_array().unwrap() {
        let people = all.iter().filter(|each| each["companyId"] == company["id"]);
        assert_eq!(people.filter(|each| each["isPrimary"] == true).count(), 1, "{company}");
    }
    let (clients_made, names): (i64, i64) =
        sqlx::query_as("select (select count(*) from clients), (select count(distinct lower(name)) from companies)")
            .fetch_one(&mut app.sql().await)
            .await
            .unwrap();
    assert_eq!(clients_made, i64::try_from(clients.len()).unwrap(), "no client without a contact");
    assert_eq!(names, i64::try_from(companies["companies"].as_array().unwrap().len()).unwrap());
}

/// Forms and imports add clients without waiting for contacts.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_who_is_added_meanwhile_is_the_contacts_client() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let id = uuid::Uuid::now_v7();
    let mut theirs = app.sql().await;
    let mut tx = sqlx::Connection::begin(&mut theirs).await.unwrap();
    sqlx::query(
        "insert into clients (id, workspace_id, name, email, created_at, updated_at)
         values ($1, $2, 'Bo', 'bo@example.com', now(), now())",
    )
    .bind(id)
    .bind(browser.workspace_id().await)
    .execute(&mut *tx)
    .await
    .unwrap();
    let asking = {
        let browser = browser.at(&app.base_url);
        tokio::spawn(
            async move { browser.post("/api/contacts", &json!({ "name": "Bo", "email": "bo@example.com" })).await },
        )
    };
    support::wait_for("the contact to wait for the client", || async {
        let waiting: i64 = sqlx::query_scalar(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like 'insert into clients%'
               and datname = current_database()",
        )
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap();
        waiting == 1
    })
    .await;
    tx.commit().await.unwrap();
    assert_eq!(asking.await.unwrap().expect(201)["clientId"], json!(id));
}
