//! What a rule set asks of records, as Python says it, made ready.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value as Json;

use crate::ask::{Asker, Fields};
use crate::envelope::EnvelopeSource;
use crate::facts::{Stream, StreamSource};
use crate::names::Names;
use crate::scan::{Kind, Scanner, Sure, Value};
use crate::schema::{Compiler, Definitions, Schema};

/// A plan as it is handed over, in JSON.
#[derive(Deserialize)]
pub struct PlanSource {
    /// The pattern that stands for an RFC 3339 timestamp.
    pub timestamp: String,
    pub envelope: EnvelopeSource,
    pub types: Vec<TypeSource>,
    /// A value of more bytes is not gone through.
    pub longest: usize,
    /// How many spaces of keys there are that references are looked up in.
    pub spaces: usize,
    /// How many keys are remembered, all spaces together.
    pub most_known: usize,
}

#[derive(Deserialize)]
pub struct TypeSource {
    pub schema: Json,
    /// Schemas that it refers to.
    pub definitions: HashMap<String, Json>,
    /// A record with one of these fields is not vouched for.
    pub watched: Vec<String>,
    /// Whether a record with any field that is not named is not vouched for.
    pub watches_others: bool,
    /// All fields that the record type declares.
    pub declared: Vec<String>,
    /// A record with all fields of one of these groups, none of them null, is not vouched for.
    pub together: Vec<Vec<String>>,
    pub streams: Vec<StreamSource>,
    /// Whether the numbers of its records are wanted.
    pub wants_numbers: bool,
    /// The name that fields which are no object go by as a whole; empty where they have to be one.
    pub wrap: String,
    /// What is asked of the envelopes of several records of the type; None where nothing is.
    pub line: Option<Box<TypeSource>>,
}

/// What is asked of the records of one type.
pub struct RecordType {
    pub schema: Schema,
    pub definitions: Definitions,
    pub watched: Vec<usize>,
    pub watches_others: bool,
    pub together: Vec<Vec<usize>>,
    pub streams: Vec<Stream>,
    pub wants_numbers: bool,
    pub wrap: Option<usize>,
    pub line: Option<Box<RecordType>>,
}

impl RecordType {
    pub fn of(source: &TypeSource, timestamp: &str) -> Self {
        let mut names = Names::default();
        for name in &source.declared {
            names.add(name);
        }
        let watched = source.watched.iter().map(|name| names.add(name)).collect();
        let together = source.together.iter().map(|group| group.iter().map(|name| names.add(name)).collect()).collect();
        let wrap = (!source.wrap.is_empty()).then(|| names.add(&source.wrap));
        let streams = source.streams.iter().map(|stream| Stream::of(stream, &mut names)).collect();
        let mut compiler = Compiler::new(&source.definitions, timestamp);
        let schema = compiler.schema(&source.schema, names);
        RecordType {
            schema,
            definitions: compiler.definitions(),
            watched,
            watches_others: source.watches_others,
            together,
            streams,
            wants_numbers: source.wants_numbers,
            wrap,
            line: source.line.as_ref().map(|line| Box::new(RecordType::of(line, timestamp))),
        }
    }

    /// What asks its schema about values in a text.
    pub fn asker<'a>(&'a self, text: &'a [u8]) -> Asker<'a> {
        Asker { bytes: text, definitions: &self.definitions }
    }

    /// Whether a record is surely as its schema says, and has no fields that are somebody else's to look at.
    pub fn accepts(&self, text: &[u8], record: &Value, fields: &Fields) -> bool {
        !self.is_watched(fields) && self.asker(text).accepts_fields(&self.schema, record, fields) == Some(true)
    }

    /// Whether a record has fields about which rules have to be asked that nobody here knows.
    fn is_watched(&self, fields: &Fields) -> bool {
        (self.watches_others && fields.has_others)
            || self.watched.iter().any(|number| fields.get(*number).is_some())
            || self.together.iter().any(|group| group.iter().all(|number| fields.given(*number).is_some()))
    }
}

/// Takes in the fields of the object that begins here, and gives the object.
pub fn read_fields(record_type: &RecordType, scanner: &mut Scanner, fields: &mut Fields, depth: usize) -> Sure<Value> {
    let begin = scanner.at;
    let names = &record_type.schema.names;
    fields.begin(names.len());
    scanner.members(depth, |scanner, name| {
        let number = names.number_of(scanner.within(&name));
        fields.put(number, scanner.value(depth + 1)?);
        Ok(())
    })?;
    Ok(Value::plain(Kind::Object, begin, scanner.at))
}
