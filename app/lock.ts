/**
 * Takes the ledger's lock and keeps its lease alive.
 *
 * @module
 */

import { Fault } from "../domain/fault.ts";
import type { Clock } from "../domain/ports/clock.ts";
import { type Fence, LEASE_RENEWAL_MS } from "../domain/ports/ledger.ts";
import type { Reporter } from "../domain/ports/reporter.ts";
import type { RunPorts } from "./run.ts";

/** How long a run waits for another one's lease to lapse: a little longer than a lease lives. */
const LOCK_PATIENCE_MS = 12_000;

const LOCK_RETRY_MS = 500;

/**
 * Takes the lock, waiting for the lease of a run that died.
 *
 * @throws {Fault} `another-run` when it lives; `locked-by-go-payer`.
 */
export async function takeLock(
  ports: Pick<RunPorts, "ledger" | "clock" | "report" | "newRunId">,
  options: { readonly signal: AbortSignal; readonly overGoPayer?: string },
): Promise<Fence> {
  const runId = ports.newRunId();
  const deadline = ports.clock.now() + LOCK_PATIENCE_MS;
  const over = options.overGoPayer === undefined ? {} : { overGoPayer: options.overGoPayer };
  let told = false;
  for (;;) {
    const outcome = await ports.ledger.lock(runId, over);
    switch (outcome.kind) {
      case "taken":
        ports.report({ kind: "lock-taken", runId });
        return outcome.fence;
      case "go-payer":
        throw new Fault(
          "locked-by-go-payer",
          `A Go payer holds the lock of ${ports.ledger.name} ("${outcome.lock}"): ` +
            `make sure that none is running, then run: resolve --take-lock`,
        );
      case "another-run":
        break;
      default:
        outcome satisfies never;
    }
    if (ports.clock.now() >= deadline || options.signal.aborted) {
      throw new Fault("another-run", `Another run is active (${outcome.owner})`);
    }
    if (!told) ports.report({ kind: "lock-awaited", owner: outcome.owner });
    told = true;
    await ports.clock.sleep(LOCK_RETRY_MS, options.signal);
  }
}

/** A lease that is being kept alive. */
export interface Heartbeat extends AsyncDisposable {
  /** Aborts, with the fault as its reason, when the lock is another's. */
  readonly lost: AbortSignal;
}

/** Renews the lease until it is disposed of. */
export function keepLease(
  fence: Fence,
  ports: { readonly clock: Clock; readonly report: Reporter },
): Heartbeat {
  const lost = new AbortController();
  const ended = new AbortController();
  const beating = beat();

  async function beat(): Promise<void> {
    while (!ended.signal.aborted) {
      await ports.clock.sleep(LEASE_RENEWAL_MS, ended.signal);
      if (ended.signal.aborted) return;
      try {
        await fence.renew();
      } catch (error) {
        // A missed renewal is no loss by itself: every commit is fenced.
        ports.report({ kind: "trouble", detail: `Cannot renew the lease: ${messageOf(error)}` });
        if (!(error instanceof Fault) || error.kind !== "ledger-unreachable") {
          lost.abort(error);
          return;
        }
      }
    }
  }

  return {
    lost: lost.signal,
    async [Symbol.asyncDispose](): Promise<void> {
      ended.abort();
      await beating;
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
