//! A part of a text, gone through value by value; several threads may each have one.

use crate::answer::{Answer, Refused};
use crate::ask::Fields;
use crate::envelope::{Envelope, Opened};
use crate::facts::Fact;
use crate::known::Known;
use crate::plan::{RecordType, read_fields};
use crate::scan::{Kind, Scanner, Sure, Value};
use crate::seam::Seam;
use crate::table::Table;

/// From one place where values can be read again to the next, there are at least so many bytes.
const BETWEEN_MARKS: usize = 128 * 1024;

/// So many values that are not vouched for are given at a time.
const MOST_REFUSED: usize = 8192;

/// What records are asked, the same for all threads.
pub struct Checker {
    pub envelope: Envelope,
    pub types: Vec<RecordType>,
    /// A value of more bytes, with the white space around it, is beyond what is known here.
    pub longest: usize,
    /// How the rows of a table are written.
    pub table: Table,
}

/// Room that is used again for each part.
#[derive(Default)]
pub struct Room {
    pub fields: Fields,
    /// What the envelope gives its entries.
    pub outer: Vec<Value>,
    facts: Vec<Fact>,
    key: Vec<u8>,
    /// The keys that were seen defined since the thread began with its part.
    pub known: Known,
}

/// How a text begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// Nothing stands before a value; in an array, a bracket may follow at once.
    Nothing,
    /// A value does: in an array, its comma or bracket follows.
    Value,
}

pub struct Part<'a> {
    checker: &'a Checker,
    /// The keys that were seen defined before the part.
    known: &'a Known,
    room: &'a mut Room,
    text: &'a [u8],
    scanner: Scanner<'a>,
    answer: Answer,
    counted_to: usize,
    /// Whether rows are counted, in place of lines.
    has_rows: bool,
    marked: usize,
    seam: Option<Seam>,
}

impl<'a> Part<'a> {
    pub fn new(checker: &'a Checker, known: &'a Known, room: &'a mut Room, text: &'a [u8], begin: usize) -> Self {
        Part {
            checker,
            known,
            room,
            text,
            scanner: Scanner::new(text),
            answer: Answer { consumed: begin, ..Answer::of(&checker.types) },
            counted_to: begin,
            has_rows: false,
            marked: 0,
            seam: None,
        }
    }

    /// What was found, and the first seam between two values.
    pub fn done(mut self) -> (Answer, Option<Seam>) {
        self.answer.lines = self.lines_before(self.answer.consumed);
        (self.answer, self.seam)
    }

    /// Goes through values of an array up to the first comma at `until` or behind it.
    pub fn go_through_array(&mut self, mut before: Before, until: usize) {
        let mut last: Option<(usize, usize)> = None;
        while self.answer.consumed < until && !self.pauses() {
            self.scanner.at = self.answer.consumed;
            self.scanner.skip_space();
            if before == Before::Value {
                if self.scanner.is_at_end() || self.scanner.peek() != b',' {
                    self.answer.stuck = !self.scanner.is_at_end();
                    return;
                }
                self.scanner.at += 1;
                self.scanner.skip_space();
            }
            if self.scanner.is_at_end() {
                return;
            }
            let begin = self.scanner.at;
            if let (Some((end, mark)), None) = (last, &self.seam) {
                self.seam = Seam::between(self.text, end, mark, begin);
            }
            let opened = self.open();
            let end = if opened.is_ok() { self.scanner.at } else { self.text_end(begin) };
            self.scanner.at = end;
            self.scanner.skip_space();
            // Invariant: a value is kept only where its comma or bracket is there: what is cut off may go on as a number.
            if self.scanner.is_at_end() {
                return;
            }
            let mark = self.scanner.at;
            if !matches!(self.scanner.peek(), b',' | b']') || end == begin || mark - begin > self.checker.longest {
                self.answer.stuck = true;
                return;
            }
            self.take(opened.ok(), begin, end);
            self.answer.consumed = mark;
            last = Some((end, mark));
            before = Before::Value;
        }
    }

    /// Goes through lines up to the first that begins at `until` or behind it. The last one need not end if `is_all`.
    pub fn go_through_lines(&mut self, until: usize, is_all: bool) {
        while self.answer.consumed < until && !self.pauses() {
            let begin = self.answer.consumed;
            let end = match memchr::memchr(b'\n', &self.text[begin..]) {
                Some(length) => begin + length,
                None if is_all => self.text.len(),
                None => return,
            };
            if end - begin > self.checker.longest {
                self.answer.stuck = true;
                return;
            }
            // Invariant: the scanner sees the line alone, so that a value ends in the line that it begins in.
            self.scanner.bytes = &self.text[..end];
            self.scanner.at = begin;
            self.scanner.skip_space();
            if !self.scanner.is_at_end() {
                let begin = self.scanner.at;
                let opened = self.open();
                let value_end = self.scanner.at;
                self.scanner.skip_space();
                let is_whole = opened.is_ok() && self.scanner.is_at_end();
                self.take(opened.ok().filter(|_| is_whole), begin, if is_whole { value_end } else { end });
            }
            self.answer.consumed = self.text.len().min(end + 1);
        }
    }

    /// Goes through rows up to the first that begins at `until` or behind it. The last one need not end if `is_all`.
    pub fn go_through_rows(&mut self, until: usize, is_all: bool) {
        self.has_rows = true;
        let seen = &self.text[self.answer.consumed..];
        let is_plain = seen.is_ascii() && memchr::memchr(0, seen).is_none();
        while self.answer.consumed < until && !self.pauses() {
            let begin = self.answer.consumed;
            self.room.fields.begin(self.checker.types[0].schema.names.len());
            let Some(row) = self.checker.table.read(self.text, begin, is_all, is_plain, &mut self.room.fields) else {
                self.answer.stuck = is_all;
                return;
            };
            if row.end - begin > self.checker.longest {
                self.answer.stuck = true;
                return;
            }
            if !row.is_blank {
                let fields = Value::plain(Kind::Object, begin, row.end);
                let opened = row.is_fine.then_some(Opened::Record { record_type: 0, fields, is_read: true });
                self.take(opened, begin, row.end);
            }
            self.answer.lines += 1;
            self.answer.consumed = row.end;
        }
    }

