//! Rows of delimited text, cell by cell.

use crate::ask::Fields;
use crate::names::Names;
use crate::scan::{Escapes, Kind, Value};

/// How the rows of a table are written, and which column holds which field.
#[derive(Default)]
pub struct Table {
    delimiter: u8,
    /// For each column the number of its field; None for one that is passed over.
    columns: Vec<Option<usize>>,
    /// Cells from this column on have to be empty.
    used: usize,
}

/// A row that was gone through; its cells are in the fields.
pub struct Row {
    /// Where the next one begins.
    pub end: usize,
    /// Whether all its cells are empty.
    pub is_blank: bool,
    /// Whether it is as a row should be: as many cells as the header, quotes in order, and text.
    pub is_fine: bool,
}

impl Table {
    /// `names` are those of the columns' fields, among which `known` are asked about.
    pub fn new(delimiter: u8, names: &[Option<String>], used: usize, known: &Names) -> Self {
        let number = |name: &Option<String>| name.as_ref().map(|name| known.number_of(name.as_bytes()));
        Table { delimiter, columns: names.iter().map(number).collect(), used }
    }

    /// Goes through the row that begins at a place; None where it may not be all there.
    ///
    /// `is_all` says whether nothing follows the text; `is_plain` that it is ASCII without NUL.
    pub fn read(&self, text: &[u8], begin: usize, is_all: bool, is_plain: bool, fields: &mut Fields) -> Option<Row> {
        let (mut at, mut column, mut row) = (begin, 0, Row { end: begin, is_blank: true, is_fine: true });
        loop {
            let cell = if text.get(at) == Some(&b'"') {
                let (cell, after) = quoted(text, at, is_all)?;
                at = self.end_of_cell(text, after);
                row.is_fine &= at == after;
                row.is_blank &= at == after;
                cell
            } else {
                let begin = at;
                at = self.end_of_cell(text, at);
                (begin, at, Escapes::None)
            };
            if cell.0 < cell.1 {
                row.is_blank = false;
                row.is_fine &= self.put(text, column, cell, is_plain, fields);
            }
            column += 1;
            if text.get(at) != Some(&self.delimiter) {
                break;
            }
            at += 1;
        }
        row.is_fine &= column == self.columns.len();
        row.end = match (text.get(at), text.get(at + 1)) {
            (None, _) if is_all => at,
            (None, _) => return None,
            (Some(b'\r'), None) if !is_all => return None,
            (Some(b'\r'), Some(b'\n')) => at + 2,
            _ => at + 1,
        };
        Some(row)
    }

    /// Takes in the text of a cell; false where there should be none, or where it is no text.
    fn put(
        &self,
        text: &[u8],
        column: usize,
        (begin, end, escapes): (usize, usize, Escapes),
        is_plain: bool,
        fields: &mut Fields,
    ) -> bool {
        let cell = &text[begin..end];
        let ascii = is_plain || cell.is_ascii();
        if !is_plain && (memchr::memchr(0, cell).is_some() || (!ascii && std::str::from_utf8(cell).is_err())) {
            return false;
        }
        if column >= self.used || column >= self.columns.len() {
            return false;
        }
        if let Some(number) = self.columns[column] {
            fields.put(number, Value { kind: Kind::Text, begin, end, escapes, ascii });
        }
        true
    }

    fn end_of_cell(&self, text: &[u8], at: usize) -> usize {
        memchr::memchr3(self.delimiter, b'\n', b'\r', &text[at..]).map_or(text.len(), |length| at + length)
    }
}

/// The cell whose opening quote is at a place, and where its closing quote ends; None where that may not be there yet.
fn quoted(text: &[u8], at: usize, is_all: bool) -> Option<((usize, usize, Escapes), usize)> {
    let (begin, mut from, mut escapes) = (at + 1, at + 1, Escapes::None);
    loop {
        let close = from + memchr::memchr(b'"', &text[from..])?;
        match text.get(close + 1) {
            Some(b'"') => (from, escapes) = (close + 2, Escapes::Doubled),
            None if !is_all => return None,
            _ => return Some(((begin, close, escapes), close + 1)),
        }
    }
}
