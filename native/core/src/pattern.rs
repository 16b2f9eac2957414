//! Regular expressions, made ready when the first text is held against them.

use std::sync::OnceLock;

use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::util::syntax;
use regex_automata::{Input, meta};

/// A table of states of more bytes is not made: the pattern then goes to an engine that makes states as it needs them.
const LARGEST_TABLE: usize = 256 * 1024;

/// So much more is needed while a table is made.
const LARGEST_SCRATCH: usize = 2 * 1024 * 1024;

/// A pattern that means to this engine what it means to those of Python and JSON Schema.
#[derive(Debug)]
pub struct Pattern {
    source: String,
    /// Most patterns of a rule set are of fields that a file does not have.
    machine: OnceLock<Option<Machine>>,
}

#[derive(Debug)]
enum Machine {
    /// One look into a table for each byte: of short texts, three times as quick as the other.
    Table(Box<dense::DFA<Vec<u32>>>),
    Regex(Box<meta::Regex>),
}

impl Pattern {
    /// The pattern; None for one that may mean another thing to this engine.
    pub fn of(source: &str) -> Option<Self> {
        // What stands behind a backslash may mean another thing to this engine, unless it is no letter, or a byte.
        let mut rest = source.as_bytes();
        while let Some(at) = memchr::memchr(b'\\', rest) {
            match rest.get(at + 1) {
                Some(byte) if is_plain_escape(*byte) => rest = &rest[at + 2..],
                Some(b'x') if rest[at + 2..].iter().take(2).filter(|each| each.is_ascii_hexdigit()).count() == 2 => {
                    rest = &rest[at + 4..];
                }
                _ => return None,
            }
        }
        Some(Pattern { source: source.to_owned(), machine: OnceLock::new() })
    }

    /// Whether it is found in a text; None where no engine takes the pattern.
    pub fn is_in(&self, text: &[u8]) -> Option<bool> {
        match self.machine.get_or_init(|| Machine::of(&self.source)).as_ref()? {
            Machine::Table(table) => {
                table.try_search_fwd(&Input::new(text).earliest(true)).ok().map(|found| found.is_some())
            }
            Machine::Regex(regex) => Some(regex.is_match(text)),
        }
    }
}

impl Machine {
    fn of(source: &str) -> Option<Self> {
        let of_bytes = syntax::Config::new().utf8(false);
        let limits = dense::Config::new()
            .start_kind(StartKind::Unanchored)
            .accelerate(false)
            .dfa_size_limit(Some(LARGEST_TABLE))
            .determinize_size_limit(Some(LARGEST_SCRATCH));
        if let Ok(table) = dense::Builder::new().syntax(of_bytes).configure(limits).build(source) {
            return Some(Machine::Table(Box::new(table)));
        }
        let regex =
            meta::Builder::new().syntax(of_bytes).configure(meta::Config::new().utf8_empty(false)).build(source);
        regex.ok().map(|regex| Machine::Regex(Box::new(regex)))
    }
}

/// Whether a byte behind a backslash stands for one character, to every engine the same.
fn is_plain_escape(byte: u8) -> bool {
    matches!(byte, b't' | b'r' | b'n' | b'f' | b'v') || (byte.is_ascii_punctuation() && !matches!(byte, b'<' | b'>'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By each of the two machines.
    fn answers(source: &str, text: &str) -> [Option<bool>; 2] {
        let by_table = Pattern::of(source).expect("it is known").is_in(text.as_bytes());
        let regex = meta::Regex::new(source).map(|regex| regex.is_match(text)).ok();
        [by_table, regex]
    }

    #[test]
    fn both_machines_say_the_same() {
        let patterns =
            ["^a*$", "b", "^[^@ ]+@[^@ ]+$", "^$|^x{2,3}$", "^(?:ä|[^a-z])+$", "a.c", "\\.$", "^[\\x00-\\x7F]*$"];
        let texts =
            ["", "a", "aaa", "b", "abc", "ä@b", "a@b\n", "xx", "xxxx", "äÖ", "a\nc", "x.", "a\u{1F600}c", "\u{7f}"];
        for (pattern, text) in patterns.iter().flat_map(|each| texts.map(|text| (each, text))) {
            let [table, regex] = answers(pattern, text);
            assert_eq!(table, regex, "{pattern} in {text:?}");
        }
    }

    #[test]
    fn a_pattern_whose_table_would_be_too_large_is_asked_all_the_same() {
        let source = format!("^[^a]*a[^a]{{{}}}$", 400);
        let text = "b".repeat(10) + "a" + &"c".repeat(400);
        assert!(matches!(Machine::of("^[ab]*a[ab]{18}$"), Some(Machine::Regex(_))));
        assert_eq!(answers(&source, &text), [Some(true); 2]);
        assert_eq!(answers(&source, &text[1..400]), [Some(false); 2]);
    }

    #[test]
    fn what_may_mean_another_thing_or_is_no_pattern_has_no_answer() {
        assert!(["\\d", "\\w", "\\<", "\\b", "\\xZ0", "\\"].iter().all(|source| Pattern::of(source).is_none()));
        assert_eq!(Pattern::of("(").expect("no escape is in it").is_in(b"("), None);
    }
}
