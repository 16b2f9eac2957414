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
    use regex::Regex;

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
