//! Phone numbers as they are compared: `+49 30 1234567`, `0049 (30) 1234567` and, in Germany, `030/1234567` are one.

pub use rlibphonenumber::enums::Region;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat};

/// Digits that a number of the world has, its country code included. Fewer are an extension or a typo, which many
/// clients may share.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// The number in E.164, or none when it cannot be told: it is no number, or has no + and there is no region.
#[must_use]
pub fn e164(phone: &str, region: Option<Region>) -> Option<String> {
    let number = PHONE_NUMBER_UTIL.parse(phone, region).ok()?;
    let e164 = number.format_as(PhoneNumberFormat::E164).into_owned();
    let digits = e164.strip_prefix('+')?.len();
    DIGITS.contains(&digits).then_some(e164)
}

/// The region of an ISO 3166 code, when phone numbers are known of it.
#[must_use]
pub fn region(code: &str) -> Option<Region> {
    let region = code.parse().ok().filter(|_| code.chars().all(|c| c.is_ascii_uppercase()));
    region.filter(|region| PHONE_NUMBER_UTIL.get_supported_regions().any(|known| known == *region))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_has_one_key_however_it_is_written() {
        let germany = region("DE");
        for same in ["+49 30 1234567", "0049 (30) 1234567", "030/1234567", "030 123 45 67", "+49 (0)30 1234567"] {
            assert_eq!(e164(same, germany).as_deref(), Some("+49301234567"), "{same}");
        }
        assert_eq!(e164("+49 30 1234567", None).as_deref(), Some("+49301234567"));
        assert_eq!(e164("(650) 253-0000 x12", region("US")).as_deref(), Some("+16502530000"));
    }

    #[test]
    fn what_cannot_be_told_has_no_key() {
        assert_eq!(e164("030 1234567", None), None, "of which country?");
        for no in ["", "-", "12", "+", "+49 30", "+999 1234567", "x"] {
            assert_eq!(e164(no, region("DE")), None, "{no}");
        }
    }

    #[test]
    fn regions_are_those_with_numbers() {
        assert!(region("CH").is_some());
        for no in ["", "ZZ", "de", "DEU", "001"] {
            assert_eq!(region(no), None, "{no}");
        }
    }
}
