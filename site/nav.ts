/** A part of the manual: pages by their paths in the repository, in the order in which one would read them. */
export interface Section {
  readonly title: string;
  readonly pages: readonly string[];
}

/** Every page of the site. What stands in docs/ and not here is a fault that the build tells. */
export const SECTIONS: readonly Section[] = [
  { title: "Start", pages: ["README.md", "docs/first-steps.md", "docs/concepts.md"] },
  {
    title: "How to",
    pages: [
      "docs/training-own.md",
      "docs/from-rasa.md",
      "docs/from-two-models.md",
      "docs/monitoring.md",
      "docs/kubernetes.md",
      "docs/gpu.md",
      "docs/operations.md",
      "docs/scaling.md",
      "examples/README.md",
    ],
  },
  {
    title: "Reference",
    pages: [
      "docs/api.md",
      "docs/configuration.md",
      "docs/cli.md",
      "docs/metrics.md",
      "docs/bundles.md",
      "docs/data-format.md",
      "docs/adapters.md",
      "clients/typescript/README.md",
      "clients/python/README.md",
      "SECURITY.md",
    ],
  },
  {
    title: "Results",
    pages: [
      "docs/results.md",
      "docs/limits.md",
      "docs/loadtest.md",
      "docs/latency.md",
      "docs/ablations.md",
      "models/onepass-en/MODEL_CARD.md",
      "models/joint-en/MODEL_CARD.md",
      "models/dual-en/MODEL_CARD.md",
      "models/onepass-clinc-en/MODEL_CARD.md",
    ],
  },
  {
    title: "The house",
    pages: [
      "docs/architecture.md",
      "docs/decisions.md",
      "CONTRIBUTING.md",
      "docs/training.md",
      "training/README.md",
      "CHANGELOG.md",
    ],
  },
];
