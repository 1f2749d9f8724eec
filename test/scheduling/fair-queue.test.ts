import { describe, expect, test } from "vitest";
import { FairQueue, type Claim, type Turn } from "../../src/scheduling/fair-queue.js";

interface Named extends Claim {
  readonly name: string;
}

const claim = (name: string, tokens: readonly number[] = [10], deadlineAt = Infinity): Named => ({
  name,
  tokens,
  deadlineAt,
});

const LIMITS = { maxRequests: 3, maxTokens: 100 };

/** A model that takes a millisecond a token, on a clock that only moves when it is told to. */
class Simulation {
  now = 0;
  readonly done: { name: string; text: number; at: number }[] = [];
  readonly queue: FairQueue<Named>;
  readonly #running: Turn<Named>[] = [];

  constructor(limits = LIMITS, places = 1) {
    this.queue = new FairQueue<Named>(limits, places);
  }

  offer(one: Named) {
    const refusal = this.queue.offer(one, this.now);
    this.start();
    return refusal;
  }

  start(): void {
    for (let turn = this.queue.next(this.now); turn; turn = this.queue.next(this.now)) this.#running.push(turn);
  }

  /** Lets the text end that ends first. */
  step(): void {
    const endOf = (turn: Turn<Named>) => turn.startedAt + turn.claim.tokens[turn.text]!;
    this.#running.sort((a, b) => endOf(a) - endOf(b));
    const turn = this.#running.shift()!;
    this.now = endOf(turn);
    this.done.push({ name: turn.claim.name, text: turn.text, at: this.now });
    this.queue.finished(turn, this.now, true);
    this.start();
  }

