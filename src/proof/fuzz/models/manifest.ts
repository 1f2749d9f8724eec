import { choose, type Random } from "../../../statistics/random.js";
import { chance } from "./bytes.js";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Place = { parent: Json[]; key: number } | { parent: Record<string, Json>; key: string };

const HOSTILE: readonly Json[] = [
  ...[null, true, 0, 1, -1, 0.5, 1e308, 2 ** 31, 2 ** 53, -0, "", "..", "../../etc/passwd", "/etc/passwd", "bundle.json", "."],
  ...["__proto__", "constructor", "a\u0000b", "\ud800", "😀".repeat(100), "x".repeat(100_000), "{text}{text}"],
  ...[[], {}, [[]], [null], ["O"], { a: 1 }, Array<Json>(1000).fill("x")],
];

/** What is changed, by name. */
const CHANGES: Readonly<Record<string, (place: Place, random: Random) => void>> = {
  "a value": (place, random) => {
    set(place, choose(HOSTILE, random));
  },
  "a number": (place, random) => {
    const value = get(place);
    const by = choose([0, -1, 2, 1000, 1e9, 1e18, 0.5], random);
    set(place, typeof value === "number" ? value * by : by);
  },
  "a value is gone": ({ parent, key }) => {
    if (Array.isArray(parent)) parent.splice(key as number, 1);
    else delete parent[key]; // eslint-disable-line @typescript-eslint/no-dynamic-delete
  },
  "a key that nobody knows": ({ parent }, random) => {
    const key = choose(["surprise", "__proto__", "constructor", "engine", "file", "files", ""], random);
    if (Array.isArray(parent)) parent.push(key);
    else Object.defineProperty(parent, key, { value: "surprise", enumerable: true, configurable: true, writable: true });
  },
  "a value from elsewhere": (place) => {
    set(place, structuredClone(place.parent));
  },
};

/** json: of a manifest; files: what the bundle's folder holds, which manifests may be made to mix up. */
export function mutateManifest(json: string, files: readonly string[], random: Random): { json: string; change: string } {
  const manifest = JSON.parse(json) as Json;
  const place = choose(places(manifest), random);
  if (chance(0.1, random)) {
    set(place, choose(files, random));
    return { json: JSON.stringify(manifest), change: `${String(place.key)}: another file` };
  }
  if (chance(0.1, random)) {
    const end = Math.floor(random() * json.length);
    return { json: json.slice(0, end), change: "the manifest ends" };
  }
  const change = choose(Object.keys(CHANGES), random);
  CHANGES[change]!(place, random);
  return { json: JSON.stringify(manifest), change: `${String(place.key)}: ${change}` };
}

function places(value: Json): Place[] {
  if (Array.isArray(value)) return value.flatMap((inner, key) => [{ parent: value, key }, ...places(inner)]);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [{ parent: value, key }, ...places(inner)]);
}

function get({ parent, key }: Place): Json | undefined {
  return (parent as Record<string | number, Json>)[key];
}

function set({ parent, key }: Place, value: Json): void {
  (parent as Record<string | number, Json>)[key] = value;
}
