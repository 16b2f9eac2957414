//! The lane: records of a part of a file gone through in order; what nothing is wrong with is counted, and its facts kept.

use crate::ask::{Asker, Fields};
use crate::facts::{Fact, Known, Stream};
use crate::plan::{Envelope, PlanSource, RecordType};
use crate::scan::{Doubt, Kind, Scanner, Sure, Value};
use crate::text::content;

/// How records stand in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// A JSON array with its brackets.
    Array,
    /// One record on each line; no blank lines.
    Lines,
}

/// A record that is not vouched for: its number in the text, and where it begins and ends.
pub type Refused = (u32, u32, u32);

/// What was found in a text.
#[derive(Debug, Default)]
pub struct Answer {
    /// How many records there are, all in all.
    pub count: u32,
    /// Of each type, how many records are vouched for.
    pub vouched: Vec<u32>,
    /// The numbers of the records that are vouched for, of types for which they are wanted.
    pub numbers: Vec<Vec<u32>>,
    pub refused: Vec<Refused>,
    /// Of each type, the facts of its streams.
    pub facts: Vec<Vec<StreamFacts>>,
}

/// The facts of one stream, as columns. `items` and `payloads` are empty where the stream has none.
#[derive(Debug, Default, Clone)]
pub struct StreamFacts {
    pub stream: u32,
    /// 16 bytes each, the highest first.
    pub digests: Vec<u8>,
    /// The number of the record in the text.
    pub at: Vec<u32>,
    pub items: Vec<u32>,
    pub payloads: Vec<u8>,
}

pub struct Lane {
    envelope: Envelope,
    types: Vec<RecordType>,
    names: std::collections::HashMap<Vec<u8>, usize>,
    known: Known,
    room: Room,
}

/// Room that is used again for each record.
#[derive(Default)]
struct Room {
    fields: Fields,
    facts: Vec<Fact>,
    key: Vec<u8>,
}

/// A record out of its envelope.
struct Opened {
    /// None where the envelope is not as it should be, or names no type.
    record_type: Option<usize>,
    /// The object with the fields, and whether they are in the room already.
    fields: Option<(Value, bool)>,
}

impl Lane {
    pub fn new(source: PlanSource) -> Self {
        Lane {
            types: source.types.iter().map(|each| RecordType::of(each, &source.timestamp)).collect(),
            names: source.names.into_iter().map(|(name, number)| (name.into_bytes(), number)).collect(),
            known: Known::new(source.spaces, source.most_known),
            envelope: source.envelope,
            room: Room::default(),
        }
    }

    /// Goes through a text. In doubt about any value as JSON, there is no answer: whoever knows more reads all of it.
    pub fn check(&mut self, text: &[u8], layout: Layout) -> Sure<Answer> {
        let mut answer = Answer {
            vouched: vec![0; self.types.len()],
            numbers: vec![Vec::new(); self.types.len()],
            facts: self.types.iter().map(no_facts).collect(),
            ..Answer::default()
        };
        match layout {
            Layout::Array => self.check_array(text, &mut answer)?,
            Layout::Lines => self.check_lines(text, &mut answer)?,
        }
        Ok(answer)
    }

    fn check_array(&mut self, text: &[u8], answer: &mut Answer) -> Sure<()> {
        let mut scanner = Scanner::new(text);
        scanner.skip_space();
        if scanner.peek() != b'[' {
            return Err(Doubt::Malformed);
        }
        scanner.items(0, |scanner| self.check_value(text, scanner, answer))?;
        scanner.skip_space();
        if scanner.is_at_end() { Ok(()) } else { Err(Doubt::Malformed) }
    }

    fn check_lines(&mut self, text: &[u8], answer: &mut Answer) -> Sure<()> {
        let mut begin = 0;
        while begin < text.len() {
            let end = memchr::memchr(b'\n', &text[begin..]).map_or(text.len(), |length| begin + length);
            // What a scanner of the text up to the line's end takes for white space is in the line.
            let mut scanner = Scanner::new(&text[..end]);
            scanner.at = begin;
            scanner.skip_space();
            self.check_value(text, &mut scanner, answer)?;
            scanner.skip_space();
            if !scanner.is_at_end() {
                return Err(Doubt::Malformed);
            }
            begin = end + 1;
        }
        Ok(())
    }

