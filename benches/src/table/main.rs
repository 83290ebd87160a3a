//! Prints the table of RESULTS.md: what each thing takes on one core, its target, and what Argo CD's code takes.

fn main() {}
