//! The area `argo`.

mod application;
mod commit;
mod compare;
mod destination;
mod git_files;
mod marking;
mod matching;
mod project;
mod project_roles;
mod project_windows;
mod render;
mod revision;
mod source_type;
mod sync;
mod validate;

use serde_json::Value as Json;

use crate::case::Answer;

/// The answer to `op`, or `None` where it is not implemented.
pub fn answer(op: &str, input: &Json) -> Option<Answer> {
    Some(match op {
        "destination-resolve" => destination::resolve(input),
        "repo-url" => Ok(destination::repo_url(input)),
        "git-files" => git_files::list(input),
        "regexp" => matching::regexp(input),
        "glob" => matching::glob(input),
        "path-match" => matching::path_match(input),
        "glob-list" => matching::glob_list(input),
        "semver" => matching::semver(input),
        "selector" => matching::selector(input),
        "project-permit-source" => Ok(project::permit_source(input)),
        "project-permit-destination" => project::permit_destination(input),
        "project-permit-resource" => project::permit_resource(input),
        "project-effective" => project::effective(input),
        "project-validate" => project::validate(input),
        "project-normalise" => project_roles::normalise(input),
        "project-role-policy" => project_roles::role_policy(input),
        "project-sync-window" => project_windows::decide(input),
        "project-source-namespace" => Ok(project::source_namespace(input)),
        "directory" | "helm-source" | "kustomize-source" | "multi-source" | "render" => render::render(input),
        "hooks-waves" => Ok(sync::hooks_waves(input)),
        "sort" => Ok(sync::sort(input)),
        "app-validate" => validate::validate(input),
        "app-name-limits" => Ok(application::name_limits(input)),
        "in-any-namespace" => Ok(application::in_any_namespace(input)),
        "sync-options" => Ok(application::sync_options(input)),
        "manifest-generate-paths" => application::generate_paths(input),
        "image-summary" => Ok(application::image_summary(input)),
        "helm-parameter" => application::helm_parameter(input),
        "kustomize-image" => Ok(application::kustomize_image(input)),
        "tracking" => marking::tracking(input),
        "tracking-parse" => marking::parse(input),
        "tracking-live" => marking::live(input),
        "normalise" => marking::normalise(input),
        "ignore-differences" => compare::ignore_differences(input),
        "resource-filter" => marking::resource_filter(input),
        "target-revision" => revision::target(input),
        "chart-revision" => revision::chart(input),
        "envsubst" => Ok(revision::substitute(input)),
        "source-type" => source_type::source_type(input),
        _ => return None,
    })
}
