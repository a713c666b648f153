//! From the rows of a chunk to clients: who is new is created, and what becomes of the others is the import's rule.
//!
//! Rows are taken key by key. A key nobody has makes a client of its first row; all further rows with it, and all rows
//! with a key that a client has, follow the rule. Within a chunk that is the order of the file, also for rows that know
//! one client by different keys. Chunks are written as they come, so of rows with one key in several chunks the one that
//! is written first makes the client.
//!
//! Nobody is doubled by somebody who writes at the same time: addresses have a unique index, so a row whose address came
//! in meanwhile is passed over by the insert and looked at again; for everything else chunks of a workspace are written
//! one after the other (`queries::lock_keys`).

use std::collections::{BTreeMap, HashMap, HashSet};

use uuid::Uuid;

use super::{
    duplicates::{Duplicates, Incoming, Key, MatchedBy},
    queries::{self, ChangedRow, NewRow, Pair},
};
use crate::{
    clients::{
        queries::{ClientRow, Fields},
        update::differing,
    },
    error::{Error, Result},
    tenant::TenantTx,
};

/// Looks at rows whose address came in meanwhile before it gives up; the chunk is tried again then.
const ROUNDS: usize = 5;

/// What became of the rows of a chunk, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcomes {
    /// A letter each: c created, u updated, s skipped, r rejected.
    pub letters: Vec<char>,
    /// By which key a row is a client who was here, a letter each.
    pub matched_by: Vec<char>,
    /// The client that a row became or matched.
    pub clients: Vec<Option<Uuid>>,
    /// Numbers of rows whose address a client has, and that client cannot be found by it: they are rejected.
    pub refused: Vec<i64>,
}

impl Outcomes {
    /// Every row is rejected until something else is known.
    fn of_rejected(rows: usize) -> Self {
        Self { letters: vec!['r'; rows], matched_by: vec!['-'; rows], clients: vec![None; rows], refused: Vec::new() }
    }

    /// How many rows became this.
    #[must_use]
    pub fn count(&self, letter: char) -> i32 {
        i32::try_from(self.letters.iter().filter(|each| **each == letter).count()).unwrap_or(i32::MAX)
    }

    fn set(&mut self, row: &Incoming, letter: char, by: Option<MatchedBy>, client: Uuid) {
        let of = |list: &mut Vec<char>, letter| {
            if let Some(place) = list.get_mut(row.index) {
                *place = letter;
            }
        };
        of(&mut self.letters, letter);
        of(&mut self.matched_by, by.map_or('-', MatchedBy::letter));
        if let Some(place) = self.clients.get_mut(row.index) {
            *place = Some(client);
        }
    }
}

/// Where rows are written.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The import.
    pub import: Uuid,
    /// Its chunk.
    pub chunk: i32,
    /// What becomes of those who are here.
    pub rule: Duplicates,
}

/// Writes the rows that can become clients, of a chunk with `rows` rows.
///
/// # Errors
/// When Postgres fails; 503 when others write the same addresses again and again.
pub async fn write(tx: &mut TenantTx, place: Place, rows: usize, incoming: &[Incoming]) -> Result<Outcomes> {
    let mut outcomes = Outcomes::of_rejected(rows);
    let emails = queries::small_letters(tx, incoming.iter().map(|row| &row.fields)).await?;
    let keyed: Vec<(Key, &Incoming)> =
        incoming.iter().zip(emails).map(|(row, email)| (Key::of(&row.fields, email), row)).collect();
    if place.rule.changes() || keyed.iter().any(|(key, _)| !matches!(key, Key::Email(_))) {
        queries::lock_keys(tx).await?;
    }
    // by address, see `insert_clients`
    let mut waiting: BTreeMap<Key, Vec<&Incoming>> = BTreeMap::new();
    for (key, row) in keyed {
        waiting.entry(key).or_default().push(row);
    }
    let mut changing = 0;
    for round in 0..ROUNDS {
        let Left { changing: mut left, refused } =
            Round { tx, place, outcomes: &mut outcomes }.run(waiting, round == 0).await?;
        changing = left.len();
        left.extend(refused);
        waiting = left;
        if waiting.is_empty() {
            return Ok(outcomes);
        }
    }
    if changing > 0 {
        return Err(Error::busy());
    }
    // trying again would not help, and the other rows of the chunk should not wait for these
    outcomes.refused = waiting.values().flatten().map(|row| row.row_number).collect();
    Ok(outcomes)
}

