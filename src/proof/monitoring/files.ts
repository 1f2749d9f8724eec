import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { PACKAGE_ROOT } from "../../package.js";

export const PROMETHEUS_FOLDER = join(PACKAGE_ROOT, "deploy/prometheus");
const DASHBOARD = join(PACKAGE_ROOT, "deploy/grafana/onepass.json");
export const RULE_FILES = ["rules.yml", "drift.yml", "alerts.yml"].map((file) => join(PROMETHEUS_FOLDER, file));

const Rule = z.object({ record: z.string().optional(), alert: z.string().optional(), expr: z.string() });
export type Rule = z.infer<typeof Rule>;
const RuleFile = z.object({ groups: z.array(z.object({ rules: z.array(Rule) })) });

const Target = z.object({ expr: z.string(), legendFormat: z.string(), instant: z.boolean().default(false) });
const Panel = z.object({
  title: z.string(),
  type: z.enum(["timeseries", "bargauge"]),
  fieldConfig: z.object({
    defaults: z.object({
      unit: z.string(),
      max: z.number().optional(),
      custom: z.object({ stacking: z.object({ mode: z.string() }) }).optional(),
    }),
  }),
  targets: z.array(Target),
});
/** A panel of the dashboard, as far as it is drawn. */
export type Panel = z.infer<typeof Panel>;
export type Target = z.infer<typeof Target>;
const Dashboard = z.object({ panels: z.array(z.union([Panel, z.object({ type: z.literal("row") })])) });

/** Every rule of `deploy/prometheus`. */
export function readRules(): Rule[] {
  return RULE_FILES.flatMap((file) => {
    const { groups } = RuleFile.parse(parse(readFileSync(file, "utf8")));
    return groups.flatMap(({ rules }) => rules);
  });
}

/** Every panel of the dashboard that shows something, in its order. */
export function readPanels(): Panel[] {
  const { panels } = Dashboard.parse(JSON.parse(readFileSync(DASHBOARD, "utf8")));
  return panels.filter((panel) => "targets" in panel);
}

/** A target's expression with Grafana's variables filled in. rateInterval: as PromQL writes durations */
export function filledIn({ expr }: Pick<Target, "expr">, job: string, rateInterval: string): string {
  return expr.replaceAll("$__rate_interval", rateInterval).replaceAll("$job", job);
}
