import { startHeartbeat } from "./heart.js";

/** The main module of a worker process. Its heart beats before the engines are imported, which takes a while. */
process.title = "onepass waiting"; // for `ps`, and for who looks for workers there
startHeartbeat();
const { serve } = await import("./serve.js");
const { Opener } = await import("./assigned.js");
const opener = new Opener();
serve(opener.open, opener.prepare);
