//! JSON Schema as the rules of a rule set say it, made ready to be asked of values that are only scanned.

use std::borrow::Cow;
use std::collections::HashMap;

use regex::bytes::Regex;
use serde_json::Value as Json;

use crate::names::{NOT_NAMED, Names};
use crate::scan::{Doubt, Kind, Scanner, Sure, Value};
use crate::text::{characters, content};
use crate::timestamp::is_timestamp;

/// An answer, or None where it is beyond what this module knows.
pub type Maybe = Option<bool>;

#[derive(Debug)]
enum Node {
    Always(bool),
    /// A keyword that is not known here, or not with such a value.
    Unknown,
    Types(u16),
    Enum(Vec<Constant>),
    Length {
        least: u64,
        most: u64,
    },
    Items {
        least: u64,
        most: u64,
    },
    Members {
        least: u64,
        most: u64,
    },
    Range {
        least: f64,
        most: f64,
    },
    Pattern(Box<Regex>),
    Timestamp,
    EachItem(Box<Schema>),
    Required(Vec<usize>),
    Properties(Vec<(usize, Schema)>),
    /// No names but these.
    Closed(Vec<usize>),
    Reference(usize),
    Not(Box<Node>),
    All(Vec<Node>),
    Any(Vec<Node>),
    One(Vec<Node>),
    Choice(Box<[Node; 3]>),
}

#[derive(Debug)]
enum Constant {
    Null,
    Boolean(bool),
    Number(f64),
    Text(String),
    EmptyList,
}

/// What is asked of one value. Names that are asked about, of an object, have numbers.
#[derive(Debug)]
pub struct Schema {
    pub names: Names,
    node: Node,
    asks_fields: bool,
}

/// Schemas that others refer to.
#[derive(Debug, Default)]
pub struct Definitions(Vec<Schema>);

/// The fields of an object, by the numbers of their names.
#[derive(Debug, Default)]
pub struct Fields {
    values: Vec<Option<Value>>,
    pub count: u64,
    pub has_others: bool,
}

impl Fields {
    pub fn begin(&mut self, names: usize) {
        self.values.clear();
        self.values.resize(names, None);
        self.count = 0;
        self.has_others = false;
    }

    #[inline(always)]
    pub fn put(&mut self, number: usize, value: Value) {
        self.count += 1;
        if number == NOT_NAMED {
            self.has_others = true;
        } else {
            self.values[number] = Some(value);
        }
    }

    #[inline(always)]
    pub fn get(&self, number: usize) -> Option<&Value> {
        self.values[number].as_ref()
    }
}

/// Makes schemas ready; keeps those that are referred to.
pub struct Compiler<'a> {
    sources: &'a HashMap<String, Json>,
    numbers: HashMap<&'a str, usize>,
    made: Vec<Option<Schema>>,
    timestamp: &'a str,
}

impl<'a> Compiler<'a> {
    /// `timestamp` is the pattern that stands for an RFC 3339 timestamp.
    pub fn new(sources: &'a HashMap<String, Json>, timestamp: &'a str) -> Self {
        Compiler { sources, numbers: HashMap::new(), made: Vec::new(), timestamp }
    }

    pub fn schema(&mut self, source: &'a Json, mut names: Names) -> Schema {
        let mut asks_fields = false;
        let node = self.node(source, &mut names, &mut asks_fields);
        Schema { names, node, asks_fields }
    }

    pub fn definitions(self) -> Definitions {
        let made = self.made.into_iter();
        Definitions(made.map(|each| each.expect("every definition is made once it is named")).collect())
    }

    fn node(&mut self, source: &'a Json, names: &mut Names, asks: &mut bool) -> Node {
        let keywords = match source {
            Json::Bool(answer) => return Node::Always(*answer),
            Json::Object(keywords) => keywords,
            _ => return Node::Unknown,
        };
        let mut parts = Vec::new();
        for (keyword, value) in keywords {
            match keyword.as_str() {
                "then" | "else" => {}
                "if" => {
                    let branches = [Some(value), keywords.get("then"), keywords.get("else")];
                    let branches = branches.map(|each| match each {
                        Some(each) => self.node(each, names, asks),
                        None => Node::Always(true),
                    });
                    parts.push(Node::Choice(Box::new(branches)));
                }
                "additionalProperties" if *value == Json::Bool(false) => {
                    let known = keywords.get("properties").and_then(Json::as_object);
                    let known = known.into_iter().flatten().map(|(name, _)| names.add(name)).collect();
                    *asks = true;
                    parts.push(Node::Closed(known));
                }
                _ => parts.push(self.keyword(keyword, value, names, asks)),
            }
        }
        if parts.len() == 1 { parts.remove(0) } else { Node::All(parts) }
    }

