/**
 * Commits transitions about payments that the journal has, in pieces of a bounded size.
 *
 * @module
 */

import { Fault } from "../domain/fault.ts";
import type { CommitProblem } from "../domain/commit_check.ts";
import type { Fence } from "../domain/ports/ledger.ts";
import { loginOf, type Transition } from "../domain/transition.ts";

/** How many transitions share one MULTI, at the most. */
export const COMMIT_SIZE = 200;

/** A transition that the ledger refused, because it is not as its own records say. */
export interface Refused<T extends Transition> {
  readonly transition: T;
  readonly detail: string;
}

/**
 * Commits what the ledger takes. A payee whose part of the ledger was changed by another hand is left
 * out, untouched, and named; the rest is committed.
 *
 * @throws {Fault} `ledger-unfit` when something does not fit that all payees share.
 */
export async function commitAll<T extends Transition>(
  fence: Fence,
  transitions: readonly T[],
): Promise<readonly Refused<T>[]> {
  const refused: Refused<T>[] = [];
  for (let start = 0; start < transitions.length; start += COMMIT_SIZE) {
    refused.push(...await commitPiece(fence, transitions.slice(start, start + COMMIT_SIZE)));
  }
  return refused;
}

async function commitPiece<T extends Transition>(
  fence: Fence,
  piece: readonly T[],
): Promise<readonly Refused<T>[]> {
  const refused: Refused<T>[] = [];
  let open = piece;
  // Each round leaves out at least one transition, so the rounds are bounded by the piece.
  while (open.length > 0) {
    const outcome = await fence.commit(open);
    if (outcome.kind === "applied") return refused;
    const details = problemsByLogin(outcome.problems);
    const bad = open.filter((transition) => details.has(loginOf(transition)));
    for (const transition of bad) {
      refused.push({ transition, detail: details.get(loginOf(transition)) ?? "" });
    }
    open = open.filter((transition) => !bad.includes(transition));
  }
  return refused;
}

/**
 * Problems by login; a problem that all payees share stops.
 *
 * @throws {Fault} `ledger-unfit`
 */
export function problemsByLogin(
  problems: readonly CommitProblem[],
): ReadonlyMap<string | null, string> {
  const shared = problems.find(({ login }) => login === null);
  if (problems.length === 0 || shared !== undefined) {
    throw new Fault(
      "ledger-unfit",
      `Cannot write to the ledger: ${shared?.detail ?? "it refused without a reason"}`,
    );
  }
  return new Map(problems.map(({ login, detail }) => [login, detail]));
}
