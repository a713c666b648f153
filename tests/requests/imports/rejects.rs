use serde_json::{Value, json};
use support::TestApp;

use super::{numbers, path, started, upload};

#[tokio::test]
async fn rejected_rows_are_listed_with_their_cells_and_reasons() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    // among good characters, two broken ones are damage and no other encoding
    let long = ["Åsa Öberg,åsa@example.com,".as_bytes().to_vec(), vec![b'x'; 300_000], b"\n".to_vec()].concat();
    let body = [
        b"Name,E-mail,City\n".as_slice(),
        &long,
        b",nameless@example.com,Oslo\n",
        b"\n",
        b"\"Bo\nMarsh\",not an address,\"a\0b\"\n",
        b"Wide,w@example.com,Oslo,beyond\n",
        b"Bj\xf6rn,b@example.com,K\xf6ln\n",
        b",,\n",
        b"Short\n",
    ]
    .concat();
    let path = started(&browser, body, json!({ "0": "name", "1": "email" })).await;
    app.run_pending().await;
    assert_eq!(numbers(&browser, &path).await, ("completed".to_owned(), Some(7), 2, 0, 5));

    let page = browser.get(&format!("{path}/rows?outcome=rejected")).await.expect(200);
    assert_eq!(page["nextCursor"], Value::Null);
    let rejects = page["rows"].as_array().unwrap();
    let rows: Vec<i64> = rejects.iter().map(|row| row["rowNumber"].as_i64().unwrap()).collect();
    assert_eq!(rows, [3, 5, 6, 7, 8], "as a spreadsheet counts, blank lines too");
    assert_eq!(rejects[0]["columns"], json!(["", "nameless@example.com", "Oslo"]));
    assert_eq!(rejects[0]["reasons"], json!([{ "field": "name", "message": "The name must not be empty." }]));
    assert_eq!(rejects[1]["columns"], json!(["Bo\nMarsh", "not an address", "a\u{fffd}b"]));
    let fields: Vec<&Value> = rejects[1]["reasons"].as_array().unwrap().iter().map(|reason| &reason["field"]).collect();
    assert_eq!(fields, ["name", "email"]);
    assert_eq!(rejects[2]["columns"], json!(["Wide", "w@example.com", "Oslo", "beyond"]));
    assert_eq!(rejects[2]["reasons"][0]["field"], Value::Null);
    let message = rejects[3]["reasons"][0]["message"].as_str().unwrap();
    assert!(message.starts_with("Line 8 is not UTF-8."), "{message}");

    let first = browser.get(&format!("{path}/rows?outcome=rejected&limit=2")).await.expect(200);
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = browser.get(&format!("{path}/rows?outcome=rejected&limit=2&cursor={cursor}")).await.expect(200);
    assert_eq!(second["rows"][0]["rowNumber"], 6);
    browser.get(&format!("{path}/rows?outcome=rejected&cursor=nonsense")).await.problem(400, "invalid_cursor");
}

#[tokio::test]
async fn rows_are_numbered_alike_whatever_ends_the_lines() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    for end in ["\n", "\r\n", "\r"] {
        for (beginning, first) in [("", 3), ("x".repeat(300_000).as_str(), 4)] {
            let mut lines = vec!["name,email", "Ada,", "Bo,wrong", ""];
            if !beginning.is_empty() {
                lines.insert(1, beginning);
            }
            let path = started(&browser, lines.join(end), json!({ "0": "name", "1": "email" })).await;
            app.run_pending().await;
            let page = browser.get(&format!("{path}/rows?outcome=rejected")).await.expect(200);
            assert_eq!(page["rows"].as_array().unwrap().last().unwrap()["rowNumber"], first, "{end:?}");
        }
    }
}

#[tokio::test]
async fn the_file_of_rejected_rows_can_be_mended_and_imported_again() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let body = "Name;Phone;E-mail\n=cmd();+49 30 1;bad\nBo;-;also bad\n";
    let made = upload(&browser, "Kündinnen.csv", body).await.expect(201);
    let path = path(&made);
    let mapping = json!({ "mapping": { "0": "name", "1": "phone", "2": "email" } });
    browser.post(&format!("{path}/start"), &mapping).await.assert_status(202);
    app.run_pending().await;

    let file = browser.get(&format!("{path}/rejects.csv")).await;
    file.assert_status(200);
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert!(file.header("content-disposition").starts_with("attachment; filename=\"K_ndinnen-rejects.csv\""));
    let bad = "Enter an email address like name@example.com.";
    let phone = "A phone number has digits, spaces and + ( ) - . / only.";
    assert_eq!(
        file.text.trim_start_matches('\u{feff}'),
        format!(
            "\"Name\",\"Phone\",\"E-mail\",\"Row number\",\"Reason\"\r\n\
             \"'=cmd()\",\"'+49 30 1\",\"bad\",\"2\",\"email: {bad}\"\r\n\
             \"Bo\",\"'-\",\"also bad\",\"3\",\"email: {bad} phone: {phone}\"\r\n"
        )
    );

    let mended = file.text.replace("also bad", "bo@example.com").replace("'-", "").replace("\"bad\"", "");
    let again = started(&browser, mended, mapping["mapping"].clone()).await;
    app.run_pending().await;
    assert_eq!(numbers(&browser, &again).await, ("completed".to_owned(), Some(2), 2, 0, 0));
    let clients = browser.get("/api/clients?sort=name").await.expect(200);
    assert_eq!(clients["clients"][0]["name"], "=cmd()", "the apostrophe was only for spreadsheets");
    assert_eq!(clients["clients"][0]["phone"], "+49 30 1");
}