    fn keyword(&mut self, keyword: &str, value: &'a Json, names: &mut Names, asks: &mut bool) -> Node {
        let count = value.as_u64();
        *asks |= matches!(keyword, "required" | "properties" | "propertyNames" | "minProperties" | "maxProperties");
        match (keyword, value, count) {
            ("type", Json::String(_) | Json::Array(_), _) => types(value),
            ("enum", Json::Array(values), _) => constants(values),
            ("wholeNumber", _, _) => Node::Types(BITS[3].1 | !NUMBERS),
            ("minLength", _, Some(least)) => Node::Length { least, most: u64::MAX },
            ("maxLength", _, Some(most)) => Node::Length { least: 0, most },
            ("minItems", _, Some(least)) => Node::Items { least, most: u64::MAX },
            ("maxItems", _, Some(most)) => Node::Items { least: 0, most },
            ("minProperties", _, Some(least)) => Node::Members { least, most: u64::MAX },
            ("maxProperties", _, Some(most)) => Node::Members { least: 0, most },
            ("minimum", Json::Number(least), _) => number_of(least, |least| Node::Range { least, most: f64::MAX }),
            ("maximum", Json::Number(most), _) => number_of(most, |most| Node::Range { least: f64::MIN, most }),
            ("pattern", Json::String(pattern), _) => self.pattern(pattern),
            ("items", _, _) => Node::EachItem(Box::new(self.schema(value, Names::default()))),
            ("required", Json::Array(required), _) => {
                let numbers = required.iter().map(|name| Some(names.add(name.as_str()?)));
                numbers.collect::<Option<_>>().map_or(Node::Unknown, Node::Required)
            }
            ("properties", Json::Object(properties), _) => Node::Properties(
                properties.iter().map(|(name, each)| (names.add(name), self.schema(each, Names::default()))).collect(),
            ),
            ("propertyNames", Json::Object(asked), _) => match (asked.len(), asked.get("enum")) {
                (1, Some(Json::Array(known))) => {
                    let numbers = known.iter().map(|name| Some(names.add(name.as_str()?)));
                    numbers.collect::<Option<_>>().map_or(Node::Unknown, Node::Closed)
                }
                _ => Node::Unknown,
            },
            ("$ref", Json::String(path), _) => self.reference(path),
            ("not", _, _) => Node::Not(Box::new(self.node(value, names, asks))),
            ("allOf", Json::Array(inner), _) => Node::All(self.nodes(inner, names, asks)),
            ("anyOf", Json::Array(inner), _) => Node::Any(self.nodes(inner, names, asks)),
            ("oneOf", Json::Array(inner), _) => Node::One(self.nodes(inner, names, asks)),
            _ => Node::Unknown,
        }
    }

    fn nodes(&mut self, sources: &'a [Json], names: &mut Names, asks: &mut bool) -> Vec<Node> {
        sources.iter().map(|each| self.node(each, names, asks)).collect()
    }

    fn pattern(&self, pattern: &str) -> Node {
        if pattern == self.timestamp {
            return Node::Timestamp;
        }
        // What stands behind a backslash may mean another thing to this engine, unless it is no letter, or a byte.
        let mut rest = pattern.as_bytes();
        while let Some(at) = memchr::memchr(b'\\', rest) {
            match rest.get(at + 1) {
                Some(byte) if byte.is_ascii_punctuation() && !matches!(byte, b'<' | b'>') => rest = &rest[at + 2..],
                Some(b'x') if rest[at + 2..].iter().take(2).filter(|each| each.is_ascii_hexdigit()).count() == 2 => {
                    rest = &rest[at + 4..];
                }
                _ => return Node::Unknown,
            }
        }
        Regex::new(pattern).map_or(Node::Unknown, |regex| Node::Pattern(Box::new(regex)))
    }

    fn reference(&mut self, path: &str) -> Node {
        let Some(name) = path.strip_prefix("#/$defs/") else { return Node::Unknown };
        let name = name.replace("%20", " ").replace("~1", "/").replace("~0", "~");
        if name.contains('%') {
            return Node::Unknown;
        }
        let Some((name, source)) = self.sources.get_key_value(&name) else { return Node::Unknown };
        if let Some(&number) = self.numbers.get(name.as_str()) {
            return Node::Reference(number);
        }
        let number = self.made.len();
        self.numbers.insert(name, number);
        self.made.push(None);
        let schema = self.schema(source, Names::default());
        self.made[number] = Some(schema);
        Node::Reference(number)
    }
}

