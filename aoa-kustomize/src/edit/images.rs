//! The notation of `kustomize edit set image`.

use aoa_lang::value::Text;

use crate::error::{Error, Result};
use crate::file::Image;
use crate::transform::split_image;

/// What keeps the value of the file.
const KEEP: &str = "*";

/// Reads `name=new-name:tag@digest`, or a part of it.
///
/// # Errors
/// If it changes nothing.
pub(super) fn parse_image(argument: &str) -> Result<Image> {
    let (name, value) = match argument.split_once('=') {
        Some((name, value)) => (Some(name), value),
        None => (None, argument),
    };
    let (found, tag, digest) = split_image(value);
    if found == argument {
        return Err(Error::invalid(
            "invalid format of image, use one of the following options:\n\
             - <image>=<newimage>:<newtag>\n\
             - <image>=<newimage>@<digest>\n\
             - <image>=<newimage>:<newtag>@<digest>\n\
             - <image>=<newimage>\n\
             - <image>:<newtag>\n\
             - <image>:<newtag>@<digest>\n\
             - <image>@<digest>",
        ));
    }
    Ok(Image {
        // Without a name before the equals sign the image keeps its own.
        name: Text::from(name.unwrap_or(found)),
        new_name: name.map_or(Text::EMPTY, |_| Text::from(found)),
        tag_suffix: Text::EMPTY,
        new_tag: Text::from(tag),
        digest: Text::from(digest),
    })
}

/// The images of a file after `set image`: by name, one of each (`RunSetImage`).
pub(super) fn set_images(written: Vec<Image>, arguments: &[String]) -> Result<Vec<Image>> {
    let mut images = std::collections::BTreeMap::new();
    for argument in arguments {
        let image = parse_image(argument)?;
        images.insert(image.name.clone(), image);
    }
    for image in written {
        match images.get_mut(&image.name) {
            None => {
                images.insert(image.name.clone(), image);
            }
            Some(given) => {
                let pairs = [
                    (&mut given.new_name, image.new_name),
                    (&mut given.new_tag, image.new_tag),
                    (&mut given.digest, image.digest),
                ];
                // Of several entries with one name the first is kept, and its suffix goes where something is filled in.
                for (value, kept) in pairs {
                    if *value == *KEEP {
                        *value = kept;
                        given.tag_suffix = Text::EMPTY;
                    }
                }
            }
        }
    }
    let mut images: Vec<Image> = images.into_values().collect();
    for image in &mut images {
        for value in [&mut image.new_name, &mut image.new_tag, &mut image.digest] {
            if *value == *KEEP {
                *value = Text::EMPTY;
                image.tag_suffix = Text::EMPTY;
            }
        }
    }
    Ok(images)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(written: &[(&str, &str, &str)], arguments: &[&str]) -> Vec<(String, String, String, String)> {
        let written = written.iter().map(|(name, new_name, new_tag)| Image {
            name: Text::from(*name),
            new_name: Text::from(*new_name),
            tag_suffix: Text::EMPTY,
            new_tag: Text::from(*new_tag),
            digest: Text::EMPTY,
        });
        let arguments: Vec<String> = arguments.iter().map(|a| (*a).to_owned()).collect();
        let images = set_images(written.collect(), &arguments).unwrap();
        let text = |text: &Text| text.to_string();
        images.iter().map(|i| (text(&i.name), text(&i.new_name), text(&i.new_tag), text(&i.digest))).collect()
    }

    #[test]
    fn an_asterisk_keeps_what_the_file_says() {
        let images = set(&[("b", "mirror/b", "1"), ("a", "", "2")], &["b=*:9", "c:3@sha256:0"]);
        let image = |name: &str, new_name: &str, tag: &str, digest: &str| {
            (name.to_owned(), new_name.to_owned(), tag.to_owned(), digest.to_owned())
        };
        assert_eq!(
            images,
            [image("a", "", "2", ""), image("b", "mirror/b", "9", ""), image("c", "", "3", "sha256:0")]
        );
    }

    #[test]
    fn a_bare_name_is_refused() {
        assert!(parse_image("nginx").is_err());
        assert!(parse_image("").is_err());
        assert!(parse_image("host:5000/nginx").is_err());
        assert_eq!(parse_image("host:5000/nginx:1").unwrap().name.as_str(), Some("host:5000/nginx"));
    }
}
