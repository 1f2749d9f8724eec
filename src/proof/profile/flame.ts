import type { Profiler } from "node:inspector";

/** A stretch of the flame graph: a function, called by the one above it. */
export interface Frame {
  readonly name: string;
  /** Where it is written: `src/http/app.js:12`, `express/lib/response.js:60`, `node:net:12`; empty for native code. */
  readonly place: string;
  /** Who wrote it: `onepass`, a package, `node`, or what V8 calls it, as `(garbage collector)`. */
  readonly owner: string;
  /** 0: called by nobody. */
  readonly depth: number;
  /** Microseconds of the frames on its left, on its level and under the same caller. */
  readonly start: number;
  /** Microseconds in it and in what it called. */
  readonly total: number;
  /** Microseconds in its own code. */
  readonly self: number;
}

export interface Flame {
  /** Callers before what they called; the largest first. */
  readonly frames: readonly Frame[];
  /** Microseconds that the thread worked. */
  readonly busy: number;
  /** Microseconds that it waited. */
  readonly idle: number;
}

/** A profile from `from` to `to`, microseconds of the profile's clock, which is `process.hrtime`. */
export function cutProfile(profile: Profiler.Profile, from: number, to: number): Profiler.Profile {
  const samples: number[] = [];
  const timeDeltas: number[] = [];
  let time = profile.startTime;
  for (const [i, sample] of (profile.samples ?? []).entries()) {
    const delta = profile.timeDeltas?.[i] ?? 0;
    time += delta;
    if (time < from || time > to) continue;
    samples.push(sample);
    timeDeltas.push(delta);
  }
  return { ...profile, startTime: from, endTime: to, samples, timeDeltas };
}

/** The flame graph of a profile. Waiting is left out, and so are frames of less than `least` of the work, 0 to 1. */
export function flameOf(profile: Profiler.Profile, least: number): Flame {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const self = new Map<number, number>();
  for (const [i, id] of (profile.samples ?? []).entries()) {
    self.set(id, (self.get(id) ?? 0) + (profile.timeDeltas?.[i] ?? 0));
  }
  const totals = new Map<number, number>();
  const total = (node: Profiler.ProfileNode): number => {
    const below = childrenOf(node, nodes).reduce((sum, child) => sum + total(child), 0);
    const sum = below + (self.get(node.id) ?? 0);
    totals.set(node.id, sum);
    return sum;
  };
  const [root] = profile.nodes;
  const all = root ? total(root) : 0;
  const isIdle = (node: Profiler.ProfileNode) => node.callFrame.functionName === "(idle)";
  const idle = profile.nodes.filter(isIdle).reduce((sum, { id }) => sum + totals.get(id)!, 0);
  const busy = all - idle;

  const frames: Frame[] = [];
  const add = (children: readonly Profiler.ProfileNode[], depth: number, from: number): void => {
    let start = from;
    for (const node of [...children].sort((a, b) => totals.get(b.id)! - totals.get(a.id)!)) {
      const sum = totals.get(node.id)!;
      if (sum < least * busy || sum === 0 || isIdle(node)) continue;
      const place = placeOf(node.callFrame);
      const name = node.callFrame.functionName || "(anonymous)";
      frames.push({ name, ...place, depth, start, total: sum, self: self.get(node.id) ?? 0 });
      add(childrenOf(node, nodes), depth + 1, start);
      start += sum;
    }
  };
  if (root) add(childrenOf(root, nodes), 0, 0);
  return { frames, busy, idle };
}

/** Microseconds of own code by who wrote it, the most first. Frames that were left out count for nobody. */
export function ownersOf({ frames }: Flame): [owner: string, self: number][] {
  return sumBy(frames, ({ owner }) => owner);
}

/** Microseconds of own code by function, the most first. */
export function functionsOf({ frames }: Flame): [name: string, self: number][] {
  return sumBy(frames, ({ name, place }) => (place === "" ? name : `${name} · ${place}`));
}

function sumBy(frames: readonly Frame[], key: (frame: Frame) => string): [string, number][] {
  const sums = new Map<string, number>();
  for (const frame of frames) sums.set(key(frame), (sums.get(key(frame)) ?? 0) + frame.self);
  return [...sums].sort(([, a], [, b]) => b - a);
}

function childrenOf(node: Profiler.ProfileNode, nodes: ReadonlyMap<number, Profiler.ProfileNode>) {
  return (node.children ?? []).map((id) => nodes.get(id)!);
}

function placeOf({ url, functionName, lineNumber }: Profiler.ProfileNode["callFrame"]): Pick<Frame, "place" | "owner"> {
  if (url === "") return { place: "", owner: functionName.startsWith("(") ? functionName : "node" };
  const line = lineNumber + 1; // the profile counts from 0
  if (url.startsWith("node:")) return { place: `${url}:${line}`, owner: "node" };
  const path = decodeURI(url);
  const module = /.*\/node_modules\/((@[^/]+\/)?[^/]+)(\/.*)$/.exec(path);
  if (module) return { place: `${module[1]!}${module[3]!}:${line}`, owner: module[1]! };
  return { place: `${path.replace(/^.*\/(?=(src|scripts)\/)/, "")}:${line}`, owner: "onepass" };
}
