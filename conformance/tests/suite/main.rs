//! Every recorded case, check and example fleet, a file per subject. One program: linking is most of what tests cost.

mod broken_fleets;
mod checks;
mod known_gaps;
mod policies;
