//! The small languages under hostile input and by their laws, a file per subject. One program: linking is most of what tests cost.

mod rego_hostile;
mod template_hostile;
mod text_hostile;
mod text_laws;
mod yaml_hostile;
mod yaml_laws;
