use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};
use support::{Browser, TestApp};
use uuid::Uuid;

async fn add(browser: &Browser, client: Value) -> Value {
    browser.post("/api/clients", &client).await.expect(201)
}

async fn page(browser: &Browser, query: &[(&str, &str)]) -> Value {
    let query = encoded(query);
    browser.get(&format!("/api/clients?{query}")).await.expect(200)
}

fn encoded(query: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish()
}

fn names(page: &Value) -> Vec<&str> {
    page["clients"].as_array().unwrap().iter().map(|client| client["name"].as_str().unwrap()).collect()
}

async fn found(browser: &Browser, query: &[(&str, &str)]) -> Vec<String> {
    names(&page(browser, query).await).into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn capitals_accents_punctuation_and_the_order_of_words_do_not_count() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    add(&browser, json!({ "name": "Zoë Müller-Lund", "email": "zoe.lund@kite.example", "company": "Straße & Søn" }))
        .await;
    add(&browser, json!({ "name": "Łukasz O’Brien", "company": "Kite" })).await;
    add(&browser, json!({ "name": "Дмитрий Ёлкин", "company": "王伟音乐" })).await;

    for search in [
        "zoe",
        "ZOË",
        "muller zoe",
        "Lund Müller",
        "zoe.lund@kite.example",
        "strasse",
        "son zoe",
        "ller-lu",
        "zo mü",
        "zoe kite",
        " zoe   kite ",
        "z m l",
    ] {
        assert_eq!(found(&browser, &[("search", search)]).await, ["Zoë Müller-Lund"], "{search}");
    }
    for search in ["lukasz", "obrien", "o'brien", "O’BRIEN", "brien kite", "łuk"] {
        assert_eq!(found(&browser, &[("search", search)]).await, ["Łukasz O’Brien"], "{search}");
    }
    for search in ["дмитрий", "елкин", "ЁЛКИН", "王伟", "音乐", "王伟音"] {
        let expected: &[&str] = if search == "音乐" { &[] } else { &["Дмитрий Ёлкин"] };
        assert_eq!(found(&browser, &[("search", search)]).await, expected, "{search}");
    }
    for search in ["zoe brien", "üller zoo", "ue", "%", "_", "\\", "''"] {
        assert!(found(&browser, &[("search", search)]).await.is_empty(), "{search}");
    }
}

#[tokio::test]
async fn one_or_two_letters_are_how_a_word_begins() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    for name in ["Ada", "Bada", "Bo Adler"] {
        add(&browser, json!({ "name": name })).await;
    }
    assert_eq!(found(&browser, &[("search", "a")]).await, ["Ada", "Bo Adler"]);
    assert_eq!(found(&browser, &[("search", "ad")]).await, ["Ada", "Bo Adler"]);
    assert_eq!(found(&browser, &[("search", "ada")]).await, ["Ada", "Bada"]);
}

#[tokio::test]
async fn a_phone_number_is_found_however_it_is_written() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    add(&browser, json!({ "name": "Ada", "phone": "+49 (0) 151 / 234-56 78" })).await;
    add(&browser, json!({ "name": "Bo", "phone": "0151 9999999" })).await;
    for search in
        ["+49 151 2345678", "0151 2345678", "0049-151-234 56 78", "1512345678", "2345678", "0151/234", "ada 0151"]
    {
        assert_eq!(found(&browser, &[("search", search)]).await, ["Ada"], "{search}");
    }
    assert_eq!(found(&browser, &[("search", "0151")]).await, ["Ada", "Bo"]);
    assert!(found(&browser, &[("search", "0152")]).await.is_empty());
}

