//! What a rule set asks of records, as Python says it, made ready.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value as Json;

use crate::facts::{Stream, StreamSource};
use crate::names::Names;
use crate::schema::{Compiler, Definitions, Schema};

/// A plan as it is handed over, in JSON.
#[derive(Deserialize)]
pub struct PlanSource {
    /// The pattern that stands for an RFC 3339 timestamp.
    pub timestamp: String,
    pub envelope: Envelope,
    pub types: Vec<TypeSource>,
    /// The number of each type, by every name that records give it.
    pub names: HashMap<String, usize>,
    /// How many spaces of keys there are that references are looked up in.
    pub spaces: usize,
    /// How many keys are remembered, all spaces together.
    pub most_known: usize,
}

/// What records are wrapped in: an object with the type and the fields; or nothing, for records of the type `0`.
#[derive(Deserialize)]
pub struct Envelope {
    /// The key of the type; empty where records are wrapped in nothing.
    pub r#type: String,
    pub fields: String,
    /// Whether other keys are wrong.
    pub closed: bool,
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
}

impl RecordType {
    pub fn of(source: &TypeSource, timestamp: &str) -> Self {
        let mut names = Names::default();
        for name in &source.declared {
            names.add(name);
        }
        let watched = source.watched.iter().map(|name| names.add(name)).collect();
        let together = source.together.iter().map(|group| group.iter().map(|name| names.add(name)).collect()).collect();
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
        }
    }
}
