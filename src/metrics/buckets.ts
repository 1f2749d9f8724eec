/** From 1 ms: the default buckets begin where a good answer has long been given. */
export const SECONDS = [1, 2, 3, 5, 7.5, 10, 15, 20, 30, 50, 75, 100, 150, 250, 500, 1000, 2500].map((ms) => ms / 1000);
/** From 10 µs: what the server itself does. */
export const SHORT_SECONDS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50].map((ms) => ms / 1000);
export const SIZES = [1, 2, 4, 8, 16, 32, 64, 128];
