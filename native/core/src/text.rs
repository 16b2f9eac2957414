//! What texts say.

use std::borrow::Cow;

use crate::scan::{Escapes, Value};

/// The bytes that a text says, with its escapes put in.
pub fn content<'a>(bytes: &'a [u8], text: &Value) -> Cow<'a, [u8]> {
    let raw = &bytes[text.begin..text.end];
    match text.escapes {
        Escapes::None => Cow::Borrowed(raw),
        Escapes::Json => Cow::Owned(unescaped(raw)),
        Escapes::Doubled => Cow::Owned(with_single_quotes(raw)),
    }
}

/// How many characters a text has.
pub fn characters(bytes: &[u8], text: &Value) -> u64 {
    let content = content(bytes, text);
    let continuing = if text.ascii && text.escapes == Escapes::None {
        0
    } else {
        content.iter().filter(|byte| **byte & 0xC0 == 0x80).count()
    };
    (content.len() - continuing) as u64
}

fn with_single_quotes(raw: &[u8]) -> Vec<u8> {
    let mut said = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'"', rest) {
        said.extend_from_slice(&rest[..=at]);
        rest = &rest[rest.len().min(at + 2)..];
    }
    said.extend_from_slice(rest);
    said
}

/// Invariant: the scanner has seen that the escapes are whole, and that surrogates stand in pairs.
fn unescaped(raw: &[u8]) -> Vec<u8> {
    let mut said = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        said.extend_from_slice(&rest[..at]);
        let (character, length) = match rest[at + 1] {
            b'b' => ('\u{8}', 2),
            b'f' => ('\u{c}', 2),
            b'n' => ('\n', 2),
            b'r' => ('\r', 2),
            b't' => ('\t', 2),
            b'u' => code_point(&rest[at..]),
            other => (char::from(other), 2),
        };
        said.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        rest = &rest[at + length..];
    }
    said.extend_from_slice(rest);
    said
}

/// The character that one or two escapes with four digits say, and their length.
fn code_point(escapes: &[u8]) -> (char, usize) {
    let unit = |at: usize| {
        escapes[at + 2..at + 6].iter().fold(0, |code, byte| code << 4 | char::from(*byte).to_digit(16).unwrap_or(0))
    };
    let first = unit(0);
    if !(0xD800..0xDC00).contains(&first) {
        return (char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), 6);
    }
    let both = 0x1_0000 + ((first - 0xD800) << 10) + (unit(6) & 0x3FF);
    (char::from_u32(both).unwrap_or(char::REPLACEMENT_CHARACTER), 12)
}
