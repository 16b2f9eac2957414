//! What Python sees of the compiled lane.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use import_validator_core::{Answer, Lane as Core, Layout, PlanSource, Refused};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// Goes through records, and vouches for those that break no rule.
#[pyclass(frozen, module = "import_validator_native")]
struct Lane(Mutex<Core>);

/// Columns of the facts of one stream: its number; digests; numbers of records, in 4 bytes each; items, likewise; payloads.
type Columns<'py> = (u32, Bound<'py, PyBytes>, Bound<'py, PyBytes>, Bound<'py, PyBytes>, Bound<'py, PyBytes>);

/// An answer: how many records; of each type, how many are vouched for, and their numbers; the others; facts.
type Given<'py> = (u32, Vec<u32>, Vec<Bound<'py, PyBytes>>, Vec<Refused>, Vec<Columns<'py>>);

#[pymethods]
impl Lane {
    /// A lane for a plan, which is given as JSON.
    #[new]
    fn new(plan: &str) -> PyResult<Self> {
        let source: PlanSource =
            serde_json::from_str(plan).map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(Lane(Mutex::new(Core::new(source))))
    }

    /// What there is in a JSON array, or in lines of JSON; None where any value of it is odd.
    fn check<'py>(&self, py: Python<'py>, text: &[u8], lines: bool) -> PyResult<Option<Given<'py>>> {
        let layout = if lines { Layout::Lines } else { Layout::Array };
        let checked = py.detach(|| {
            // A panic poisons the lock, so that nothing of what it left is used again.
            let check = || self.0.lock().map(|mut lane| lane.check(text, layout).ok()).map_err(drop);
            catch_unwind(AssertUnwindSafe(check))
        });
        match checked {
            Ok(Ok(answer)) => Ok(answer.map(|answer| given(py, answer))),
            _ => {
                Err(PyRuntimeError::new_err("the compiled lane failed; IMPORT_VALIDATOR_ENGINE=python goes without it"))
            }
        }
    }
}

fn given(py: Python<'_>, answer: Answer) -> Given<'_> {
    let numbers = answer.numbers.iter().map(|each| in_bytes(py, each)).collect();
    let facts = answer.facts.iter().flatten().filter(|facts| !facts.at.is_empty()).map(|facts| {
        let (digests, payloads) = (PyBytes::new(py, &facts.digests), PyBytes::new(py, &facts.payloads));
        (facts.stream, digests, in_bytes(py, &facts.at), in_bytes(py, &facts.items), payloads)
    });
    (answer.count, answer.vouched, numbers, answer.refused, facts.collect())
}

fn in_bytes<'py>(py: Python<'py>, numbers: &[u32]) -> Bound<'py, PyBytes> {
    let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    PyBytes::new(py, &bytes)
}

#[pymodule]
fn import_validator_native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Lane>()?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))
}
