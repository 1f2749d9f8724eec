/** Servers behind a proxy that gives each request to the one with the fewest to answer. */
export interface FleetModel {
  readonly replicas: number;
  /** Requests that a replica works on at once; the others wait in its queue, in order. */
  readonly slots: number;
  /** That all replicas share: when more requests are worked on, each is slowed down alike. Infinity: each has its own. */
  readonly cores: number;
}

export interface Job {
  /** When it arrives, milliseconds; ascending. */
  readonly at: number;
  /** How long it takes alone. */
  readonly serviceMs: number;
}

interface Running {
  readonly job: number;
  readonly replica: number;
  /** On the clock of work done, which all that run share: they are slowed down alike. */
  readonly endsAtWork: number;
}

/** From each job's arrival to its answer, milliseconds, in the order of the jobs. */
export function simulate(fleet: FleetModel, jobs: readonly Job[]): Float64Array {
  return new Simulation(fleet, jobs).run();
}

/** Event by event: the next arrival or the next end, whichever comes first. */
class Simulation {
  readonly #latencies: Float64Array;
  readonly #queues: number[][];
  /** Waiting and running, by replica. */
  readonly #outstanding: Uint32Array;
  /** Ascending by their ends. */
  readonly #running: Running[] = [];
  #now = 0;
  #work = 0;
  #turn = 0;

  constructor(
    private readonly fleet: FleetModel,
    private readonly jobs: readonly Job[],
  ) {
    this.#latencies = new Float64Array(jobs.length);
    this.#queues = Array.from({ length: fleet.replicas }, () => []);
    this.#outstanding = new Uint32Array(fleet.replicas);
  }

  run(): Float64Array {
    for (const [i, { at }] of this.jobs.entries()) {
      while (this.#nextEnd() <= at) this.#end();
      this.#advance(at);
      this.#arrive(i);
    }
    while (this.#running.length > 0) this.#end();
    return this.#latencies;
  }

  /** Milliseconds of work that a job gets done in a millisecond. */
  get #speed(): number {
    return Math.min(1, this.fleet.cores / this.#running.length);
  }

  #nextEnd(): number {
    const [first] = this.#running;
    return first ? this.#now + (first.endsAtWork - this.#work) / this.#speed : Infinity;
  }

  #advance(to: number): void {
    if (this.#running.length > 0) this.#work += (to - this.#now) * this.#speed;
    this.#now = to;
  }

  #arrive(job: number): void {
    const replica = this.#leastOutstanding();
    const busy = Math.min(this.#outstanding[replica]!, this.fleet.slots);
    this.#outstanding[replica]! += 1;
    if (busy < this.fleet.slots) this.#start(job, replica);
    else this.#queues[replica]!.push(job);
  }

  #start(job: number, replica: number): void {
    const running = { job, replica, endsAtWork: this.#work + this.jobs[job]!.serviceMs };
    let [low, high] = [0, this.#running.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#running[middle]!.endsAtWork <= running.endsAtWork) low = middle + 1;
      else high = middle;
    }
    this.#running.splice(low, 0, running);
  }

  #end(): void {
    this.#advance(this.#nextEnd());
    const { job, replica } = this.#running.shift()!;
    this.#latencies[job] = this.#now - this.jobs[job]!.at;
    this.#outstanding[replica]! -= 1;
    const next = this.#queues[replica]!.shift();
    if (next !== undefined) this.#start(next, replica);
  }

  /** Among equals in turn, as HAProxy has it. */
  #leastOutstanding(): number {
    const { replicas } = this.fleet;
    let best = this.#turn++ % replicas;
    for (let i = 1; i < replicas; i++) {
      const replica = (this.#turn - 1 + i) % replicas;
      if (this.#outstanding[replica]! < this.#outstanding[best]!) best = replica;
    }
    return best;
  }
}