type Waiting<'a> = BTreeMap<Key, Vec<&'a Incoming>>;

/// Rows that a round could not place.
struct Left<'a> {
    /// Their client was changed or went meanwhile.
    changing: Waiting<'a>,
    /// Nobody was found by their address, and yet the index has it.
    refused: Waiting<'a>,
}

struct Round<'a> {
    tx: &'a mut TenantTx,
    place: Place,
    outcomes: &'a mut Outcomes,
}

impl Round<'_> {
    /// Answers the rows that have to be looked at again.
    async fn run<'r>(&mut self, waiting: Waiting<'r>, is_first: bool) -> Result<Left<'r>> {
        let rule = self.place.rule;
        // most addresses are new: the insert itself finds those that are not
        let asked: Vec<&Key> =
            waiting.keys().filter(|key| !is_first || rule.changes() || !matches!(key, Key::Email(_))).collect();
        let known = queries::known_by(self.tx, self.place.import, &asked).await?;
        let (here, new): (Waiting<'r>, Waiting<'r>) = waiting.into_iter().partition(|(key, _)| known.contains_key(key));
        let changing = if rule.changes() {
            self.change(here, &known).await?
        } else {
            // nobody whom a row is passed over for is removed before that is written down
            let ids: Vec<Uuid> = here.keys().filter_map(|key| known.get(key)).copied().collect();
            let held = if ids.is_empty() { HashSet::new() } else { queries::hold_clients(self.tx, &ids).await? };
            let (here, gone): (Waiting<'r>, Waiting<'r>) =
                here.into_iter().partition(|(key, _)| known.get(key).is_some_and(|id| held.contains(id)));
            self.follow(here, &known).await?;
            gone
        };
        Ok(Left { changing, refused: self.create(new).await? })
    }

    /// Puts rows into the clients that they are. Answers those whose client is another by now.
    async fn change<'r>(&mut self, here: Waiting<'r>, known: &HashMap<Key, Uuid>) -> Result<Waiting<'r>> {
        let ids: Vec<Uuid> = here.keys().filter_map(|key| known.get(key)).copied().collect();
        let locked: Vec<(ClientRow, Fields)> = queries::lock_clients(self.tx, &ids)
            .await?
            .into_iter()
            .map(|row| {
                let fields = Fields::from(&row);
                (row, fields)
            })
            .collect();
        let emails = queries::small_letters(self.tx, locked.iter().map(|(_, fields)| fields)).await?;
        let places: HashMap<Uuid, usize> = locked.iter().enumerate().map(|(place, (row, _))| (row.id, place)).collect();
        let mut rows_of: Vec<Vec<(MatchedBy, &Incoming)>> = vec![Vec::new(); locked.len()];
        let mut again = Waiting::new();
        for (key, rows) in here {
            let place = known.get(&key).and_then(|id| places.get(id)).copied();
            let client =
                place.and_then(|place| Some((locked.get(place)?, emails.get(place)?, rows_of.get_mut(place)?)));
            match client {
                Some(((_, now), email, rows_of)) if key.is_of(now, email.as_deref()) => {
                    rows_of.extend(rows.into_iter().map(|row| (key.by(), row)));
                }
                _ => {
                    again.insert(key, rows);
                }
            }
        }
        let mut changes = Vec::new();
        for ((row, before), mut rows) in locked.into_iter().zip(rows_of) {
            rows.sort_by_key(|(_, row)| row.index);
            let mut fields = before.clone();
            let Some(row_number) = self.apply(&mut fields, &rows, row.id) else { continue };
            let changed = differing(&before, &fields);
            if !changed.is_empty() {
                let version_before = row.version;
                changes.push(ChangedRow { id: row.id, row_number, version_before, before, fields, changed });
            }
        }
        queries::update_clients(self.tx, self.place.import, self.place.chunk, &changes).await?;
        Ok(again)
    }

    /// Applies rows one after the other; answers the number of the first that changed something.
    fn apply(&mut self, fields: &mut Fields, rows: &[(MatchedBy, &Incoming)], client: Uuid) -> Option<i64> {
        let mut first = None;
        for (by, row) in rows {
            let changed = self.place.rule.apply(fields, row);
            self.outcomes.set(row, if changed { 'u' } else { 's' }, Some(*by), client);
            if changed && first.is_none() {
                first = Some(row.row_number);
            }
        }
        first
    }

    /// Creates clients for keys that nobody has. Answers those that somebody has by now, as far as the index tells.
    async fn create<'r>(&mut self, new: Waiting<'r>) -> Result<Waiting<'r>> {
        let mut made = Vec::with_capacity(new.len());
        for (key, rows) in new {
            let Some((head, followers)) = rows.split_first() else { continue };
            let mut fields = head.fields.clone();
            for row in followers {
                let _ = self.place.rule.apply(&mut fields, row);
            }
            made.push((Uuid::now_v7(), key, rows, fields));
        }
        let new_rows: Vec<NewRow<'_>> = made
            .iter()
            .filter_map(|(id, _, rows, fields)| Some(NewRow { id: *id, row_number: rows.first()?.row_number, fields }))
            .collect();
        let inserted = queries::insert_clients(self.tx, self.place.import, &new_rows).await?;
        let inserted: HashSet<Uuid> = inserted.into_iter().collect();
        let (mut again, mut known, mut followers) = (Waiting::new(), HashMap::new(), Waiting::new());
        for (id, key, rows, _) in made {
            let (true, Some((head, rest))) = (inserted.contains(&id), rows.split_first()) else {
                again.insert(key, rows);
                continue;
            };
            self.outcomes.set(head, 'c', None, id);
            if self.place.rule.changes() {
                let mut fields = head.fields.clone();
                let rest: Vec<(MatchedBy, &Incoming)> = rest.iter().map(|row| (key.by(), *row)).collect();
                self.apply(&mut fields, &rest, id);
            } else if !rest.is_empty() {
                followers.insert(key.clone(), rest.to_vec());
                known.insert(key, id);
            }
        }
        self.follow(followers, &known).await?;
        Ok(again)
    }

    /// Rows whose client is here and stays as it is: passed over, or created beside it with a merge suggested.
    async fn follow(&mut self, here: Waiting<'_>, known: &HashMap<Key, Uuid>) -> Result<()> {
        let (mut doubles, mut pairs) = (Vec::new(), Vec::new());
        for (key, rows) in &here {
            let Some(client) = known.get(key).copied() else { continue };
            for row in rows {
                if self.place.rule != Duplicates::CreateAndSuggest {
                    self.outcomes.set(row, 's', Some(key.by()), client);
                    continue;
                }
                let other = Uuid::now_v7();
                // two clients cannot share an address: the suggestion keeps it
                let fields = Fields { email: None, ..row.fields.clone() };
                pairs.push(Pair { client, other, by: key.by(), email: row.fields.email.clone() });
                self.outcomes.set(row, 'c', Some(key.by()), other);
                doubles.push((other, row.row_number, fields));
            }
        }
        let rows: Vec<NewRow<'_>> = doubles
            .iter()
            .map(|(id, row_number, fields)| NewRow { id: *id, row_number: *row_number, fields })
            .collect();
        queries::insert_clients(self.tx, self.place.import, &rows).await?;
        queries::suggest(self.tx, self.place.import, &pairs).await
    }
}