#[tokio::test]
async fn filters_go_together_with_a_search_and_every_order() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let clients = [
        json!({ "name": "Ada", "email": "ada@example.com", "genres": ["Jazz", "Électro"], "satisfaction": 5 }),
        json!({ "name": "Bo", "genres": ["jazz"], "satisfaction": 1 }),
        json!({ "name": "Cleo", "email": "cleo@example.com", "genres": ["Free Jazz"] }),
    ];
    for client in clients {
        add(&browser, client).await;
    }
    for (filter, expected) in [
        (vec![("email", "yes")], vec!["Ada", "Cleo"]),
        (vec![("email", "no")], vec!["Bo"]),
        (vec![("genre", "JAZZ")], vec!["Ada", "Bo"]),
        (vec![("genre", "electro")], vec!["Ada"]),
        (vec![("genre", "free jazz")], vec!["Cleo"]),
        (vec![("genre", "free")], vec![]),
        (vec![("satisfaction", "1")], vec!["Bo"]),
        (vec![("satisfaction", "unrated")], vec!["Cleo"]),
        (vec![("genre", "jazz"), ("email", "yes"), ("satisfaction", "5")], vec!["Ada"]),
        (vec![("genre", "jazz"), ("search", "bo")], vec!["Bo"]),
        (vec![("search", "example"), ("satisfaction", "unrated")], vec!["Cleo"]),
    ] {
        for sort in ["name", "-name", "email", "-email", "company", "-company", "createdAt", "-createdAt"] {
            let query = [filter.as_slice(), &[("sort", sort)]].concat();
            let mut names = found(&browser, &query).await;
            names.sort();
            assert_eq!(names, expected, "{query:?}");
        }
    }
}

#[tokio::test]
async fn days_bound_when_clients_were_added() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    for (name, at) in
        [("Old", "2024-12-31T23:59:59Z"), ("New", "2025-01-01T00:00:00Z"), ("Newer", "2025-01-02T00:00:00Z")]
    {
        let made = add(&browser, json!({ "name": name })).await;
        sqlx::query("update clients set created_at = $2::timestamptz where id = $1::uuid")
            .bind(made["id"].as_str().unwrap().parse::<Uuid>().unwrap())
            .bind(at.parse::<chrono::DateTime<chrono::Utc>>().unwrap())
            .execute(&mut app.sql().await)
            .await
            .unwrap();
    }
    let (from, before) = (("createdFrom", "2025-01-01T00:00:00Z"), ("createdBefore", "2025-01-02T00:00:00Z"));
    assert_eq!(found(&browser, &[from]).await, ["New", "Newer"]);
    assert_eq!(found(&browser, &[before]).await, ["New", "Old"]);
    assert_eq!(found(&browser, &[from, before]).await, ["New"]);
    assert_eq!(found(&browser, &[from, before, ("search", "new")]).await, ["New"]);
}

/// Many clients of one workspace, and a few that are rare in it: what walks along an order gives up before it meets them.
/// On the disk the rare ones come first: what is looked at for a count meets them all, and many others behind them.
async fn crowd(app: &TestApp, browser: &Browser) {
    sqlx::query(
        "insert into clients (id, workspace_id, name, email, company, genres, satisfaction, archived_at, created_at, updated_at)
         select gen_random_uuid(), $1,
           case when n > 29990 then 'Zacharias Rare ' || n else 'Client ' || lpad(n::text, 6, '0') end,
           'c' || n || '@example.com', case when n % 3 = 0 then 'Kite' end,
           case when n > 29990 then array['Polka'] else '{}' end,
           case when n % 7 = 0 then 3 end, case when n % 10000 = 1 then now() end,
           now() - n * interval '1 minute', now()
         from generate_series(30000, 1, -1) n",
    )
    .bind(browser.workspace_id().await)
    .execute(&mut app.sql().await)
    .await
    .unwrap();
    sqlx::query("analyze clients").execute(&mut app.sql().await).await.unwrap();
}

