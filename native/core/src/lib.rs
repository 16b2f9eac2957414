//! Scans import files, and proves of most records that they break no rule. It knows nothing of Python.
//!
//! What it does not understand, it does not vouch for: whoever asked then looks at the record itself.

#![forbid(unsafe_code)]

mod ask;
mod facts;
mod lane;
mod names;
mod plan;
mod scan;
mod schema;
mod text;
mod timestamp;

pub use lane::{Answer, Lane, Layout, Refused, StreamFacts};
pub use plan::PlanSource;
pub use scan::{Doubt, Kind, Scanner, Value};
