//! RFC 3339 timestamps, as the rules take them.

/// Whether a text is a timestamp: `T` and `Z` in capitals or an offset, a date that exists, seconds up to 59.
pub fn is_timestamp(text: &[u8]) -> bool {
    let Some((moment, rest)) = text.split_at_checked(19) else { return false };
    let is_laid_out = moment.iter().enumerate().all(|(at, byte)| match at {
        4 | 7 => *byte == b'-',
        10 => *byte == b'T',
        13 | 16 => *byte == b':',
        _ => byte.is_ascii_digit(),
    });
    if !is_laid_out {
        return false;
    }
    let two = |at: usize| u32::from(moment[at] - b'0') * 10 + u32::from(moment[at + 1] - b'0');
    let year = two(0) * 100 + two(2);
    (1..=days_in(year, two(5))).contains(&two(8))
        && two(11) < 24
        && two(14) < 60
        && two(17) < 60
        && is_zone(without_fraction(rest))
}

/// The moment that a timestamp says, the same for any offset and any zeros at its end: the seconds since the beginning of
/// the calendar, a point, and the digits that follow. None of what is no timestamp.
pub fn moment(text: &[u8]) -> Option<String> {
    if !is_timestamp(text) {
        return None;
    }
    let number = |digits: &[u8]| digits.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
    let rest = &text[19..];
    let zone = without_fraction(rest);
    let fraction = rest[..rest.len() - zone.len()].strip_prefix(b".").unwrap_or_default();
    let behind = match zone {
        [sign, ten, one, b':', minutes @ ..] => {
            (number(&[*ten, *one]) * 60 + number(minutes)) * if *sign == b'+' { 1 } else { -1 }
        }
        _ => 0,
    };
    let days = days_before(number(&text[..4]), number(&text[5..7]), number(&text[8..10]));
    let minutes = (days * 24 + number(&text[11..13])) * 60 + number(&text[14..16]) - behind;
    let seconds = minutes * 60 + number(&text[17..19]);
    let digits = fraction.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1);
    Some(format!("{seconds}.{}", String::from_utf8_lossy(&fraction[..digits])))
}

/// The number of a day in the Gregorian calendar.
fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month) } else { (year - 1, month + 12) };
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (153 * month - 457) / 5 + day
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 0,
    }
}

/// What follows a fraction of a second; what is no zone, where there are no digits behind the point.
fn without_fraction(rest: &[u8]) -> &[u8] {
    let Some(fraction) = rest.strip_prefix(b".") else { return rest };
    let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 { rest } else { &fraction[digits..] }
}

fn is_zone(zone: &[u8]) -> bool {
    match zone {
        b"Z" => true,
        [b'+' | b'-', hour @ .., b':', ten, one] => {
            let two = |tens: u8, ones: u8| {
                (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| (tens - b'0') * 10 + ones - b'0')
            };
            matches!(hour, [tens, ones] if two(*tens, *ones).is_some_and(|hours| hours < 24))
                && two(*ten, *one).is_some_and(|minutes| minutes < 60)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use regex_automata::meta::Regex;

    const DAY: &str = "(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8])";
    const LEAP: &str = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29";
    const TIME: &str =
        r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])";

    proptest! {
        #[test]
        fn it_is_what_the_pattern_of_the_rules_takes(
            text in "(19|20)?[0-9]{2}-[012][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,3})?(Z|z|[+-][0-2][0-9]:?[0-6][0-9])?.?"
        ) {
            let pattern = Regex::new(&format!("^(?:(?:[0-9]{{4}}-(?:{DAY})|{LEAP})T{TIME})$")).unwrap();
            prop_assert_eq!(is_timestamp(text.as_bytes()), pattern.is_match(&text));
        }
    }

    #[test]
    fn a_moment_is_the_same_however_it_is_written() {
        let texts = ["2024-02-29T23:30:00Z", "2024-03-01T01:00:00.000+01:30", "2024-02-29T22:30:00.0-01:00"];
        assert_eq!(days_before(2024, 2, 29), 739_251);
        let seconds = (739_251_i64 * 24 + 23) * 3600 + 30 * 60;
        assert!(texts.iter().all(|text| moment(text.as_bytes()) == Some(format!("{seconds}."))));
        assert_eq!(moment(b"2024-02-29T23:30:00.1200Z"), Some(format!("{seconds}.12")));
        assert_eq!(moment(b"0000-01-01T00:00:00Z"), Some(format!("{}.", days_before(0, 1, 1) * 86_400)));
        assert_eq!(moment(b"2024-02-30T23:30:00Z"), None);
    }

    #[test]
    fn days_that_are_not_there_are_none() {
        assert!(is_timestamp(b"2024-02-29T00:00:00Z"));
        assert!(is_timestamp(b"2000-02-29T23:59:59.123456789012+23:59"));
        for text in
            ["2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2024-00-01T00:00:00Z", "2024-04-31T00:00:00Z", "", "2024"]
        {
            assert!(!is_timestamp(text.as_bytes()), "{text}");
        }
    }
}
