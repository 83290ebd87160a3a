//! `configMapGenerator`, `secretGenerator`, `helmCharts`, and the plugins of `generators`.

use super::origin::Origin;
use super::plugins::{GeneratorPlugin, PluginKind, load_generator};
use super::{Accumulator, Run, Target};
use crate::error::{Error, Result};
use crate::file::{ChartArgs, GeneratorOptions};
use crate::generate::{inflate, make_config_map, make_secret};
use crate::resource::Resource;
use crate::resource::annotations::ORIGIN;

impl Target {
    /// Runs all generators (`runGenerators`).
    pub(super) fn run_generators(&self, run: &mut Run<'_>, into: &mut Accumulator) -> Result<()> {
        let file = self.file.clone();
        let global = file.generator_options.as_ref();
        for (list, make, kind) in [
            (&file.config_maps, make_config_map as fn(&_, &_, &_) -> _, "ConfigMapGenerator"),
            (&file.secrets, make_secret, "SecretGenerator"),
        ] {
            for args in list {
                let mut args = args.clone();
                args.options = GeneratorOptions::merged(args.options.as_ref(), global);
                let made = make(&args, &self.loader, &run.scopes)?;
                self.absorb(into, vec![made], self.built_in_origin(kind).as_ref())?;
            }
        }
        for chart in &file.helm_charts {
            let resources = self.inflate(run, chart)?;
            self.absorb(into, resources, self.built_in_origin("HelmChartInflationGenerator").as_ref())?;
        }
        let plugins = self.plugin_resources(run, &file.generators, PluginKind::Generator);
        let plugins = plugins.map_err(|e| e.prefixed("loading generator plugins: "))?;
        let mut generators = Vec::with_capacity(plugins.len());
        for plugin in &plugins {
            let failed = |e: Error| e.prefixed("loading generator plugins: failed to load generator: ");
            generators.push((load_generator(plugin, run).map_err(failed)?, Origin::of_plugin(plugin)?));
        }
        for (generator, origin) in generators {
            let resources = match generator {
                GeneratorPlugin::ConfigMap(args) => vec![make_config_map(&args, &self.loader, &run.scopes)?],
                GeneratorPlugin::Secret(args) => vec![make_secret(&args, &self.loader, &run.scopes)?],
                GeneratorPlugin::ServiceAccount(config) => {
                    vec![crate::generate::make_service_account(&config, &run.scopes)?]
                }
                GeneratorPlugin::Chart(args, globals) => {
                    let read = |text: &[u8]| run.read_resources(&text.into());
                    let (options, limits) = (&run.options.helm, &run.options.limits.text);
                    inflate(&args, &globals, options, &self.loader, limits, read)?
                }
            };
            self.absorb(into, resources, origin.as_ref())?;
        }
        Ok(())
    }

    fn inflate(&self, run: &Run<'_>, chart: &ChartArgs) -> Result<Vec<Resource>> {
        let mut chart = chart.clone();
        if chart.namespace.is_empty() {
            let own = &self.file.namespace;
            chart.namespace = if own.is_empty() { self.helm_namespace.clone() } else { own.clone() };
        }
        let read = |text: &[u8]| run.read_resources(&text.into());
        let (options, limits) = (&run.options.helm, &run.options.limits.text);
        inflate(&chart, &self.file.helm_globals, options, &self.loader, limits, read)
    }

    fn absorb(&self, into: &mut Accumulator, mut made: Vec<Resource>, origin: Option<&Origin>) -> Result<()> {
        if let Some(origin) = origin {
            for resource in made.iter_mut().filter(|resource| resource.annotation(ORIGIN).is_none()) {
                resource.add_annotation(ORIGIN, origin.to_yaml()?)?;
            }
        }
        into.map.absorb_all(made).map_err(|e| e.prefixed("merging from generator: "))
    }

    /// The origin of what a built-in plugin makes or changes, if it is to be told.
    pub(super) fn built_in_origin(&self, kind: &'static str) -> Option<Origin> {
        self.origin.as_ref().map(|origin| origin.of_built_in(kind, self.file_name))
    }
}
