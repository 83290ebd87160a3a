//! `images`

use aoa_lang::text::regexp::Regexp;
use aoa_lang::value::Text;
use aoa_lang::yaml::{Node, NodeKind};

use super::set_scalar;
use crate::config::FieldSpec;
use crate::error::{Error, Result};
use crate::file::Image;
use crate::node::{at, at_mut, edit_fields, expect_kind};
use crate::resource::{ResMap, Resource};

/// Changes names, tags and digests of images.
pub(crate) struct ImageTransformer {
    image: Image,
    fields: Vec<FieldSpec>,
    /// What an image must match; upstream crashes at one that is no regular expression as soon as there is an image.
    pattern: std::result::Result<Pattern, aoa_lang::Error>,
}

/// The regular expression `^NAME(:TAIL)?(@sha256:TAIL)?$`, where nearly all names are texts with dots in them.
enum Pattern {
    /// A dot stands for any character.
    Name(String),
    Regexp(Box<Regexp>),
}

/// What tags and digests are made of.
const TAIL: &str = "[a-zA-Z0-9_.{}-]*";

impl Pattern {
    fn new(name: &str) -> aoa_lang::Result<Self> {
        if name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'/' | b':' | b'.' | b'@'))
        {
            return Ok(Pattern::Name(name.to_owned()));
        }
        let regexp = Regexp::new(format!("^{name}(:{TAIL})?(@sha256:{TAIL})?$"))?;
        Ok(Pattern::Regexp(Box::new(regexp)))
    }

    fn is_match(&self, image: &Text) -> bool {
        match (self, image.as_str()) {
            (Pattern::Name(name), Some(image)) => is_named(image, name),
            // A dot also stands for a byte that is no character.
            (Pattern::Name(name), None) => Regexp::new(format!("^{name}(:{TAIL})?(@sha256:{TAIL})?$"))
                .is_ok_and(|regexp| regexp.is_match(image.as_bytes())),
            (Pattern::Regexp(regexp), _) => regexp.is_match(image.as_bytes()),
        }
    }
}

/// [`Pattern::Name`]
fn is_named(image: &str, name: &str) -> bool {
    let mut rest = image.chars();
    for wanted in name.chars() {
        match (wanted, rest.next()) {
            ('.', Some(found)) if found != '\n' => {}
            (wanted, Some(found)) if wanted == found => {}
            _ => return false,
        }
    }
    let is_of_tail = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '{' | '}' | '-');
    let mut rest = rest.as_str();
    for sign in [":", "@sha256:"] {
        rest = rest.strip_prefix(sign).map_or(rest, |tail| tail.trim_start_matches(is_of_tail));
    }
    rest.is_empty()
}

impl ImageTransformer {
    pub(crate) fn new(image: Image, fields: Vec<FieldSpec>) -> Self {
        let pattern = Pattern::new(&image.name.to_str_lossy());
        ImageTransformer { image, fields, pattern }
    }

    pub(crate) fn transform(&self, map: &mut ResMap) -> Result<()> {
        if self.fields.iter().any(FieldSpec::reaches_notes) {
            map.write_notes()?;
        }
        // All images of containers first, then again those that fields name: a suffix of tags is added twice.
        for resource in map.bodies_mut() {
            if !is_definition(resource) {
                self.change_containers(resource)?;
            }
        }
        for resource in map.bodies_mut() {
            if !is_definition(resource) {
                for field in &self.fields {
                    self.change_field(resource, field)?;
                }
            }
        }
        Ok(())
    }

    /// Changes the images of everything below a field `containers` or `initContainers` (`imagetag.LegacyFilter`).
    fn change_containers(&self, resource: &mut Resource) -> Result<()> {
        let lists = container_lists(resource.root());
        let mut changes = Vec::new();
        for place in &lists {
            if let Some(list) = at(resource.root(), place) {
                self.find_images(list, place, &mut changes)?;
            }
        }
        if changes.is_empty() {
            return Ok(());
        }
        for (place, image) in changes {
            if let Some(node) = at_mut(resource.body_mut(), &place) {
                set_scalar(node, "", image)?;
            }
        }
        resource.settle_shared();
        Ok(())
    }

    fn find_images(&self, list: &Node, place: &[usize], changes: &mut Vec<(Vec<usize>, Text)>) -> Result<()> {
        for (at_item, item) in list.items().iter().enumerate().filter(|(_, item)| !item.is_null()) {
            expect_kind(item, NodeKind::Map)?;
            let Some(found) = item.entries().position(|(key, _)| key.text == "image") else { continue };
            let index = found * 2 + 1;
            let Some(node) = at(item, &[index]) else { continue };
            if let Some(image) = self.changed(node)? {
                changes.push(([place, &[at_item, index]].concat(), image));
            }
        }
        Ok(())
    }