    fn check_value(&mut self, text: &[u8], scanner: &mut Scanner, answer: &mut Answer) -> Sure<()> {
        let begin = scanner.at;
        let opened = self.open(text, scanner)?;
        let number = answer.count;
        answer.count += 1;
        if let Opened { record_type: Some(record_type), fields: Some((value, is_read)) } = opened {
            if !is_read {
                let mut again = Scanner::new(&text[..value.end]);
                again.at = value.begin;
                read_fields(&self.types[record_type], &mut again, text, &mut self.room.fields, 1)?;
            }
            if self.vouches(record_type, text, &value) {
                self.keep(record_type, number, answer);
                return Ok(());
            }
        }
        answer.refused.push((number, narrow(begin), narrow(scanner.at)));
        Ok(())
    }

    /// Goes through a value, and takes the fields of its record into the room where its type is known by then.
    fn open(&mut self, text: &[u8], scanner: &mut Scanner) -> Sure<Opened> {
        let mut opened = Opened { record_type: None, fields: None };
        if scanner.peek() != b'{' {
            scanner.value(0)?;
            return Ok(opened);
        }
        let Lane { envelope, types, names, room, .. } = self;
        if envelope.r#type.is_empty() {
            let value = read_fields(&types[0], scanner, text, &mut room.fields, 0)?;
            return Ok(Opened { record_type: Some(0), fields: Some((value, true)) });
        }
        let mut others = false;
        scanner.members(0, |scanner, name| {
            let name = &text[name.begin..name.end];
            if name == envelope.r#type.as_bytes() {
                let value = scanner.value(1)?;
                if value.kind == Kind::Text {
                    opened.record_type = names.get(&*content(text, &value)).copied();
                }
                return Ok(());
            }
            if name != envelope.fields.as_bytes() {
                others = true;
                return scanner.value(1).map(drop);
            }
            match opened.record_type {
                Some(record_type) if scanner.peek() == b'{' => {
                    let value = read_fields(&types[record_type], scanner, text, &mut room.fields, 1)?;
                    opened.fields = Some((value, true));
                }
                _ => {
                    let value = scanner.value(1)?;
                    opened.fields = (value.kind == Kind::Object).then_some((value, false));
                }
            }
            Ok(())
        })?;
        if others && envelope.closed {
            opened.record_type = None;
        }
        Ok(opened)
    }

    /// Whether nothing is wrong with the record whose fields are in the room. Its facts then are, too.
    fn vouches(&mut self, record_type: usize, text: &[u8], value: &Value) -> bool {
        let Room { fields, facts, key } = &mut self.room;
        let record_type = &self.types[record_type];
        if (record_type.watches_others && fields.has_others)
            || record_type.watched.iter().any(|number| fields.get(*number).is_some())
            || record_type.together.iter().any(|group| group.iter().all(|number| fields.given(*number).is_some()))
        {
            return false;
        }
        let asker = Asker { bytes: text, definitions: &record_type.definitions };
        if asker.accepts_fields(&record_type.schema, value, fields) != Some(true) {
            return false;
        }
        facts.clear();
        let mut streams = record_type.streams.iter().enumerate();
        streams.all(|(place, stream)| stream.read(place, &asker, fields, key, facts).is_ok())
    }

    fn keep(&mut self, record_type: usize, number: u32, answer: &mut Answer) {
        answer.vouched[record_type] += 1;
        if self.types[record_type].wants_numbers {
            answer.numbers[record_type].push(number);
        }
        for fact in self.room.facts.drain(..) {
            let stream = &self.types[record_type].streams[fact.stream];
            if let Some(space) = stream.defines {
                self.known.define(space, fact.digest);
            }
            if stream.refers.is_some_and(|space| self.known.is_defined(space, fact.digest)) {
                continue;
            }
            let facts = &mut answer.facts[record_type][fact.stream];
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
}

fn no_facts(record_type: &RecordType) -> Vec<StreamFacts> {
    let none = |stream: &Stream| StreamFacts { stream: stream.number, ..StreamFacts::default() };
    record_type.streams.iter().map(none).collect()
}

/// Takes in the fields of the object that begins here, and gives the object.
fn read_fields(
    record_type: &RecordType,
    scanner: &mut Scanner,
    text: &[u8],
    fields: &mut Fields,
    depth: usize,
) -> Sure<Value> {
    let begin = scanner.at;
    let names = &record_type.schema.names;
    fields.begin(names.len());
    scanner.members(depth, |scanner, name| {
        let number = names.number_of(&text[name.begin..name.end]);
        fields.put(number, scanner.value(depth + 1)?);
        Ok(())
    })?;
    Ok(Value::plain(Kind::Object, begin, scanner.at))
}

/// Texts are far shorter than 4 GiB: `check` is given pieces of a file.
fn narrow(place: usize) -> u32 {
    u32::try_from(place).expect("a text is shorter than 4 GiB")
}

#[cfg(test)]
mod tests;
