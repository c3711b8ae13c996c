/**
 * Every port of one process of a simulation.
 *
 * @module
 */

import { Fault } from "../../domain/fault.ts";
import type { Payment } from "../../domain/payment.ts";
import type { LocalJournal } from "../../domain/ports/local_journal.ts";
import type { RunEvent } from "../../domain/ports/reporter.ts";
import type { RunPorts } from "../../app/run.ts";
import { faultyChain } from "./faulty_chain.ts";
import { faultyLedger } from "./faulty_ledger.ts";
import { faultySigner } from "./faulty_signer.ts";
import { checkOperatorIsNeeded, checkStrangerIsHeld, checkTold } from "./invariants.ts";
import { toyChecksum } from "./payees.ts";
import type { Process } from "./process.ts";
import { deedOf, type World } from "./world.ts";

/** The ports of a process. */
export function portsOf(world: World, process: Process): RunPorts {
  return {
    ledger: faultyLedger(world, process),
    chain: faultyChain(world, process),
    signer: faultySigner(world, process),
    localJournal: faultyJournal(world, process),
    clock: process.clock,
    report: (event) => {
      checkOperatorIsNeeded(world, event);
      checkStrangerIsHeld(world, event);
      checkTold(world, event);
      tell(process, event);
    },
    checksum: toyChecksum,
    newRunId: () => process.name,
  };
}

/** The disk: it outlives the process, and may keep less than it was given when the machine dies. */
function faultyJournal(world: World, process: Process): LocalJournal {
  const call = <T>(name: string, effect: () => Promise<T>): Promise<T> =>
    process.call({
      name: `journal.${name}`,
      writes: name !== "read",
      lostRate: process.rates?.refuse ?? 0,
      effect,
      lost: () => Promise.reject(new Fault("journal", "The disk does not answer")),
    });
  return {
    name: world.journal.name,
    read: () => call("read", () => world.journal.read()),
    prepare: () => call("prepare", () => world.journal.prepare()),
    append: (payments) =>
      call("append", async () => {
        if (payments.length > 1 && process.hit("crash", 20)) {
          await keep(payments.slice(0, process.random.int(0, payments.length - 1)));
          process.kill();
          return;
        }
        await keep(payments);
      }),
    rotate: () => call("rotate", () => world.journal.rotate()),
  };

  async function keep(payments: readonly Payment[]): Promise<void> {
    await world.journal.append(payments);
    for (const payment of payments) {
      for (const attempt of payment.attempts) world.onDisk.add(deedOf(payment, attempt));
    }
  }
}

/** What a process tells, for the trace. */
function tell(process: Process, event: RunEvent): void {
  if (event.kind === "checked" || event.kind === "skipped") return;
  process.log(() =>
    Object.entries(event).map(([name, value]) =>
      name === "kind" ? String(value) : `${name}=${plain(value)}`
    ).join(" ")
  );
}

function plain(value: unknown): string {
  return typeof value === "object" && value !== null
    ? JSON.stringify(value, (_, inner) => typeof inner === "bigint" ? inner.toString() : inner)
    : String(value);
}
