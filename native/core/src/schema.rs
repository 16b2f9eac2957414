//! JSON Schema as the rules of a rule set say it, made ready to be asked.

use std::collections::HashMap;

use regex::bytes::Regex;
use serde_json::Value as Json;

use crate::names::Names;

#[derive(Debug)]
pub(crate) enum Node {
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
pub(crate) enum Constant {
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
    pub(crate) node: Node,
    pub(crate) asks_fields: bool,
}

/// Schemas that others refer to.
#[derive(Debug, Default)]
pub struct Definitions(pub(crate) Vec<Schema>);

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
/// The bits of all numbers, whole or not.
pub(crate) const NUMBERS: u16 = 4 | 8;

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