  run(): string[] {
    while (this.#running.length > 0) this.step();
    return this.done.map(({ name, text }) => `${name}${text}`);
  }
}

describe("turns", () => {
  test("first come, first served, among requests of one text", () => {
    const simulation = new Simulation();
    for (const name of ["a", "b", "c"]) simulation.offer(claim(name));
    expect(simulation.run()).toEqual(["a0", "b0", "c0"]);
  });

  test("nobody waits behind the whole of a large request", () => {
    const simulation = new Simulation();
    simulation.offer(claim("large", [10, 10, 10, 10, 10]));
    simulation.offer(claim("small"));
    expect(simulation.run()).toEqual(["large0", "large1", "small0", "large2", "large3", "large4"]);
  });

  test("large requests share the model text by text, in the order in which they came", () => {
    const simulation = new Simulation({ maxRequests: 3, maxTokens: 1000 });
    simulation.offer(claim("a", [1, 1, 1]));
    simulation.offer(claim("b", [1, 1, 1]));
    simulation.offer(claim("c", [1, 1]));
    expect(simulation.run()).toEqual(["a0", "a1", "b0", "c0", "a2", "b1", "c1", "b2"]);
  });

  test("as many run at once as there are places, and the next when one has ended", () => {
    const simulation = new Simulation(LIMITS, 2);
    for (const name of ["a", "b", "c"]) simulation.offer(claim(name));
    expect(simulation.queue.running).toBe(2);
    expect(simulation.queue.requests).toBe(1);
    simulation.run();
    expect(simulation.done.map(({ at }) => at)).toEqual([10, 10, 20]);
  });
});

describe("bounds", () => {
  test("a request too many is refused, and told when all that waits will be done", () => {
    const simulation = new Simulation();
    simulation.offer(claim("first"));
    simulation.step(); // a token a millisecond is known from here
    for (const name of ["runs", "a", "b", "c"]) expect(simulation.offer(claim(name))).toBeUndefined();
    expect(simulation.queue.full).toBe(true);
    const refusal = simulation.offer(claim("d"));
    expect(refusal?.reason).toBe("requests");
    expect(refusal?.retryAfterMs).toBeCloseTo(35); // three that wait, and half of the one that runs
    expect(simulation.run()).not.toContain("d0");
  });

  test("tokens too many are refused while a smaller request still has a place", () => {
    const simulation = new Simulation();
    simulation.offer(claim("runs"));
    simulation.offer(claim("a", [60]));
    expect(simulation.offer(claim("b", [20, 21]))?.reason).toBe("tokens");
    expect(simulation.queue.full).toBe(false);
    expect(simulation.offer(claim("c", [20, 20]))).toBeUndefined();
    expect(simulation.queue.full).toBe(true);
  });

  test("a request that is larger than the bound runs when nobody waits, as it could never run otherwise", () => {
    const simulation = new Simulation();
    simulation.offer(claim("runs"));
    expect(simulation.offer(claim("large", [200, 200]))).toBeUndefined();
    expect(simulation.offer(claim("small"))?.reason).toBe("tokens");
    expect(simulation.run()).toEqual(["runs0", "large0", "large1"]);
  });

  test("a request holds one place, however many of its texts wait, until its last one runs", () => {
    const simulation = new Simulation({ maxRequests: 1, maxTokens: 1000 });
    simulation.offer(claim("a", [1, 1, 1]));
    expect([simulation.queue.requests, simulation.queue.tokens]).toEqual([1, 2]);
    simulation.step();
    expect([simulation.queue.requests, simulation.queue.tokens]).toEqual([1, 1]);
    expect(simulation.offer(claim("b"))?.reason).toBe("requests");
    simulation.step();
    expect([simulation.queue.requests, simulation.queue.tokens]).toEqual([0, 0]);
    expect(simulation.offer(claim("b"))).toBeUndefined();
  });
});

describe("deadlines", () => {
  /** A queue that knows the model's speed, with one text that runs and one that waits. */
  function busy(): Simulation {
    const simulation = new Simulation();
    simulation.offer(claim("first"));
    simulation.step();
    simulation.offer(claim("runs"));
    simulation.offer(claim("waits"));
    return simulation;
  }

  test("a request that can't be answered in time is refused at once", () => {
    const simulation = busy(); // half of one, one, and its own: 25 ms
    expect(simulation.offer(claim("late", [10], simulation.now + 24))?.reason).toBe("deadline");
    expect(simulation.offer(claim("in time", [10], simulation.now + 26))).toBeUndefined();
  });

  test("a small request is in time where it would not be behind the whole of a large one", () => {
    const simulation = new Simulation({ maxRequests: 3, maxTokens: 1000 });
    simulation.offer(claim("first"));
    simulation.step();
    simulation.offer(claim("large", [10, 10, 10, 10, 10, 10]));
    expect(simulation.offer(claim("small", [10], simulation.now + 26))).toBeUndefined();
    simulation.run();
    expect(simulation.done.find(({ name }) => name === "small")?.at).toBeLessThanOrEqual(10 + 30);
  });

  test("where nobody waits the estimate does not count: it may be wrong, and only an answer can correct it", () => {
    const simulation = new Simulation();
    simulation.offer(claim("first", [1000]));
    simulation.step();
    simulation.offer(claim("runs", [1000]));
    expect(simulation.offer(claim("hopeful", [1000], simulation.now + 1))).toBeUndefined();
  });

  test("a request whose deadline passes while it waits is taken out, and never runs", () => {
    const simulation = busy();
    const hasty = claim("hasty", [10, 10], simulation.now + 50);
    simulation.offer(hasty);
    expect(simulation.queue.expired(simulation.now + 49)).toEqual([]);
    expect(simulation.queue.expired(simulation.now + 50)).toEqual([hasty]);
    expect(simulation.run()).toEqual(["first0", "runs0", "waits0"]);
    expect([simulation.queue.requests, simulation.queue.tokens]).toEqual([0, 0]);
  });

  test("a text that failed tells nothing of the model's speed", () => {
    const simulation = busy();
    const { queue } = simulation;
    const before = queue.drainMs;
    const hung = new FairQueue<Named>(LIMITS, 1);
    hung.offer(claim("hangs"), 0);
    hung.finished(hung.next(0)!, 60_000, false);
    hung.offer(claim("a"), 60_000);
    expect(hung.drainMs).toBe(0);
    expect(before).toBeCloseTo(15);
  });
});

describe("leaving", () => {
  test("who leaves makes room at once, and disturbs nobody", () => {
    const simulation = new Simulation();
    const [b, c] = [claim("b"), claim("c", [10, 10])];
    simulation.offer(claim("a"));
    for (const one of [b, c, claim("d")]) simulation.offer(one);
    expect(simulation.queue.leave(c)).toBe(true);
    expect([simulation.queue.requests, simulation.queue.tokens]).toEqual([2, 20]);
    expect(simulation.offer(claim("e"))).toBeUndefined();
    expect(simulation.run()).toEqual(["a0", "b0", "d0", "e0"]);
  });

  test("what runs of a request goes on when it leaves, and its place is free when that ends", () => {
    const simulation = new Simulation();
    const large = claim("large", [10, 10]);
    simulation.offer(large);
    expect(simulation.queue.leave(large)).toBe(true);
    expect(simulation.queue.running).toBe(1);
    simulation.offer(claim("b"));
    expect(simulation.run()).toEqual(["large0", "b0"]);
    expect([simulation.queue.running, simulation.queue.requests, simulation.queue.tokens]).toEqual([0, 0, 0]);
  });

  test("who leaves twice, or was never there, changes nothing", () => {
    const simulation = new Simulation();
    const [a, b] = [claim("a"), claim("b")];
    simulation.offer(a);
    simulation.offer(b);
    expect([b, b, a, claim("x")].map((one) => simulation.queue.leave(one))).toEqual([true, false, false, false]);
    expect([simulation.queue.requests, simulation.queue.tokens]).toEqual([0, 0]);
  });
});
