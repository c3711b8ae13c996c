/**
 * What happened in a simulation, line by line, for people. The same seed gives the same lines.
 *
 * @module
 */

import type { Clock } from "../../domain/ports/clock.ts";

interface Line {
  readonly ms: number;
  readonly who: string;
  readonly what: string | (() => string);
}

/** Lines with the time since the start. Long names are shortened to what a person can follow. */
export class Trace {
  readonly #clock: Pick<Clock, "now">;
  readonly #startMs: number;
  readonly #lines: Line[] = [];
  readonly #names = new Map<string, string>();

  /** Starts now. */
  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
    this.#startMs = clock.now();
  }

  /** Gives an address or a login the name that the lines call it by. */
  name(of: string, name: string): void {
    this.#names.set(of, name);
  }

  /** What the lines call it. */
  nameOf(of: string): string {
    return this.#names.get(of) ?? of;
  }

  /** Adds a line: who, and what happened; few lines are ever read, so it may be said later. */
  add(who: string, what: Line["what"]): void {
    this.#lines.push({ ms: this.#clock.now() - this.#startMs, who, what });
  }

  /** Everything, as one text. */
  text(): string {
    const lines = this.#lines.map(({ ms, who, what }) =>
      `${(ms / 1000).toFixed(3).padStart(9)} ${who.padEnd(7)} ${
        typeof what === "string" ? what : what()
      }`
    );
    return this.inShort(lines.join("\n"));
  }

  /** A text with the names that the lines have. */
  inShort(text: string): string {
    let short = text.replace(HASH, (hash) => hash.slice(0, 10));
    for (const [of, name] of this.#names) short = short.replaceAll(of, name);
    return short;
  }
}

const HASH = /0x[0-9a-f]{64}/g;
