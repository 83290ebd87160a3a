//! The name of an image as registries know it.

/// An image with its registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ImageName {
    /// Without tag and digest: `docker.io/library/nginx`.
    pub(crate) name: String,
    pub(crate) has_digest: bool,
}

impl ImageName {
    /// Reads what a container says, as container runtimes do: without a registry it is one of Docker Hub.
    pub(crate) fn of(image: &str) -> Self {
        let (name, has_digest) = match image.split_once('@') {
            Some((name, _)) => (name, true),
            None => (image, false),
        };
        // A colon behind the last slash begins a tag, one before it a port.
        let (folder, last) = name.rsplit_once('/').map_or(("", name), |(folder, last)| (folder, last));
        let last = last.split(':').next().unwrap_or_default();
        let name = if folder.is_empty() { last.to_owned() } else { format!("{folder}/{last}") };
        let is_registry = |part: &str| part.contains(['.', ':']) || part == "localhost";
        let name = match name.split_once('/') {
            Some((first, rest)) if is_registry(first) => match (first, rest.contains('/')) {
                ("docker.io" | "index.docker.io", false) => format!("docker.io/library/{rest}"),
                ("index.docker.io", true) => format!("docker.io/{rest}"),
                _ => name,
            },
            Some(_) => format!("docker.io/{name}"),
            None => format!("docker.io/library/{name}"),
        };
        ImageName { name, has_digest }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_registries() {
        let name = |image: &str| ImageName::of(image).name;
        assert_eq!(name("nginx"), "docker.io/library/nginx");
        assert_eq!(name("nginx:1.27"), "docker.io/library/nginx");
        assert_eq!(name("acme/web:1"), "docker.io/acme/web");
        assert_eq!(name("docker.io/nginx"), "docker.io/library/nginx");
        assert_eq!(name("localhost:5000/web:1"), "localhost:5000/web");
        assert_eq!(name("ghcr.io/acme/web/api@sha256:00"), "ghcr.io/acme/web/api");
        assert!(ImageName::of("ghcr.io/acme/web:1@sha256:00").has_digest);
        assert_eq!(name("ghcr.io/acme/web:1@sha256:00"), "ghcr.io/acme/web");
    }
}
