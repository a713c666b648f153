//! Searches in a list of clients.

/// What is asked: its name, and the query.
pub(super) const SEARCHES: [(&str, &str); 20] = [
    ("nothing but the list", ""),
    ("the list by company, from the end", "sort=-company"),
    ("one letter", "search=a"),
    ("two letters", "search=an"),
    ("two letters that begin few words", "search=qx"),
    ("a common word", "search=sound&sort=email"),
    ("the domain of a fifth of all addresses", "search=gmail&sort=-createdAt"),
    ("a first name", "search=zoe"),
    ("a first name, newest first", "search=zoe&sort=-createdAt"),
    ("two words", "search=zoe+muller"),
    ("four words, the last first", "search=com+kite+muller+zoe"),
    ("one client", "search=c777x"),
    ("none", "search=nobody+at+all&sort=company"),
    ("two that no client has together", "search=outlook+gmail"),
    ("a phone number as it is dialled", "search=0151+0000777"),
    ("archived", "status=archived"),
    ("a rare genre", "genre=polka&sort=email"),
    ("a rating and a genre", "satisfaction=3&genre=jazz"),
    ("without an address, with a word", "email=no&search=hansen"),
    (
        "an hour of last year, with a word",
        "search=anna&createdFrom=2025-03-01T10:00:00Z&createdBefore=2025-03-01T11:00:00Z",
    ),
];
