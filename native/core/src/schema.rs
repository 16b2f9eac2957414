//! JSON Schema as the rules of a rule set say it, made ready to be asked.

use std::collections::HashMap;

use serde_json::Value as Json;

use crate::ask::Asker;
use crate::names::Names;
use crate::pattern::Pattern;

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
    Pattern(Box<Pattern>),
    /// A text that begins so.
    Prefix(Vec<u8>),
    /// Not null, not the empty text, not the empty list; as far as these are meant.
    Filled {
        null: bool,
        text: bool,
        list: bool,
    },
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

/// A bit for each field with a number below 128.
pub(crate) type Mask = u128;
/// Stands for all fields, and for whatever else there is.
pub(crate) const ANYTHING: Mask = Mask::MAX;

/// What is asked of one value. Names that are asked about, of an object, have numbers.
#[derive(Debug)]
pub struct Schema {
    pub names: Names,
    /// Asked of the value itself.
    pub(crate) always: Vec<Node>,
    /// The fields without which no object is right.
    pub(crate) required: Mask,
    /// What is asked of each field alone, by its number.
    pub(crate) fields: Vec<Vec<Schema>>,
    /// What is asked of fields together: only of objects that have one of these, since others are right.
    pub(crate) together: Vec<(Mask, Node)>,
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
        let (mut always, mut together) = (Vec::new(), Vec::new());
        let mut fields: Vec<Vec<Schema>> = Vec::new();
        fields.resize_with(names.len(), Vec::new);
        let mut required = 0;
        let mut parts = vec![node];
        while let Some(part) = parts.pop() {
            match part {
                Node::All(inner) => parts.extend(inner),
                Node::Properties(properties) => {
                    properties.into_iter().for_each(|(number, schema)| fields[number].push(schema));
                }
                Node::Required(numbers) if numbers.iter().all(|number| *number < 128) => {
                    required |= mask_of_all(&numbers);
                }
                part if !part.concerns_fields() => always.push(part),
                part => {
                    let mask = part.mask().filter(|_| Asker::of_nothing(&part, names.len()) == Some(true));
                    together.push((mask.unwrap_or(ANYTHING), part));
                }
            }
        }
        Schema { names, always, required, fields, together, asks_fields }
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
            ("not", _, _) => self.node(value, names, asks).negated(),
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
        let literal = pattern
            .strip_prefix('^')
            .filter(|rest| rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
        if let Some(literal) = literal {
            return Node::Prefix(literal.as_bytes().to_vec());
        }
        Pattern::of(pattern).map_or(Node::Unknown, |pattern| Node::Pattern(Box::new(pattern)))
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

fn mask_of_all(numbers: &[usize]) -> Mask {
    numbers.iter().fold(0, |mask, number| mask | 1 << number)
}

impl Node {
    /// Whether the answer may depend on the fields of an object.
    fn concerns_fields(&self) -> bool {
        match self {
            Node::Required(_) | Node::Properties(_) | Node::Members { .. } | Node::Closed(_) => true,
            Node::Not(inner) => inner.concerns_fields(),
            Node::All(inner) | Node::Any(inner) | Node::One(inner) => inner.iter().any(Node::concerns_fields),
            Node::Choice(branches) => branches.iter().any(Node::concerns_fields),
            _ => false,
        }
    }

    /// The fields that the answer depends on; None where it depends on anything else.
    fn mask(&self) -> Option<Mask> {
        let of_numbers = |numbers: &[usize]| numbers.iter().all(|each| *each < 128).then(|| mask_of_all(numbers));
        let of_nodes = |nodes: &[Node]| nodes.iter().try_fold(0, |mask, node| Some(mask | node.mask()?));
        match self {
            Node::Always(_) => Some(0),
            Node::Required(numbers) => of_numbers(numbers),
            Node::Properties(each) => of_numbers(&each.iter().map(|(number, _)| *number).collect::<Vec<_>>()),
            Node::Not(inner) => inner.mask(),
            Node::All(inner) | Node::Any(inner) | Node::One(inner) => of_nodes(inner),
            Node::Choice(branches) => of_nodes(&**branches),
            _ => None,
        }
    }

    /// What is so where this is not.
    fn negated(self) -> Node {
        match self {
            Node::Enum(constants) if constants.iter().all(Constant::is_nothing) => {
                let has = |ask: fn(&Constant) -> bool| constants.iter().any(ask);
                Node::Filled {
                    null: has(|each| matches!(each, Constant::Null)),
                    text: has(|each| matches!(each, Constant::Text(_))),
                    list: has(|each| matches!(each, Constant::EmptyList)),
                }
            }
            other => Node::Not(Box::new(other)),
        }
    }
}

impl Constant {
    fn is_nothing(&self) -> bool {
        match self {
            Constant::Null | Constant::EmptyList => true,
            Constant::Text(text) => text.is_empty(),
            _ => false,
        }
    }
}

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
