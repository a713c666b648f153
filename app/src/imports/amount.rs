//! Amounts of money as people write them in spreadsheets.

/// The amount in minor units of `currency`, or `None` when it cannot be told what is meant. Understands `1500`,
/// `1500.00`, `1,500.00`, `1.500,00`, `1 500`, `1'500` and `1500,-`, with the code or sign of that currency before or
/// after. Anything else beside the digits (`5k`, `(500)`, another currency) may change what is meant, so it is not cut off.
#[must_use]
pub fn minor_units(text: &str, currency: &str) -> Option<i64> {
    let text = without_currency(text.trim(), currency)?;
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

/// Without the code or a sign of the currency before or after the digits; `None` when something else stands there.
fn without_currency<'a>(text: &'a str, currency: &str) -> Option<&'a str> {
    let is_digit = |c: char| c.is_ascii_digit();
    let digit = text.find(is_digit)?;
    // a point before the first digit is the amount's (`.5`), unless it is the sign's (`Fr.5`)
    let pointed = text.get(..digit)?.strip_suffix(['.', ',']).map(str::len);
    let begins = |at: &usize| text.get(..*at).is_some_and(|before| names(currency, before.trim()));
    let rest = text.get([Some(digit), pointed].into_iter().flatten().find(begins)?..)?;
    let end = rest.rfind(is_digit)? + 1;
    let after = rest.get(end..)?;
    let after = [",-", ".-", ",–", ".–", ",—", ".—"].iter().find_map(|dash| after.strip_prefix(dash)).unwrap_or(after);
    if names(currency, after.trim()) { rest.get(..end) } else { None }
}

/// Whether this is nothing, the currency's code, or a sign by which it goes.
fn names(currency: &str, text: &str) -> bool {
    if text.is_empty() || text.eq_ignore_ascii_case(currency) {
        return true;
    }
    let goes_by: &[&str] = match text.to_lowercase().as_str() {
        "€" | "euro" | "euros" => &["EUR"],
        "$" => &["USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "ARS", "CLP", "COP", "BRL"],
        "us$" => &["USD"],
        "c$" | "ca$" => &["CAD"],
        "a$" | "au$" => &["AUD"],
        "nz$" => &["NZD"],
        "s$" => &["SGD"],
        "hk$" => &["HKD"],
        "r$" => &["BRL"],
        "£" => &["GBP", "EGP", "GIP", "FKP"],
        "¥" | "￥" => &["JPY", "CNY"],
        "円" => &["JPY"],
        "元" => &["CNY"],
        "kr" | "kr." => &["SEK", "NOK", "DKK", "ISK"],
        "fr" | "fr." | "sfr" | "sfr." => &["CHF"],
        "zł" => &["PLN"],
        "kč" => &["CZK"],
        "ft" => &["HUF"],
        "lei" => &["RON", "MDL"],
        "₹" | "rs" | "rs." => &["INR"],
        "₺" => &["TRY"],
        "₽" => &["RUB"],
        "₴" => &["UAH"],
        "₪" => &["ILS"],
        "₩" => &["KRW"],
        "₫" => &["VND"],
        "฿" => &["THB"],
        "₱" => &["PHP"],
        "₦" => &["NGN"],
        "r" => &["ZAR"],
        _ => &[],
    };
    goes_by.iter().any(|code| code.eq_ignore_ascii_case(currency))
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
            ("$1,500 USD", "USD", 150_000),
            ("usd 1500", "USD", 150_000),
            ("1500 €", "EUR", 150_000),
            ("1500,-", "EUR", 150_000),
            ("Fr. 1500.–", "CHF", 150_000),
            ("5 000 000 kr", "SEK", 500_000_000),
            ("€ .5", "EUR", 50),
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
        for text in [
            "5k",
            "€ 5k",
            "2 Mio",
            "1.5M",
            "(500)",
            "−500",
            "50%",
            "1500/day",
            "#5",
            "$1500",
            "1500 USD",
            "£1,200",
            "5 000 000 kr",
            "-5 €",
            "€-5",
            "5-",
            "~5",
            ">5",
            "5 5€",
            "5 EUR USD",
            ".",
            "€",
            "1500,--",
        ] {
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
