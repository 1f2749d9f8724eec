import { startHeartbeat } from "./heart.js";

/** The main module of a worker process. Its heart beats before the engines are imported, which takes a while. */
startHeartbeat();
const { serve } = await import("./serve.js");
const { openAssigned } = await import("./assigned.js");
serve(openAssigned);
