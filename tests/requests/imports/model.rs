//! Random files, rules and orders of chunks, compared with the rules written down a second time in the plainest way:
//! one row after the other over a list in memory. Then everything is undone, the last import first.

use std::collections::{BTreeMap, BTreeSet};

use ledgerline_jobs::imports::{ImportChunk, PlanImport};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::SliceRandom};
use serde_json::{Value, json};
use support::{Browser, TestApp, Worker};

use super::{counts, started_with};

const RULES: [&str; 4] = ["skip", "fillEmpty", "overwrite", "createAndSuggest"];
const CASES: u64 = 12;

/// A row, and a client: name, email address, phone number, company, notes.
type Cells = [String; 5];

fn random_row(random: &mut StdRng) -> Cells {
    let mut one_of = |some: &[&str]| some[random.random_range(0..some.len())].to_owned();
    [
        one_of(&["Ada", "ada", "Bo", "Cy", "Di", ""]),
        one_of(&["", "", "a@example.com", "A@example.com", "b@example.com", "c@example.com", "no address"]),
        one_of(&["", "", "030 1234567", "+49 30 1234567", "0049301234568", "1"]),
        one_of(&["", "", "Kite", "KITE", "Wren"]),
        one_of(&["", "one", "two", "three"]),
    ]
}

fn is_bad(row: &Cells) -> bool {
    row[0].is_empty() || row[1] == "no address"
}

/// A number that is too short to be told has none.
fn number(phone: &str) -> Option<String> {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    match digits.as_str() {
        "" | "1" => None,
        other => other.strip_prefix("0049").or(other.strip_prefix("49")).or(other.strip_prefix('0')).map(str::to_owned),
    }
}

/// What a row is known by, in the order in which a chunk is written.
fn key(cells: &Cells) -> (u8, String) {
    if !cells[1].is_empty() {
        return (0, cells[1].to_lowercase());
    }
    match number(&cells[2]) {
        Some(number) => (1, number),
        None => (2, format!("{}\n{}", cells[0].to_lowercase(), cells[3].to_lowercase())),
    }
}

/// Everything that a client is known by.
fn keys(client: &Cells) -> Vec<(u8, String)> {
    let [name, email, phone, company, _] = client.each_ref().map(|cell| cell.to_lowercase());
    let email = (!email.is_empty()).then_some((0, email));
    let number = number(&phone).map(|number| (1, number));
    email.into_iter().chain(number).chain([(2, format!("{name}\n{company}"))]).collect()
}

/// The rules: who is here, the oldest first, and what a file makes of them. Answers created, updated, skipped, rejected.
fn apply(here: &mut Vec<Cells>, rows: &[Cells], rule: &str) -> [i64; 4] {
    let mut counts = [0; 4];
    // the keys that a client had before the import, all of them; of those whom it makes, the first
    let had: Vec<Vec<(u8, String)>> = here.iter().map(keys).collect();
    let mut made: BTreeMap<(u8, String), Cells> = BTreeMap::new();
    let mut doubles: BTreeMap<(u8, String), Vec<Cells>> = BTreeMap::new();
    for row in rows {
        if is_bad(row) {
            counts[3] += 1;
            continue;
        }
        let key = key(row);
        let old = had.iter().position(|keys| keys.contains(&key)).map(|place| &mut here[place]);
        let Some(client) = old.or_else(|| made.get_mut(&key)) else {
            made.insert(key, row.clone());
            counts[0] += 1;
            continue;
        };
        let before = client.clone();
        match rule {
            "skip" => {}
            "createAndSuggest" => {
                let mut double = row.clone();
                double[1] = String::new();
                doubles.entry(key).or_default().push(double);
                counts[0] += 1;
                continue;
            }
            _ => {
                for (old, new) in client.iter_mut().zip(row) {
                    if !new.is_empty() && (old.is_empty() || rule == "overwrite") {
                        old.clone_from(new);
                    }
                }
            }
        }
        counts[if *client == before { 2 } else { 1 }] += 1;
    }
    // doubles of those who were here are made before those who are new, their doubles after them
    let (of_old, of_new): (Vec<_>, Vec<_>) = doubles.into_iter().partition(|(key, _)| !made.contains_key(key));
    here.extend(of_old.into_iter().flat_map(|(_, doubles)| doubles));
    here.extend(made.into_values());
    here.extend(of_new.into_iter().flat_map(|(_, doubles)| doubles));
    counts
}

