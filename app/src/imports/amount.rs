//! Amounts of money as people write them in spreadsheets.

/// The amount in minor units of `currency`, or `None` when it cannot be told what is meant. Understands `1500`,
/// `1500.00`, `1,500.00`, `1.500,00`, `1 500`, `1'500`, with a sign of a currency before or after.
#[must_use]
pub fn minor_units(text: &str, currency: &str) -> Option<i64> {
    let text = text.trim().trim_matches(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',' | '-'));
    let digits_after = decimals(currency);
    let last = text.rfind(['.', ',']);
    // three digits after the only kind of mark are thousands, unless the currency has thousandths
    let point = last.filter(|at| {
        let mark = text.get(*at..*at + 1).unwrap_or_default();
        let fraction = text.len() - at - 1;
        text.matches(mark).count() == 1 && (fraction != 3 || digits_after == 3 || text.starts_with("0"))
    });
    let (whole, fraction) = match point {
        Some(at) => (text.get(..at)?, text.get(at + 1..)?),
        None => (text, ""),
    };
    let mut units: i64 = 0;
    let mut since_mark = None;
    for c in whole.chars() {
        match c {
            '0'..='9' => {
                units = units.checked_mul(10)?.checked_add(i64::from(c.to_digit(10)?))?;
                since_mark = since_mark.map(|digits: u32| digits + 1);
            }
            '.' | ',' | ' ' | '\u{a0}' | '\u{202f}' | '\'' | '’' if since_mark.is_none_or(|digits| digits == 3) => {
                since_mark = Some(0);
            }
            _ => return None,
        }
    }
    if since_mark.is_some_and(|digits| digits != 3) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let mut minor = units;
    let mut fraction = fraction.chars();
    for _ in 0..digits_after {
        let digit = match fraction.next() {
            Some(c) => c.to_digit(10)?,
            None => 0,
        };
        minor = minor.checked_mul(10)?.checked_add(i64::from(digit))?;
    }
    // what the currency has no coins for must be nothing
    fraction.all(|c| c == '0').then_some(minor)
}

/// The amount as [`minor_units`] reads it again, such as `1500.50`.
#[must_use]
pub fn written(minor: i64, currency: &str) -> String {
    let one = 10_i64.pow(decimals(currency));
    if one == 1 {
        return minor.to_string();
    }
    format!("{}.{:0width$}", minor / one, minor % one, width = decimals(currency) as usize)
}

/// Digits after the point, ISO 4217.
fn decimals(currency: &str) -> u32 {
    match currency.to_ascii_uppercase().as_str() {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write() {
        for (text, currency, minor) in [
            ("1500", "EUR", 150_000),
            ("1500.5", "EUR", 150_050),
            ("1,500.00", "USD", 150_000),
            ("1.500,00", "EUR", 150_000),
            ("1.500", "EUR", 150_000),
            ("1,500", "USD", 150_000),
            ("1.234.567", "EUR", 123_456_700),
            ("$ 1 500", "USD", 150_000),
            ("1'500.50 CHF", "CHF", 150_050),
            ("€99,90", "EUR", 9_990),
            ("0.50", "EUR", 50),
            (".5", "EUR", 50),
            ("1500", "JPY", 1_500),
            ("1,500", "JPY", 1_500),
            ("1500.00", "JPY", 1_500),
            ("1.250", "KWD", 1_250),
            ("0", "EUR", 0),
        ] {
            assert_eq!(minor_units(text, currency), Some(minor), "{text} {currency}");
        }
    }

    #[test]
    fn what_cannot_be_told_is_not_guessed() {
        for text in ["", "many", "-5", "1-2", "1,50,000", "12 34", "1.2.3", "9223372036854775807", "1e9", "1.005,5,0"] {
            assert_eq!(minor_units(text, "EUR"), None, "{text}");
        }
        assert_eq!(minor_units("15.50", "JPY"), None);
        assert_eq!(minor_units("15.505", "EUR"), Some(1_550_500));
    }

    #[test]
    fn what_is_written_is_read_again() {
        for currency in ["EUR", "JPY", "KWD"] {
            for minor in [0, 1, 9, 10, 99, 100, 999, 1_000, 1_005, 1_234_567, 9_007_199_254_740_991] {
                assert_eq!(minor_units(&written(minor, currency), currency), Some(minor), "{minor} {currency}");
            }
        }
    }
}