/// All names over pages of four, and the number of the first page.
async fn walk(browser: &Browser, query: &[(&str, &str)]) -> (Vec<String>, Value) {
    let mut all = Vec::new();
    let first = page(browser, &[query, &[("limit", "4")]].concat()).await;
    let (total, mut current) = (first["total"].clone(), first);
    loop {
        all.extend(names(&current).into_iter().map(str::to_owned));
        let Some(next) = current["nextCursor"].as_str().map(str::to_owned) else { return (all, total) };
        current = page(browser, &[query, &[("limit", "4"), ("cursor", &next)]].concat()).await;
        assert_eq!(current["total"], total, "{query:?}");
    }
}

#[tokio::test]
async fn the_rare_are_found_among_the_many_in_every_order_and_over_pages() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    crowd(&app, &browser).await;
    let rare: Vec<String> = (29_991..=30_000).map(|n| format!("Zacharias Rare {n}")).collect();
    for query in [vec![("search", "rare zach")], vec![("genre", "polka")], vec![("search", "rare"), ("genre", "polka")]]
    {
        for sort in ["name", "-name", "email", "-email", "company", "-company", "createdAt", "-createdAt"] {
            let (mut names, total) = walk(&browser, &[query.as_slice(), &[("sort", sort)]].concat()).await;
            assert_eq!(total, json!({ "count": 10, "capped": false }), "{query:?} {sort}");
            if sort == "name" {
                assert_eq!(names, rare);
            }
            names.sort();
            assert_eq!(names, rare, "{query:?} {sort}");
        }
    }
    let (archived, total) = walk(&browser, &[("status", "archived")]).await;
    assert_eq!(archived, ["Client 000001", "Client 010001", "Client 020001"]);
    assert_eq!(total["count"], 3);
    for nothing in ["qx", "nothing like it", "rare client", "zach c1"] {
        let page = page(&browser, &[("search", nothing)]).await;
        assert_eq!((names(&page).len(), &page["total"]), (0, &json!({ "count": 0, "capped": false })), "{nothing}");
    }
    let many = page(&browser, &[("search", "kite")]).await;
    assert_eq!(many["total"]["capped"], true, "counted no further than is quick");
    let met = many["total"]["count"].as_u64().unwrap();
    assert!((50..9_999).contains(&met), "as many as were met among those who were looked at: {met}");
    assert_eq!(names(&many)[0], "Client 000003");
}

#[tokio::test]
async fn a_search_stays_in_its_workspace() {
    let app = TestApp::start().await;
    let (nina, otto) = (app.owner("Nina").await, app.owner("Otto").await);
    add(&nina, json!({ "name": "Ada", "genres": ["Jazz"] })).await;
    crowd(&app, &otto).await;
    add(&otto, json!({ "name": "Ada of Otto", "genres": ["Jazz"] })).await;
    for query in [vec![], vec![("search", "ada")], vec![("genre", "jazz")], vec![("search", "a")]] {
        let page = page(&nina, &query).await;
        assert_eq!(names(&page), ["Ada"], "{query:?}");
        assert_eq!(page["total"], json!({ "count": 1, "capped": false }), "{query:?}");
    }
    assert_eq!(page(&nina, &[("search", "rare")]).await["total"]["count"], 0, "not even counted");

    // as the app's role, without the API around it
    let mut conn = PgConnection::connect(&app.ledgerline().settings.database.app_url).await.unwrap();
    let asked = "select cardinality(ids), total from search.clients($1, '{}', null, null, 'name', null, null, 100)";
    let outside = sqlx::query(asked).bind("ada").fetch_one(&mut conn).await.unwrap_err();
    assert!(outside.to_string().contains("no workspace"), "{outside}");
    sqlx::query("select set_config('ledgerline.workspace', $1, false)")
        .bind(nina.workspace_id().await.to_string())
        .execute(&mut conn)
        .await
        .unwrap();
    for search in ["ada", "rare", "client"] {
        let (ids, total): (i32, i64) = sqlx::query_as(asked).bind(search).fetch_one(&mut conn).await.unwrap();
        let expected = i32::from(search == "ada");
        assert_eq!((ids, total), (expected, i64::from(expected)), "{search}");
    }
}
