//! What records are wrapped in: an object that names their type, and has the fields of one record, or several records.

use std::collections::HashMap;

use serde::Deserialize;

use crate::names::Names;
use crate::part::Room;
use crate::pattern::Pattern;
use crate::plan::{RecordType, read_fields};
use crate::scan::{Kind, Scanner, Sure, Value};
use crate::text::content;

/// An envelope as it is handed over.
#[derive(Deserialize)]
pub struct EnvelopeSource {
    /// The key of the type; empty where records are wrapped in nothing, and all of the type `0`.
    r#type: String,
    /// The key of the fields; empty where `entries` has records, or where records are wrapped in nothing.
    fields: String,
    /// The key of a list of records; empty where a value has one record.
    entries: String,
    /// Keys that entries have in common, with the names by which these are fields of each entry.
    inherited: Vec<(String, String)>,
    /// The key of something that makes another type of a type; empty where there is none.
    variant: String,
    /// The variant that is meant where none is given, and does not show in the type.
    default_variant: String,
    /// Whether other keys are wrong.
    closed: bool,
    /// The number of each type, by every name that records give it; None for types that are not known here.
    names: HashMap<String, Option<usize>>,
    /// Patterns of further names, each with the number of the type; the first that matches counts.
    like: Vec<(String, Option<usize>)>,
}

pub struct Envelope {
    r#type: Vec<u8>,
    fields: Vec<u8>,
    entries: Vec<u8>,
    inherited: Vec<(Vec<u8>, String)>,
    variant: Vec<u8>,
    default_variant: Vec<u8>,
    closed: bool,
    names: Names,
    /// The number of the type, for each name.
    types: Vec<Option<usize>>,
    like: Vec<(Pattern, Option<usize>)>,
}

/// A value out of its envelope.
pub enum Opened {
    /// The envelope is not as it should be, or names no type that is known here.
    Unknown,
    /// One record; `is_read` says whether they are in the room already.
    Record { record_type: usize, fields: Value, is_read: bool },
    /// Several records.
    Entries { record_type: usize, entries: Vec<Value> },
}

/// What an envelope was seen to have.
#[derive(Default)]
struct Seen {
    named: Option<Value>,
    variant: Option<Value>,
    fields: Option<(Value, bool)>,
    others: bool,
}

impl Envelope {
    pub fn of(source: EnvelopeSource) -> Self {
        let mut names = Names::default();
        let types = source.names.iter().map(|(name, number)| {
            names.add(name);
            *number
        });
        let like = source.like.iter().map_while(|(pattern, number)| Some((Pattern::of(pattern)?, *number)));
        Envelope {
            like: like.collect(),
            types: types.collect(),
            names,
            r#type: source.r#type.into_bytes(),
            fields: source.fields.into_bytes(),
            entries: source.entries.into_bytes(),
            inherited: source.inherited.into_iter().map(|(key, field)| (key.into_bytes(), field)).collect(),
            variant: source.variant.into_bytes(),
            default_variant: source.default_variant.into_bytes(),
            closed: source.closed,
        }
    }

    pub fn has_entries(&self) -> bool {
        !self.entries.is_empty()
    }

