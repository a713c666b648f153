//! A file to start from: every field that a client can have, and two people who have them.

/// Its name.
pub const FILENAME: &str = "clients-sample.csv";

/// Its content; spreadsheets need the mark at the beginning to read it as UTF-8.
pub const CONTENT: &str = "\u{feff}\
Name,Email,Company,Phone,Time zone,Genres,Budget from,Budget to,Budget currency,Likes to hear by,\"Satisfaction, 1 to 5\",Came through,Notes\r\n\
Ada Okafor,ada@example.com,Kite Records,+49 30 5550123,Europe/Berlin,\"House, Techno\",1500.00,3000.00,EUR,\"email, phone\",5,Bo Marsh,Prefers calls in the morning\r\n\
Zoë Lindqvist,zoe@example.com,,+46 8 555 01 23,Europe/Stockholm,Folk,8000,,SEK,,,,\"Writes her own lyrics,\r\nin two languages\"\r\n";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::{
        encoding::Encoding,
        head::{self, Known},
        mapping::Field,
    };

    #[test]
    fn every_field_is_in_it_and_is_guessed() {
        let head = head::read(CONTENT.as_bytes(), Encoding::Utf8, true, Known::default()).unwrap();
        let guessed: Vec<Field> = head.columns.iter().filter_map(|column| column.guess).collect();
        let beside = [Field::FirstName, Field::MiddleName, Field::LastName, Field::OtherEmail, Field::OtherPhone];
        let expected: Vec<Field> = Field::ALL.into_iter().filter(|field| !beside.contains(field)).collect();
        assert_eq!(guessed, expected);
        assert_eq!(head.preview.len(), 2);
    }
}
