import type { Registry } from "prom-client";

/** Takes out every series of a model, `name@version`, that is no longer served: new versions would pile up for ever. */
export async function forgetModel(registry: Registry, model: string): Promise<void> {
  for (const { name, values } of await registry.getMetricsAsJSON()) {
    const metric = registry.getSingleMetric(name);
    for (const { labels } of values as readonly { labels: Readonly<Record<string, string>> }[]) {
      const { le: _bucket, ...own } = labels; // of a histogram, which is taken out as a whole
      if ([own.model, own.from, own.to].includes(model)) metric?.remove(own);
    }
  }
}
