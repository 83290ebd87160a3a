//! Fleets resolved and asked, a file per subject. One program: linking is most of what tests cost.

mod apply;
mod comments;
mod delivered;
mod diff;
mod findings;
mod helm_sources;
mod hostile;
mod json;
mod laws;
mod obstacles;
mod order;
mod policies;
mod projects;
mod recorded;
mod roots;
mod since;
mod why;
mod world;
