//! Scans import files, and proves of most records that they break no rule. It knows nothing of Python.
//!
//! What it does not understand, it does not vouch for: whoever asked then looks at the record itself.

#![forbid(unsafe_code)]

mod answer;
mod ask;
mod envelope;
mod facts;
mod known;
mod lane;
mod names;
mod part;
mod pattern;
mod plan;
mod scan;
mod schema;
mod seam;
mod table;
mod text;
mod timestamp;

pub use answer::{Answer, Mark, Refused, StreamFacts};
pub use lane::{Context, Lane, Layout};
pub use part::Before;
pub use plan::PlanSource;
pub use scan::{Doubt, Kind, Scanner, Value};
pub use table::Table;
