/**
 * The server process that a run began with, known by its `run_id`.
 *
 * @module
 */

import { Fault } from "../../domain/fault.ts";
import type { RedisConnection } from "./connection.ts";
import { accepted } from "./reply_faults.ts";

/** The one process that all connections of a run must reach. */
export class ServerProcess {
  readonly #name: string;
  #runId: string | undefined;

  /** Nothing is known before the first connection. */
  constructor(name: string) {
    this.#name = name;
  }

  /**
   * A restarted server may have lost writes: the run that wrote them must not go on.
   *
   * @throws {Fault} `ledger-changed`; `ledger-refused` or `ledger-nonsense` when it does not say.
   */
  async demandSame(connection: RedisConnection): Promise<void> {
    const [reply] = await connection.send([["INFO", "server"]]);
    const text = accepted(reply, { name: this.#name, what: "ask INFO" });
    const runId = infoField(String(text), "run_id");
    if (runId === null) {
      throw new Fault(
        "ledger-nonsense",
        `INFO of ${this.#name} has no run_id: a restart, which may lose writes, would go unnoticed`,
      );
    }
    if (this.#runId !== undefined && this.#runId !== runId) {
      throw new Fault(
        "ledger-changed",
        `${this.#name} is a different server process than at the start of the run (it restarted or ` +
          `failed over) and may have lost writes: nothing more is sent, run again`,
      );
    }
    this.#runId = runId;
  }
}

/** A field of INFO's text. */
export function infoField(text: string, field: string): string | null {
  return text.match(new RegExp(`^${field}:([^\\r\\n]+)`, "m"))?.[1] ?? null;
}
