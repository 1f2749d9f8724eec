import type { DashboardCheckOptions } from "../proof/monitoring/command.js";
import { defineCommand, EXIT } from "./command.js";
import { whole } from "./values.js";

export const dashboardCheck = defineCommand({
  name: "dashboard check",
  summary: "Runs every query of the Grafana dashboard, and every rule, against a real Prometheus.",
  description:
    "The Prometheus scrapes a server of our own under load, and what the queries find is drawn. It wants `prometheus` on the path, " +
    "and Linux. ONEPASS_* variables are the server's.",
  examples: ["dashboard check", "dashboard check --seconds 30 --svg /tmp/dashboard.svg"],
  failure: "a query or a rule has a fault, or nothing to show",
  audience: "developers",
  define: (command) =>
    command
      .option("--seconds <n>", "how long the load lasts", whole(10, 3600), 120)
      .option("--svg <file>", "draw the panels there", "docs/images/dashboard.svg"),
  read: (options): DashboardCheckOptions => options,
  async run(options, io) {
    const { dashboardCheckCommand } = await import("../proof/monitoring/command.js");
    return (await dashboardCheckCommand(options, io)) ? EXIT.done : EXIT.failed;
  },
});