const BITS: [(&str, u16); 7] =
    [("null", 1), ("boolean", 2), ("number", 4 | 8), ("integer", 4), ("string", 16), ("array", 32), ("object", 64)];
const NUMBERS: u16 = 4 | 8;

fn types(value: &Json) -> Node {
    let named = match value {
        Json::Array(names) => names.iter().map(Json::as_str).collect::<Option<Vec<_>>>(),
        _ => value.as_str().map(|name| vec![name]),
    };
    let bit = |name: &str| BITS.iter().find(|(known, _)| *known == name).map(|(_, bit)| *bit);
    let bits = named.and_then(|names| names.into_iter().map(bit).collect::<Option<Vec<_>>>());
    bits.map_or(Node::Unknown, |bits| Node::Types(bits.into_iter().fold(0, |all, bit| all | bit)))
}

fn constants(values: &[Json]) -> Node {
    let constant = |value: &Json| {
        Some(match value {
            Json::Null => Constant::Null,
            Json::Bool(value) => Constant::Boolean(*value),
            Json::Number(number) => Constant::Number(number.as_f64()?),
            Json::String(text) => Constant::Text(text.clone()),
            Json::Array(items) if items.is_empty() => Constant::EmptyList,
            _ => return None,
        })
    };
    values.iter().map(constant).collect::<Option<_>>().map_or(Node::Unknown, Node::Enum)
}

fn number_of(number: &serde_json::Number, node: impl FnOnce(f64) -> Node) -> Node {
    number.as_f64().map_or(Node::Unknown, node)
}

/// What values are asked with: the text that they stand in, and the schemas that others refer to.
#[derive(Clone, Copy)]
pub struct Asker<'a> {
    pub bytes: &'a [u8],
    pub definitions: &'a Definitions,
}

impl<'a> Asker<'a> {
    /// Whether a value is as a schema wants it; None where that is not known.
    pub fn accepts(&self, schema: &Schema, value: &Value) -> Maybe {
        if !schema.asks_fields || value.kind != Kind::Object {
            return self.answer(&schema.node, value, &Fields::default());
        }
        let mut fields = Fields::default();
        fields.begin(schema.names.len());
        self.scan_fields(schema, value, &mut fields).ok()?;
        self.answer(&schema.node, value, &fields)
    }

    /// The same of an object whose fields are known.
    pub fn accepts_fields(&self, schema: &Schema, value: &Value, fields: &Fields) -> Maybe {
        self.answer(&schema.node, value, fields)
    }

    fn scan_fields(&self, schema: &Schema, value: &Value, fields: &mut Fields) -> Sure<()> {
        let mut scanner = Scanner::new(&self.bytes[..value.end]);
        scanner.at = value.begin;
        scanner.members(0, |scanner, name| {
            let number = schema.names.number_of(&self.bytes[name.begin..name.end]);
            fields.put(number, scanner.value(1)?);
            Ok(())
        })
    }