#[tokio::test]
async fn what_a_spreadsheet_would_run_is_text_and_comes_back_as_it_was() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let names = [
        "=1+1", "+49", "-2", "@SUM(1)", "\tTab", "\rReturn", "\nFeed", " =2", "\u{a0}=3", "＝4", "＋5", "－6", "＠7",
        "'=8", "'quoted'", "plain",
    ];
    let mut body = String::from("name,email\n");
    for name in names {
        body.push_str(&format!("\"{name}\",bad\n"));
    }
    let mapping = json!({ "0": "name", "1": "email" });
    let path = started(&browser, body, mapping.clone()).await;
    app.run_pending().await;
    let file = browser.get(&format!("{path}/rejects.csv")).await.text;
    let mut cells = 0;
    for line in file.trim_start_matches('\u{feff}').split("\r\n").filter(|line| !line.is_empty()) {
        for cell in line.strip_prefix('"').and_then(|line| line.strip_suffix('"')).expect("quoted").split("\",\"") {
            cells += 1;
            let runs = |c: char| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠');
            assert!(!cell.trim_start().starts_with(runs) && !cell.starts_with(['\t', '\r', '\n']), "{cell:?}");
        }
    }
    assert_eq!(cells, 4 * (1 + names.len()), "every cell is quoted");

    let again = started(&browser, file.replace("\"bad\"", "\"\""), mapping).await;
    app.run_pending().await;
    assert_eq!(numbers(&browser, &again).await, ("completed".to_owned(), Some(16), 16, 0, 0));
    let clients = browser.get("/api/clients?limit=100").await.expect(200);
    let mut back: Vec<&str> =
        clients["clients"].as_array().unwrap().iter().map(|client| client["name"].as_str().unwrap()).collect();
    back.sort_unstable();
    // an apostrophe that was there before means the same to a spreadsheet and to us
    let mut there: Vec<&str> = names.iter().map(|name| if *name == "'=8" { "=8" } else { name.trim() }).collect();
    there.sort_unstable();
    assert_eq!(back, there);
}

#[tokio::test]
async fn many_and_large_rejected_rows_are_streamed() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let mut body = String::from("name,notes\n");
    for _ in 0..2_500 {
        body.push_str(",x\n");
    }
    for _ in 0..8 {
        body.push_str(&format!("Ada,\"{}\"\n", "n".repeat(1_000_000)));
    }
    let path = started(&browser, body, json!({ "0": "name", "1": "notes" })).await;
    app.run_pending().await;
    assert_eq!(numbers(&browser, &path).await, ("completed".to_owned(), Some(2_508), 0, 0, 2_508));
    let file = browser.get(&format!("{path}/rejects.csv")).await;
    assert_eq!(file.text.lines().count(), 2_509);
    assert!(file.text.len() > 8_000_000);
    let page = browser.get(&format!("{path}/rows?outcome=rejected&limit=200")).await;
    assert!(page.text.len() < 200_000);
}

#[tokio::test]
async fn rejected_rows_of_a_mended_file_have_one_number_and_one_reason() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let mut body = "Name,Mail,Town\nAda,nowhere,Oslo\nBo,bo@example.com,Rome\n".to_owned();
    for round in 0..3 {
        let made = upload(&browser, "x.csv", body.clone()).await.expect(201);
        if round > 0 {
            assert_eq!(made["remembered"]["mapping"], json!({ "0": "name", "1": "email" }), "{made}");
        }
        let choices = json!({ "mapping": { "0": "name", "1": "email" }, "again": true });
        browser.post(&format!("{}/start", path(&made)), &choices).await.assert_status(202);
        app.run_pending().await;
        let file = browser.get(&format!("{}/rejects.csv", path(&made))).await;
        file.assert_status(200);
        body = file.text.clone();
        let mut lines = body.trim_start_matches('\u{feff}').lines();
        assert_eq!(lines.next().unwrap(), r#""Name","Mail","Town","Row number","Reason""#, "round {round}");
        assert!(lines.next().unwrap().starts_with(r#""Ada","nowhere","Oslo","2","email: "#), "{body}");
        assert_eq!(lines.next(), None);
    }
}