    /// Goes through the value that begins here. A record's fields are read into the room where its type is known by then.
    pub fn open(&self, types: &[RecordType], text: &[u8], scanner: &mut Scanner, room: &mut Room) -> Sure<Opened> {
        if scanner.peek() != b'{' {
            return scanner.value(0).map(|_| Opened::Unknown);
        }
        if self.r#type.is_empty() {
            let fields = read_fields(&types[0], scanner, &mut room.fields, 0)?;
            return Ok(Opened::Record { record_type: 0, fields, is_read: true });
        }
        if self.has_entries() {
            self.open_entries(types, text, scanner, room)
        } else {
            self.open_one(types, text, scanner, room)
        }
    }

    fn open_one(&self, types: &[RecordType], text: &[u8], scanner: &mut Scanner, room: &mut Room) -> Sure<Opened> {
        let (mut seen, mut record_type) = (Seen::default(), None);
        scanner.members(0, |scanner, name| {
            let name = &text[name.begin..name.end];
            if *name == *self.fields {
                // Without its variant, nobody knows the type yet.
                if self.variant.is_empty() || seen.variant.is_some() {
                    record_type = self.type_of(text, &seen);
                }
                seen.fields = Some(match record_type {
                    Some(number) if scanner.peek() == b'{' && types[number].wrap.is_none() => {
                        (read_fields(&types[number], scanner, &mut room.fields, 1)?, true)
                    }
                    _ => (scanner.value(1)?, false),
                });
                return Ok(());
            }
            let value = scanner.value(1)?;
            if *name == *self.r#type {
                seen.named = Some(value);
            } else if !self.variant.is_empty() && *name == *self.variant {
                seen.variant = Some(value);
            } else {
                seen.others = true;
            }
            Ok(())
        })?;
        match (record_type.or_else(|| self.type_of(text, &seen)), seen.fields) {
            (Some(record_type), Some((fields, is_read))) if !(seen.others && self.closed) => {
                Ok(Opened::Record { record_type, fields, is_read })
            }
            _ => Ok(Opened::Unknown),
        }
    }

    /// The type that an envelope names: a text, and perhaps a variant.
    fn type_of(&self, text: &[u8], seen: &Seen) -> Option<usize> {
        let named = content(text, seen.named.as_ref().filter(|value| value.kind == Kind::Text)?);
        match &seen.variant {
            None => self.number_of(&named),
            Some(variant) if variant.kind == Kind::Text => match content(text, variant) {
                variant if *variant == *self.default_variant => self.number_of(&named),
                variant => self.number_of(&[&named[..], b" ", &variant[..]].concat()),
            },
            Some(_) => None,
        }
    }

    fn number_of(&self, name: &[u8]) -> Option<usize> {
        match self.types.get(self.names.number_of(name)) {
            Some(number) => *number,
            None => {
                let number = |(pattern, number): &(Pattern, Option<usize>)| match pattern.is_in(name) {
                    Some(false) => None,
                    Some(true) => Some(*number),
                    None => Some(None),
                };
                self.like.iter().find_map(number).flatten()
            }
        }
    }

    fn open_entries(&self, types: &[RecordType], text: &[u8], scanner: &mut Scanner, room: &mut Room) -> Sure<Opened> {
        let begin = scanner.at;
        let mut members: Vec<(Value, Value)> = Vec::new();
        let mut entries: Option<Vec<Value>> = None;
        scanner.members(0, |scanner, name| {
            let value = if text[name.begin..name.end] == *self.entries && scanner.peek() == b'[' {
                let (begin, mut listed) = (scanner.at, Vec::new());
                scanner.items(1, |scanner| {
                    listed.push(scanner.value(2)?);
                    Ok(())
                })?;
                entries = Some(listed);
                Value::plain(Kind::List, begin, scanner.at)
            } else {
                scanner.value(1)?
            };
            members.push((name, value));
            Ok(())
        })?;
        let find = |key: &[u8]| members.iter().find(|(name, _)| text[name.begin..name.end] == *key);
        let seen = Seen { named: find(&self.r#type).map(|(_, value)| *value), ..Seen::default() };
        let (Some(record_type), Some(entries)) = (self.type_of(text, &seen), entries) else {
            return Ok(Opened::Unknown);
        };
        let value = Value::plain(Kind::Object, begin, scanner.at);
        if let Some(line) = &types[record_type].line {
            room.fields.begin(line.schema.names.len());
            for (name, value) in &members {
                room.fields.put(line.schema.names.number_of(&text[name.begin..name.end]), *value);
            }
            if !line.accepts(text, &value, &room.fields) {
                return Ok(Opened::Unknown);
            }
        }
        room.outer.clear();
        for (key, _) in &self.inherited {
            room.outer.push(find(key).map_or(Value::plain(Kind::Null, 0, 0), |(_, value)| *value));
        }
        let known = 2 + self.inherited.iter().filter(|(key, _)| find(key).is_some()).count();
        if self.closed && members.len() > known {
            return Ok(Opened::Unknown);
        }
        Ok(Opened::Entries { record_type, entries })
    }

    /// Gives the fields in the room those that entries have in common; false where they have them of their own.
    pub fn add_outer(&self, record_type: &RecordType, room: &mut Room) -> bool {
        self.inherited.iter().zip(&room.outer).all(|((_, name), value)| {
            let number = record_type.schema.names.number_of(name.as_bytes());
            let is_new = room.fields.get(number).is_none();
            room.fields.put(number, *value);
            is_new
        })
    }
}
