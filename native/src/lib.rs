//! What Python sees of the compiled lane.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use import_validator_core::{Answer, Before, Context, Lane as Core, Layout, Mark, PlanSource};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// Goes through records, and vouches for those that break no rule.
#[pyclass(frozen, module = "import_validator_native")]
struct Lane(Mutex<Core>);

/// Columns of the facts of one stream: its number; digests; numbers of records, in 4 bytes each; items, likewise; payloads.
type Columns<'py> = (u32, Bound<'py, PyBytes>, Bound<'py, PyBytes>, Bound<'py, PyBytes>, Bound<'py, PyBytes>);

/// A value that is not vouched for: its first record's number, begin, end, lines before it, and which of its entries.
type Refused = (u32, u32, u32, u32, Option<Vec<u32>>);

/// What was found in a text.
#[pyclass(frozen, get_all, module = "import_validator_native")]
struct Found {
    consumed: usize,
    stuck: bool,
    paused: bool,
    values: u32,
    count: u32,
    lines: u32,
    marks: Vec<Mark>,
    named: Vec<bool>,
    vouched: Vec<u32>,
    numbers: Vec<Py<PyBytes>>,
    refused: Vec<Refused>,
    facts: Py<PyAny>,
}

#[pymethods]
impl Lane {
    /// A lane for a plan, which is given as JSON.
    #[new]
    fn new(plan: &str) -> PyResult<Self> {
        let source: PlanSource =
            serde_json::from_str(plan).map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(Lane(Mutex::new(Core::new(source))))
    }

    /// Forgets what it has seen of a file; false where it failed there, and is not to be used again.
    fn forget(&self) -> bool {
        self.0.lock().map(|mut lane| lane.forget()).is_ok()
    }

    /// Takes in how the rows of a table are written, and which fields its columns hold.
    fn set_table(&self, delimiter: u8, names: Vec<Option<String>>, used: usize) {
        if let Ok(mut lane) = self.0.lock() {
            lane.set_table(delimiter, &names, used);
        }
    }

    /// What there is in a piece of a file.
    #[pyo3(signature = (text, *, layout, after_value, is_last, threads))]
    fn check(
        &self,
        py: Python<'_>,
        text: &[u8],
        layout: &str,
        after_value: bool,
        is_last: bool,
        threads: usize,
    ) -> PyResult<Found> {
        let context = Context {
            layout: match layout {
                "array" => Layout::Array,
                "lines" => Layout::Lines,
                "rows" => Layout::Rows,
                _ => return Err(PyValueError::new_err(layout.to_owned())),
            },
            before: if after_value { Before::Value } else { Before::Nothing },
            is_last,
            threads,
        };
        let checked = py.detach(|| {
            // A panic poisons the lock, so that nothing of what it left is used again.
            let check = || self.0.lock().map(|mut lane| lane.check(text, context)).map_err(drop);
            catch_unwind(AssertUnwindSafe(check))
        });
        match checked {
            Ok(Ok(answer)) => found(py, answer),
            _ => {
                Err(PyRuntimeError::new_err("the compiled lane failed; IMPORT_VALIDATOR_ENGINE=python goes without it"))
            }
        }
    }
}

fn found(py: Python<'_>, answer: Answer) -> PyResult<Found> {
    let facts: Vec<Columns> = answer
        .facts
        .iter()
        .flatten()
        .filter(|facts| !facts.at.is_empty())
        .map(|facts| {
            let (digests, payloads) = (PyBytes::new(py, &facts.digests), PyBytes::new(py, &facts.payloads));
            (facts.stream, digests, in_bytes(py, &facts.at), in_bytes(py, &facts.items), payloads)
        })
        .collect();
    Ok(Found {
        consumed: answer.consumed,
        stuck: answer.stuck,
        paused: answer.paused,
        values: answer.values,
        count: answer.count,
        lines: answer.lines,
        marks: answer.marks,
        named: answer.named,
        vouched: answer.vouched,
        numbers: answer.numbers.iter().map(|each| in_bytes(py, each).unbind()).collect(),
        refused: answer
            .refused
            .into_iter()
            .map(|each| (each.number, each.begin, each.end, each.lines, each.entries))
            .collect(),
        facts: facts.into_pyobject(py)?.into_any().unbind(),
    })
}

fn in_bytes<'py>(py: Python<'py>, numbers: &[u32]) -> Bound<'py, PyBytes> {
    let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    PyBytes::new(py, &bytes)
}

#[pymodule]
fn import_validator_native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Lane>()?;
    module.add_class::<Found>()?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))
}