    fn change_field(&self, resource: &mut Resource, field: &FieldSpec) -> Result<()> {
        let changed = edit_fields(resource.body_mut(), field, &mut |place| {
            let Some(image) = self.changed(place)? else { return Ok(None) };
            let mut new = place.clone();
            set_scalar(&mut new, "", image)?;
            Ok(Some(new))
        })?;
        if changed {
            resource.root_mut();
            resource.settle_shared();
        }
        Ok(())
    }

    /// The image that is put into the place of one that matches.
    fn changed(&self, node: &Node) -> Result<Option<Text>> {
        expect_kind(node, NodeKind::Scalar)?;
        let pattern = self.pattern.as_ref().map_err(|e| {
            let name = &self.image.name;
            Error::from(e.clone()).prefixed(&format!("the image name '{name}' is no regular expression: "))
        })?;
        if !pattern.is_match(&node.text) {
            return Ok(None);
        }
        let old = node.text.to_str_lossy();
        let (mut name, mut tag, mut digest) = split_image(&old);
        let Image { new_name, new_tag, tag_suffix, digest: new_digest, .. } = &self.image;
        let [new_name, new_tag, new_digest] = [new_name, new_tag, new_digest].map(|text| text.to_str_lossy());
        if !new_name.is_empty() {
            name = &new_name;
        }
        let suffixed = format!("{tag}{tag_suffix}");
        if !new_tag.is_empty() {
            (tag, digest) = (&new_tag, &new_digest);
        } else if !new_digest.is_empty() {
            (tag, digest) = ("", &new_digest);
        } else if !tag_suffix.is_empty() {
            (tag, digest) = (&suffixed, "");
        }
        let mut image = name.to_owned();
        for (sign, part) in [(':', tag), ('@', digest)] {
            if !part.is_empty() {
                image.push(sign);
                image.push_str(part);
            }
        }
        Ok(Some(image.into()))
    }
}

/// The places of all `containers` and `initContainers`, in the order in which upstream comes to them.
fn container_lists(root: &Node) -> Vec<Vec<usize>> {
    let mut lists = Vec::new();
    // Each node with the step that leads to it: its parent among the steps, and the index there.
    let mut steps: Vec<(usize, usize)> = vec![(0, 0)];
    let mut pending: Vec<(usize, &Node)> = vec![(0, root)];
    while let Some((step, node)) = pending.pop() {
        let is_map = node.kind == NodeKind::Map;
        let stride = if is_map { 2 } else { 1 };
        let children = node.content.as_slice();
        for (index, child) in children.iter().enumerate().skip(stride - 1).step_by(stride) {
            if child.content.as_slice().is_empty() {
                continue;
            }
            let key = children.get(index.wrapping_sub(1)).filter(|_| is_map);
            steps.push((step, index));
            let own = steps.len().saturating_sub(1);
            if key.is_some_and(|key| key.text == "containers" || key.text == "initContainers") {
                lists.push(place_of(&steps, own));
            }
            pending.push((own, child));
        }
    }
    lists
}

fn place_of(steps: &[(usize, usize)], mut step: usize) -> Vec<usize> {
    let mut place = Vec::new();
    while step > 0
        && let Some((above, index)) = steps.get(step)
    {
        place.push(*index);
        step = *above;
    }
    place.reverse();
    place
}

fn is_definition(resource: &Resource) -> bool {
    resource.root().field("kind").is_some_and(|kind| kind.text == "CustomResourceDefinition")
}

/// Name, tag and digest of an image (`image.Split`).
pub(crate) fn split_image(image: &str) -> (&str, &str, &str) {
    let path = image.find('/').unwrap_or(0);
    let searched = image.get(path..).unwrap_or_default();
    let find = |sign: char| searched.find(sign).map(|at| at + path);
    let cut = |from: usize, to: usize| image.get(from..to).unwrap_or_default();
    match (find('@'), find(':')) {
        (None, None) => (image, "", ""),
        (Some(at), colon) if colon.is_none_or(|colon| at < colon) => {
            (cut(0, at), "", cut(at + 1, image.len()))
        }
        (Some(at), Some(colon)) => (cut(0, colon), cut(colon + 1, at), cut(at + 1, image.len())),
        (_, colon) => {
            let colon = colon.unwrap_or(image.len());
            (cut(0, colon), cut(colon + 1, image.len()), "")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_as_the_regular_expression_does() {
        let names = ["a/b", "r.io/a", "r.io:5000/a", "a", "a@b", ""];
        let tails = [
            "",
            ":1.0",
            ":",
            ":1@sha256:ff",
            "@sha256:",
            "@sha256:x:y",
            ":1:2",
            "@md5:1",
            "\n",
            "x",
            ":{t}-_",
        ];
        for name in names {
            let regexp = Regexp::new(format!("^{name}(:{TAIL})?(@sha256:{TAIL})?$")).unwrap();
            for image in names.iter().chain(&["rXio/a", "r\nio/a", "r\u{e4}io/a"]) {
                for tail in tails {
                    let image = format!("{image}{tail}");
                    assert_eq!(
                        is_named(&image, name),
                        regexp.is_match(image.as_bytes()),
                        "{image:?} by {name:?}"
                    );
                }
            }
        }
    }
}