    fn pauses(&mut self) -> bool {
        self.answer.paused = self.answer.refused.len() >= MOST_REFUSED;
        self.answer.paused
    }

    fn open(&mut self) -> Sure<Opened> {
        let opened = self.checker.envelope.open(&self.checker.types, self.text, &mut self.scanner, self.room);
        if opened.is_err() {
            self.scanner.forget();
        }
        opened
    }

    /// Where a value ends that is beyond what the scanner knows.
    fn text_end(&mut self, begin: usize) -> usize {
        self.scanner.at = begin;
        self.scanner.skip_value();
        self.scanner.at
    }

    /// Takes in a value, which is not vouched for where it is not opened.
    fn take(&mut self, opened: Option<Opened>, begin: usize, end: usize) {
        let number = self.answer.count;
        if self.answer.values == 0 || begin - self.marked >= BETWEEN_MARKS {
            let lines = self.lines_before(begin);
            self.answer.marks.push((number, narrow(begin), lines));
            self.marked = begin;
        }
        self.answer.values += 1;
        let entries = match opened {
            Some(Opened::Record { record_type, fields, is_read }) if self.is_fine(record_type, fields, is_read) => {
                self.keep(record_type, number);
                self.answer.count += 1;
                return;
            }
            Some(Opened::Entries { record_type, entries }) => {
                self.answer.named[record_type] = true;
                Some(self.take_entries(record_type, &entries))
            }
            // How many entries there are in the value, whoever reads it will see; here it counts as none.
            _ => None,
        };
        if entries.as_ref().is_some_and(Vec::is_empty) {
            return;
        }
        if entries.is_none() && !self.checker.envelope.has_entries() {
            self.answer.count += 1;
        }
        let lines = self.lines_before(begin);
        self.answer.refused.push(Refused { number, begin: narrow(begin), end: narrow(end), lines, entries });
    }

    /// Takes in the records of a value whose envelope is right; the numbers in it of those that are not vouched for.
    fn take_entries(&mut self, record_type: usize, entries: &[Value]) -> Vec<u32> {
        let mut refused = Vec::new();
        for (at, entry) in entries.iter().enumerate() {
            let number = self.answer.count;
            self.answer.count += 1;
            if self.is_fine(record_type, *entry, false) {
                self.keep(record_type, number);
            } else {
                refused.push(narrow(at));
            }
        }
        refused
    }

    fn is_fine(&mut self, number: usize, mut value: Value, is_read: bool) -> bool {
        let record_type = &self.checker.types[number];
        if let Some(wrap) = record_type.wrap {
            self.room.fields.begin(record_type.schema.names.len());
            self.room.fields.put(wrap, value);
            value = Value::plain(Kind::Object, value.begin, value.end);
        } else if value.kind != Kind::Object {
            return false;
        } else if !is_read {
            let mut again = Scanner::new(&self.text[..value.end]);
            again.at = value.begin;
            if read_fields(record_type, &mut again, &mut self.room.fields, 1).is_err() {
                return false;
            }
        }
        self.checker.envelope.add_outer(record_type, self.room) && self.vouches(record_type, &value)
    }

    /// Whether nothing is wrong with the record whose fields are in the room. Its facts then are, too.
    fn vouches(&mut self, record_type: &RecordType, value: &Value) -> bool {
        let Room { fields, facts, key, .. } = &mut *self.room;
        if !record_type.accepts(self.text, value, fields) {
            return false;
        }
        facts.clear();
        let asker = record_type.asker(self.text);
        let mut streams = record_type.streams.iter().enumerate();
        streams.all(|(place, stream)| stream.read(place, &asker, fields, key, facts).is_ok())
    }

    fn keep(&mut self, record_type: usize, number: u32) {
        self.answer.vouched[record_type] += 1;
        if self.checker.types[record_type].wants_numbers {
            self.answer.numbers[record_type].push(number);
        }
        let Room { facts, known, .. } = &mut *self.room;
        for fact in facts.drain(..) {
            let stream = &self.checker.types[record_type].streams[fact.stream];
            if let Some(space) = stream.defines {
                known.define(space, fact.digest);
            }
            let is_defined = |space| known.is_defined(space, fact.digest) || self.known.is_defined(space, fact.digest);
            if stream.refers.is_some_and(is_defined) {
                continue;
            }
            let facts = &mut self.answer.facts[record_type][fact.stream];
            if stream.is_once() && !facts.at.is_empty() {
                continue;
            }
            facts.digests.extend_from_slice(&fact.digest.to_be_bytes());
            facts.at.push(number);
            if stream.is_listed() {
                facts.items.push(fact.item);
            }
            if let Some(payload) = fact.payload {
                facts.payloads.extend_from_slice(&payload.to_be_bytes());
            }
        }
    }

    /// How many lines end before a place, which is not before the last one that was asked for.
    fn lines_before(&mut self, place: usize) -> u32 {
        if place > self.counted_to && !self.has_rows {
            self.answer.lines += narrow(memchr::memchr_iter(b'\n', &self.text[self.counted_to..place]).count());
            self.counted_to = place;
        }
        self.answer.lines
    }
}

/// Texts are far shorter than 4 GiB: `check` is given pieces of a file.
fn narrow(place: usize) -> u32 {
    u32::try_from(place).expect("a text is shorter than 4 GiB")
}
