//! `aoa order`

use aoa_core::address::Address;
use aoa_core::fleet::App;
use aoa_core::lang::{Error, Result};
use aoa_core::order::{Order, Scope, order};
use aoa_core::report::{OrderOptions, app_order_text, deletion_text, order_dot, order_mermaid, order_text};
use aoa_core::wire::{Redactor, write_order};
use aoa_core::{Fleet, Options};

use super::{Code, resolve_with_options};
use crate::args::{Global, OrderArgs, OrderFormat};
use crate::output::Output;

pub(super) fn run(args: &OrderArgs, global: &Global, out: &mut Output) -> Result<Code> {
    let (fleet, _): (std::mem::ManuallyDrop<Fleet>, Options) = resolve_with_options(&args.repo, global)?;
    let (scope, app) = meant(&fleet, &args.what)?;
    let start = std::time::Instant::now();
    let whole = order(&fleet, &scope);
    if global.timing {
        super::hint(global, &format!("order {:.1} ms", start.elapsed().as_secs_f64() * 1e3));
    }
    let narrowed = app.map(|app| whole.around(app));
    let order = narrowed.as_ref().unwrap_or(&whole);
    let redactor = || Redactor::new(&fleet, global.show_secrets);
    let format = if args.json { OrderFormat::Json } else { args.output };
    match format {
        OrderFormat::Json => out.with(|out| write_order(order, &redactor(), out))?,
        OrderFormat::Yaml => out.yaml(|out| write_order(order, &redactor(), out))?,
        OrderFormat::Mermaid => out.raw(&order_mermaid(order))?,
        OrderFormat::Dot => out.raw(&order_dot(order))?,
        OrderFormat::Text | OrderFormat::Wide => {
            let options = OrderOptions::default().with_all(args.all || format == OrderFormat::Wide);
            let text = match app {
                _ if args.delete => deletion_text(order, options),
                Some(app) => app_order_text(order, app, options),
                None => order_text(order, options),
            };
            out.text(&text)?;
        }
    }
    Ok(if args.exit_code && is_stuck(order) { Code::Failed } else { Code::Answered })
}

fn is_stuck(order: &Order<'_>) -> bool {
    order.edges.iter().any(|edge| edge.outcome.name() == "stuck")
}

/// The cluster and the Application that are meant.
fn meant<'f>(fleet: &'f Fleet, what: &[String]) -> Result<(Scope, Option<App<'f>>)> {
    let (mut scope, mut app) = (Scope::Fleet, None);
    for address in what {
        match Address::parse(address)? {
            Address::Cluster(name) => scope = Scope::cluster(fleet, &name)?,
            Address::App(name) => app = Some(fleet.app_at(&name)?),
            _ => {
                return Err(Error::invalid(format!("there is no order of `{address}`"))
                    .with_help("name a cluster (cluster:NAME) or an Application"));
            }
        }
    }
    Ok((scope, app))
}
