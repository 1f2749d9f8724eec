import { build, isStale } from "./build.js";

// The server runs in this very process, so that it gets the signals.
if (isStale()) build();
await import("../dist/src/main.js");