    fn answer(&self, node: &Node, value: &Value, fields: &Fields) -> Maybe {
        let is_object = value.kind == Kind::Object;
        match node {
            Node::Always(answer) => Some(*answer),
            Node::Unknown => None,
            Node::Types(bits) => self.is_of(*bits, value),
            Node::Enum(constants) => self.is_among(constants, value),
            Node::Length { least, most } => match value.kind {
                Kind::Text => Some((*least..=*most).contains(&characters(self.bytes, value))),
                _ => Some(true),
            },
            Node::Items { least, most } => match value.kind {
                Kind::List => Some((*least..=*most).contains(&self.count_items(value).ok()?)),
                _ => Some(true),
            },
            Node::Members { least, most } => Some(!is_object || (*least..=*most).contains(&fields.count)),
            Node::Range { least, most } => match value.kind {
                Kind::Integer | Kind::Number => Some((*least..=*most).contains(&self.number(value)?)),
                _ => Some(true),
            },
            Node::Pattern(pattern) => self.of_text(value, |text| pattern.is_match(text)),
            Node::Timestamp => self.of_text(value, is_timestamp),
            Node::EachItem(schema) if value.kind == Kind::List => self.each_item(schema, value),
            Node::EachItem(_) => Some(true),
            Node::Required(numbers) => Some(!is_object || numbers.iter().all(|each| fields.get(*each).is_some())),
            Node::Properties(properties) if is_object => all(properties
                .iter()
                .map(|(number, schema)| fields.get(*number).map_or(Some(true), |value| self.accepts(schema, value)))),
            Node::Properties(_) => Some(true),
            Node::Closed(known) if is_object => {
                let named = known.iter().filter(|each| fields.get(**each).is_some()).count() as u64;
                Some(!fields.has_others && named == fields.count)
            }
            Node::Closed(_) => Some(true),
            Node::Reference(number) => self.accepts(&self.definitions.0[*number], value),
            Node::Not(inner) => self.answer(inner, value, fields).map(|answer| !answer),
            Node::All(inner) => all(inner.iter().map(|each| self.answer(each, value, fields))),
            Node::Any(inner) => {
                all(inner.iter().map(|each| self.answer(each, value, fields).map(|answer| !answer))).map(|none| !none)
            }
            Node::One(inner) => {
                let answers = inner.iter().map(|each| self.answer(each, value, fields));
                let accepting = answers.collect::<Option<Vec<_>>>()?.into_iter().filter(|answer| *answer).count();
                Some(accepting == 1)
            }
            Node::Choice(branches) => {
                let [when, then, otherwise] = &**branches;
                let chosen = if self.answer(when, value, fields)? { then } else { otherwise };
                self.answer(chosen, value, fields)
            }
        }
    }

    fn is_of(&self, bits: u16, value: &Value) -> Maybe {
        let bit = match value.kind {
            Kind::Null => 1,
            Kind::True | Kind::False => 2,
            Kind::Integer => 4,
            // Whether 1.0 is an integer, schemas and rules may see differently.
            Kind::Number if bits & NUMBERS == 4 => return None,
            Kind::Number => 8,
            Kind::Text => 16,
            Kind::List => 32,
            Kind::Object => 64,
        };
        Some(bits & bit != 0)
    }

    fn is_among(&self, constants: &[Constant], value: &Value) -> Maybe {
        let text: Cow<[u8]> = if value.kind == Kind::Text { content(self.bytes, value) } else { Cow::Borrowed(b"") };
        for constant in constants {
            let same = match (constant, value.kind) {
                (Constant::Null, Kind::Null)
                | (Constant::Boolean(true), Kind::True)
                | (Constant::Boolean(false), Kind::False) => true,
                (Constant::Text(known), Kind::Text) => known.as_bytes() == &*text,
                (Constant::Number(known), Kind::Integer | Kind::Number) => *known == self.number(value)?,
                (Constant::EmptyList, Kind::List) => self.count_items(value).ok()? == 0,
                _ => false,
            };
            if same {
                return Some(true);
            }
        }
        Some(false)
    }

    fn of_text(&self, value: &Value, ask: impl FnOnce(&[u8]) -> bool) -> Maybe {
        Some(value.kind != Kind::Text || ask(&content(self.bytes, value)))
    }

    fn number(&self, value: &Value) -> Option<f64> {
        std::str::from_utf8(&self.bytes[value.begin..value.end]).ok()?.parse().ok()
    }

    fn count_items(&self, value: &Value) -> Sure<u64> {
        let mut count = 0;
        self.for_items(value, |_| {
            count += 1;
            Ok(())
        })?;
        Ok(count)
    }

    fn each_item(&self, schema: &Schema, value: &Value) -> Maybe {
        let mut answer = Some(true);
        let gone_through = self.for_items(value, |item| {
            answer = self.accepts(schema, &item);
            if answer == Some(true) { Ok(()) } else { Err(Doubt::Odd) }
        });
        if answer == Some(true) { gone_through.ok().map(|()| true) } else { answer }
    }

    /// Goes through the items of a list, as far as there is no doubt.
    pub fn for_items(&self, value: &Value, mut item: impl FnMut(Value) -> Sure<()>) -> Sure<()> {
        let mut scanner = Scanner::new(&self.bytes[..value.end]);
        scanner.at = value.begin;
        scanner.items(0, |scanner| item(scanner.value(1)?))
    }
}

/// Whether all answers are yes; None where none is no, and one is not known.
fn all(answers: impl Iterator<Item = Maybe>) -> Maybe {
    let mut known = Some(true);
    for answer in answers {
        match answer {
            Some(false) => return Some(false),
            Some(true) => {}
            None => known = None,
        }
    }
    known
}

#[cfg(test)]
mod tests;