async fn all(browser: &Browser) -> BTreeSet<(Cells, usize)> {
    let page = browser.get("/api/clients?limit=200").await.expect(200);
    assert_eq!(page["nextCursor"], Value::Null);
    let text = |client: &Value, field: &str| client[field].as_str().unwrap_or_default().to_owned();
    let cells = |client: &Value| ["name", "email", "phone", "company", "notes"].map(|field| text(client, field));
    numbered(page["clients"].as_array().unwrap().iter().map(cells).collect())
}

/// A bag as a set: equal ones are numbered.
fn numbered(mut cells: Vec<Cells>) -> BTreeSet<(Cells, usize)> {
    cells.sort();
    let mut bag = BTreeSet::new();
    for each in cells {
        let mut number = 0;
        while !bag.insert((each.clone(), number)) {
            number += 1;
        }
    }
    bag
}

#[tokio::test]
async fn files_do_what_the_rules_say_in_whatever_order_and_can_be_taken_back() {
    let seed: u64 = std::env::var("IMPORTS_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(rand::random);
    println!("IMPORTS_SEED={seed}");
    let app = TestApp::start().await;
    let worker = Worker::start(&app).await;
    for case in 0..CASES {
        let mut random = StdRng::seed_from_u64(seed.wrapping_add(case));
        let browser = app.owner(&format!("Nina{case}")).await;
        let rule = RULES[random.random_range(0..RULES.len())];
        let files: Vec<Vec<Cells>> = (0..random.random_range(1..5))
            .map(|_| (0..random.random_range(1..14)).map(|_| random_row(&mut random)).collect())
            .collect();
        // an import of one chunk each, which come in any order
        let mut paths = Vec::new();
        for rows in &files {
            let lines: Vec<String> = rows.iter().map(quoted).collect();
            let start = json!({
                "mapping": { "0": "name", "1": "email", "2": "phone", "3": "company", "4": "notes" },
                "duplicates": rule, "phoneRegion": "DE",
            });
            let body = format!("name,email,phone,company,notes\n{}\n", lines.join("\n"));
            paths.push(started_with(&browser, body, start).await);
            worker.run::<PlanImport>().await;
        }
        let due = worker.due::<ImportChunk>().await;
        assert_eq!(due.len(), files.len());
        let mut order: Vec<usize> = (0..files.len()).collect();
        order.shuffle(&mut random);
        let mut here: Vec<Cells> = Vec::new();
        let mut expected = Vec::new();
        for index in &order {
            worker.work(&worker.claim(due[*index]).await).await;
            expected.push((*index, apply(&mut here, &files[*index], rule)));
        }
        app.run_pending().await;
        let told = format!("IMPORTS_SEED={seed}, case {case}, {rule}, order {order:?}: {files:?}");
        for (index, numbers) in expected {
            assert_eq!(
                counts(&browser, &paths[index]).await,
                ("completed".to_owned(), numbers),
                "file {index} of {told}"
            );
        }
        assert_eq!(all(&browser).await, numbered(here), "{told}");

        for index in order.iter().rev() {
            let numbers = counts(&browser, &paths[*index]).await.1;
            if numbers[0] + numbers[1] == 0 {
                continue;
            }
            browser.post(&format!("{}/undo", paths[*index]), &json!({})).await.assert_status(202);
            app.run_pending().await;
            let undone = browser.get(&paths[*index]).await.expect(200);
            assert_eq!((&undone["state"], &undone["undo"]["kept"]), (&json!("undone"), &json!(0)), "{told}");
        }
        assert_eq!(all(&browser).await, BTreeSet::new(), "undone: {told}");
    }
}

fn quoted(row: &Cells) -> String {
    row.each_ref().map(|cell| format!("\"{cell}\"")).join(",")
}
