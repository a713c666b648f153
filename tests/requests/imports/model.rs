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
/// Rows of a chunk.
const CHUNK: usize = 3;

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

/// A client, the file that made them, and what each file that has changed them found.
struct Client {
    cells: Cells,
    made_by: usize,
    before: BTreeMap<usize, Cells>,
}

impl Client {
    fn new(cells: Cells, made_by: usize) -> Self {
        Self { cells, made_by, before: BTreeMap::new() }
    }

    /// Whether a row of `file` with this key is this client: nobody is known by what the file itself has given them, and
    /// those whom it has made are known by their first key.
    fn is_known_by(&self, wanted: &(u8, String), file: usize) -> bool {
        keys(&self.cells).contains(wanted)
            && (self.made_by != file || key(&self.cells) == *wanted)
            && self.before.get(&file).is_none_or(|before| keys(before).contains(wanted))
    }
}

fn merge(cells: &mut Cells, row: &Cells, rule: &str) -> bool {
    let before = cells.clone();
    for (old, new) in cells.iter_mut().zip(row) {
        if !new.is_empty() && (old.is_empty() || rule == "overwrite") {
            old.clone_from(new);
        }
    }
    *cells != before
}

/// The rules: who is here, the oldest first, and what a chunk of a file makes of them. Answers created, updated, skipped,
/// rejected.
fn apply(here: &mut Vec<Client>, rows: &[Cells], rule: &str, file: usize) -> [i64; 4] {
    let mut counts = [0; 4];
    let changes = matches!(rule, "fillEmpty" | "overwrite");
    let mut new: BTreeMap<(u8, String), Vec<&Cells>> = BTreeMap::new();
    let mut doubles: BTreeMap<(u8, String), Vec<&Cells>> = BTreeMap::new();
    let mut found: Vec<(usize, &Cells)> = Vec::new();
    for row in rows {
        let key = key(row);
        if is_bad(row) {
            counts[3] += 1;
        } else if let Some(place) = here.iter().position(|client| client.is_known_by(&key, file)) {
            if rule == "createAndSuggest" {
                doubles.entry(key).or_default().push(row)
            } else {
                found.push((place, row))
            }
        } else {
            new.entry(key).or_default().push(row);
        }
    }
    let before: Vec<Cells> = here.iter().map(|client| client.cells.clone()).collect();
    for (place, row) in found {
        counts[if changes && merge(&mut here[place].cells, row, rule) { 1 } else { 2 }] += 1;
    }
    for (client, before) in here.iter_mut().zip(before) {
        if client.cells != before {
            client.before.entry(file).or_insert(before);
        }
    }
    let double = |row: &Cells| {
        let mut cells = row.clone();
        cells[1] = String::new();
        Client::new(cells, file)
    };
    // doubles of those who were here are made before those who are new, their doubles after them
    let mut made: Vec<Client> = doubles.into_values().flatten().map(double).collect();
    let mut later = Vec::new();
    counts[0] += made.len() as i64;
    for rows in new.into_values() {
        let mut cells = rows[0].clone();
        counts[0] += 1;
        for row in &rows[1..] {
            match rule {
                "skip" => counts[2] += 1,
                "createAndSuggest" => {
                    counts[0] += 1;
                    later.push(double(row));
                }
                _ => counts[if merge(&mut cells, row, rule) { 1 } else { 2 }] += 1,
            }
        }
        made.push(Client::new(cells, file));
    }
    here.append(&mut made);
    here.append(&mut later);
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
    let app = TestApp::start_with(json!({ "imports": { "chunk_rows": CHUNK } })).await;
    let worker = Worker::start(&app).await;
    for case in 0..CASES {
        let mut random = StdRng::seed_from_u64(seed.wrapping_add(case));
        let browser = app.owner(&format!("Nina{case}")).await;
        let rule = RULES[random.random_range(0..RULES.len())];
        let files: Vec<Vec<Cells>> = (0..random.random_range(1..5))
            .map(|_| (0..random.random_range(1..14)).map(|_| random_row(&mut random)).collect())
            .collect();
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
        let mut chunks = Vec::new();
        for id in worker.due::<ImportChunk>().await {
            let job = worker.claim(id).await;
            let ImportChunk { import_id, chunk } = serde_json::from_value(job.args.clone()).unwrap();
            let file = paths.iter().position(|path| path.ends_with(&import_id.to_string())).unwrap();
            chunks.push((file, usize::try_from(chunk).unwrap(), job));
        }
        assert_eq!(chunks.len(), files.iter().map(|rows| rows.len().div_ceil(CHUNK)).sum::<usize>());
        // chunks come in any order; of some cases also those of several files among each other, and what several files
        // have done to one client at the same time cannot be taken back file by file
        chunks.shuffle(&mut random);
        let is_mixed = random.random_bool(0.5);
        let mut order: Vec<usize> = (0..files.len()).collect();
        order.shuffle(&mut random);
        if !is_mixed {
            chunks.sort_by_key(|(file, ..)| order.iter().position(|each| each == file));
        }
        let told: Vec<(usize, usize)> = chunks.iter().map(|(file, chunk, _)| (*file, *chunk)).collect();
        let told = format!("IMPORTS_SEED={seed}, case {case}, {rule}, order {told:?}: {files:?}");
        let mut here: Vec<Client> = Vec::new();
        let mut expected = vec![[0; 4]; files.len()];
        for (file, chunk, job) in &chunks {
            worker.work(job).await;
            let rows = files[*file].chunks(CHUNK).nth(*chunk).unwrap();
            let counts = apply(&mut here, rows, rule, *file);
            expected[*file] = std::array::from_fn(|which| expected[*file][which] + counts[which]);
        }
        app.run_pending().await;
        for (file, numbers) in expected.iter().enumerate() {
            assert_eq!(
                counts(&browser, &paths[file]).await,
                ("completed".to_owned(), *numbers),
                "file {file} of {told}"
            );
        }
        assert_eq!(all(&browser).await, numbered(here.into_iter().map(|client| client.cells).collect()), "{told}");
        // a file that has only passed over rows cannot be undone, so whom it has found stays
        let has_passed_over =
            expected.iter().any(|[created, updated, skipped, _]| created + updated == 0 && *skipped > 0);
        if is_mixed || has_passed_over {
            continue;
        }
        for file in order.iter().rev() {
            let numbers = counts(&browser, &paths[*file]).await.1;
            if numbers[0] + numbers[1] == 0 {
                continue;
            }
            browser.post(&format!("{}/undo", paths[*file]), &json!({})).await.assert_status(202);
            app.run_pending().await;
            let undone = browser.get(&paths[*file]).await.expect(200);
            assert_eq!((&undone["state"], &undone["undo"]["kept"]), (&json!("undone"), &json!(0)), "{told}");
        }
        assert_eq!(all(&browser).await, BTreeSet::new(), "undone: {told}");
    }
}

fn quoted(row: &Cells) -> String {
    row.each_ref().map(|cell| format!("\"{cell}\"")).join(",")
}
