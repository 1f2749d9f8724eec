/**
 * Imported before onnxruntime-node, which otherwise writes a database of usage events below the home folder and a log below
 * the temporary one, and sends them where it can. Native code reads the variable when the library is loaded.
 */
process.env.ORT_DISABLE_TELEMETRY = "1";
