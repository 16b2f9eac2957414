//! Asks whether values that are only scanned are as a schema wants them.

use std::borrow::Cow;

use crate::names::NOT_NAMED;
use crate::scan::{Doubt, Kind, Scanner, Sure, Value};
use crate::schema::{ANYTHING, Constant, Definitions, Mask, NUMBERS, Node, Schema};
use crate::text::{characters, content};
use crate::timestamp::is_timestamp;

/// An answer, or None where it is beyond what this lane knows.
pub type Maybe = Option<bool>;

/// The fields of an object, by the numbers of their names.
#[derive(Debug, Default)]
pub struct Fields {
    values: Vec<Option<Value>>,
    /// The numbers of those that there are.
    present: Vec<usize>,
    /// A bit for each of these below 128.
    mask: Mask,
    pub count: u64,
    pub has_others: bool,
}

impl Fields {
    pub fn begin(&mut self, names: usize) {
        for number in self.present.drain(..) {
            self.values[number] = None;
        }
        if self.values.len() < names {
            self.values.resize(names, None);
        }
        self.mask = 0;
        self.count = 0;
        self.has_others = false;
    }

    #[inline(always)]
    pub fn put(&mut self, number: usize, value: Value) {
        self.count += 1;
        if number == NOT_NAMED {
            self.has_others = true;
            return;
        }
        self.values[number] = Some(value);
        self.present.push(number);
        self.mask |= if number < 128 { 1 << number } else { 0 };
    }

    #[inline(always)]
    pub fn get(&self, number: usize) -> Option<&Value> {
        self.values.get(number)?.as_ref()
    }

    /// Whether there are all fields of a mask.
    #[inline(always)]
    pub fn has_all(&self, mask: Mask) -> bool {
        self.mask & mask == mask
    }

    /// The same, but for a field that is null.
    #[inline(always)]
    pub fn given(&self, number: usize) -> Option<&Value> {
        self.get(number).filter(|value| value.kind != Kind::Null)
    }
}

static NO_FIELDS: Fields = Fields { values: Vec::new(), present: Vec::new(), mask: 0, count: 0, has_others: false };

/// What values are asked with: the text that they stand in, and the schemas that others refer to.
#[derive(Clone, Copy)]
pub struct Asker<'a> {
    pub bytes: &'a [u8],
    pub definitions: &'a Definitions,
}

impl<'a> Asker<'a> {
    /// Whether a value is as a schema wants it; None where that is not known.
    pub fn accepts(&self, schema: &Schema, value: &Value) -> Maybe {
        if !schema.asks_fields {
            return all(schema.always.iter().map(|node| self.answer(node, value, &NO_FIELDS)));
        }
        let mut fields = Fields::default();
        if value.kind == Kind::Object {
            fields.begin(schema.names.len());
            self.scan_fields(schema, value, &mut fields).ok()?;
        }
        self.accepts_fields(schema, value, &fields)
    }

    /// The same of an object whose fields are known, or of what is no object.
    pub fn accepts_fields(&self, schema: &Schema, value: &Value, fields: &Fields) -> Maybe {
        let always = schema.always.iter().map(|node| self.answer(node, value, fields));
        if value.kind != Kind::Object {
            return all(always.chain(schema.together.iter().map(|(_, node)| self.answer(node, value, fields))));
        }
        if !fields.has_all(schema.required) {
            return Some(false);
        }
        let alone = fields.present.iter().flat_map(|number| {
            let asked: &[Schema] = schema.fields.get(*number).map_or(&[], |asked| asked);
            let value = fields.get(*number);
            asked.iter().filter_map(move |schema| value.map(|value| self.accepts(schema, value)))
        });
        let together = schema.together.iter().filter(|(mask, _)| *mask == ANYTHING || fields.mask & mask != 0);
        all(always.chain(alone).chain(together.map(|(_, node)| self.answer(node, value, fields))))
    }

    /// The answer of a node for an object without any fields.
    pub(crate) fn of_nothing(node: &Node, names: usize) -> Maybe {
        let (definitions, mut fields) = (Definitions::default(), Fields::default());
        fields.begin(names);
        Asker { bytes: b"", definitions: &definitions }.answer(node, &Value::plain(Kind::Object, 0, 0), &fields)
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
            Node::Length { least: 0, most } if (value.end - value.begin) as u64 <= *most => Some(true),
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
            Node::Prefix(literal) => self.of_text(value, |text| text.starts_with(literal)),
            Node::Filled { null, text, list } => match value.kind {
                Kind::Null => Some(!null),
                Kind::Text => Some(!(*text && value.begin == value.end)),
                Kind::List if *list => Some(self.count_items(value).ok()? > 0),
                _ => Some(true),
            },
            Node::Pattern(pattern) => match value.kind {
                Kind::Text => pattern.is_in(&content(self.bytes, value)),
                _ => Some(true),
            },
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

    /// Goes through the texts in a list; what holds anything else, or is none, is odd.
    pub fn for_texts(&self, value: &Value, mut text: impl FnMut(Cow<'a, [u8]>) -> Sure<()>) -> Sure<()> {
        if value.kind != Kind::List {
            return Err(Doubt::Odd);
        }
        self.for_items(value, |item| match item.kind {
            Kind::Text => text(content(self.bytes, &item)),
            _ => Err(Doubt::Odd),
        })
    }

    /// Goes through the items of a list, as far as there is no doubt.
    fn for_items(&self, value: &Value, mut item: impl FnMut(Value) -> Sure<()>) -> Sure<()> {
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
