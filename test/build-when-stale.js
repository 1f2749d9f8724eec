import { build, isStale } from "../scripts/build.js";

/** Before the tests: those of the process run what `dist/` holds, and must not build it each for itself. */
export default function setup() {
  if (isStale()) build();
}
