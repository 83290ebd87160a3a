//! What happens to an ApplicationSet around its generators: the API server before them, the controller after them.

pub mod crd;
