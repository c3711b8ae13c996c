/**
 * Performs verdicts: the ledger first, the network second.
 *
 * @module
 */

import type { Decided, InFlight, Verdict } from "../domain/decide.ts";
import type { Hold } from "../domain/hold.ts";
import { paymentKey } from "../domain/payment.ts";
import { loginOf, type Transition } from "../domain/transition.ts";
import { commitAll } from "./commit.ts";
import { walletHoldFor } from "./hold_wallet.ts";
import { park } from "./park.ts";
import { replaceAttempts } from "./replace_attempts.ts";
import { noteHold, type Run, stopDebits, unixSeconds } from "./run.ts";
import { sendNewest } from "./send.ts";

/** Performs everything that was decided at one head. */
export async function perform(run: Run, decided: readonly Decided[]): Promise<void> {
  await endPayments(run, decided);
  for (const { flight: { payment }, verdict } of decided) {
    if (verdict.kind !== "ask") continue;
    park(
      run,
      payment,
      `the payment to "${payment.login}" (nonce ${payment.nonce}): ${verdict.why}`,
    );
  }
  await replaceAttempts(run, decided);
  await sendNewest(
    run,
    decided.flatMap(({ flight, verdict }) => verdict.kind === "send-again" ? [flight] : []),
  );
}

type Ending = Transition & { readonly kind: "settle" | "credit-back" | "drop" | "hold" };

/** Settles, credits back and holds, in one commit for as many as fit. */
async function endPayments(run: Run, decided: readonly Decided[]): Promise<void> {
  const at = unixSeconds(run.ports.clock);
  const endings = decided.flatMap((each): { each: Decided; ending: Ending }[] => {
    const ending = endingOf(each, at);
    return ending === undefined ? [] : [{ each, ending }];
  });
  const walletHold = holdForStrangers(run, decided);
  const refused = await commitAll<Ending>(run.fence, [
    ...walletHold === undefined ? [] : [{ kind: "hold", hold: walletHold } as const],
    ...endings.map(({ ending }) => ending).filter((ending) => !isHeldAlready(run, ending)),
  ]);
  if (walletHold !== undefined) noteHold(run, walletHold);
  const details = new Map(refused.map(({ transition, detail }) => [loginOf(transition), detail]));
  for (const { each, ending } of endings) {
    const { payment } = each.flight;
    run.inFlight.delete(paymentKey(payment));
    const detail = details.get(payment.login);
    if (detail === undefined) noteEnding(run, each, ending);
    else park(run, payment, `the ledger does not fit the payment to "${payment.login}": ${detail}`);
  }
}

function endingOf({ flight, verdict }: Decided, at: number): Ending | undefined {
  const { payment } = flight;
  const holdFor = (reason: string): Hold => ({ login: payment.login, reason, since: at });
  switch (verdict.kind) {
    case "settle":
      return { kind: "settle", debt: payment, payment, hash: verdict.hash, at };
    case "credit-back":
    case "drop": {
      const hold = verdict.hold === null ? null : holdFor(verdict.hold);
      return verdict.kind === "drop"
        ? { kind: "drop", payment, hold }
        : { kind: "credit-back", debt: payment, payment, hold };
    }
    case "hold":
      return { kind: "hold", hold: holdFor(verdict.reason) };
    case "ask":
    case "wait":
    case "send-again":
    case "replace":
    case "mend":
    case "investigate":
      return undefined;
    default:
      return verdict satisfies never;
  }
}

function noteEnding(run: Run, { flight, verdict }: Decided, ending: Ending): void {
  const { payment } = flight;
  const { login, amountShannon, nonce } = payment;
  if (verdict.kind === "settle") {
    const { hash, block } = verdict;
    run.results.paid.push({ login, amountShannon, txHash: hash, nonce, block });
    run.ports.report({ kind: "settled", login, amountShannon, nonce, hash });
  }
  if (verdict.kind === "credit-back") {
    run.results.creditedBack.push({ login, amountShannon, reason: verdict.reason });
    run.ports.report({ kind: "credited-back", login, amountShannon, reason: verdict.reason });
  }
  if (verdict.kind === "settle" || verdict.kind === "credit-back") {
    run.results.feesWei += verdict.feeWei ?? 0n;
  }
  if (verdict.kind === "drop") noteDropped(run, flight, verdict);
  if (ending.kind === "hold") park(run, payment, `the payment to "${login}" is held`);
  if ("hold" in ending && ending.hold !== null && !isHeldAlready(run, ending)) {
    noteHold(run, ending.hold);
  }
}

function noteDropped(
  run: Run,
  { payment }: InFlight,
  { reason, hold }: Verdict & { readonly kind: "drop" },
): void {
  const { login, amountShannon, nonce } = payment;
  run.results.dropped.push({ login, amountShannon, nonce, reason });
  run.ports.report({ kind: "dropped", login, nonce, reason });
  if (hold === null) return;
  run.results.attention.push(
    `the payment to "${login}" (nonce ${nonce}) never arrives (${reason}), and somebody recorded ` +
      `it as paid: see docs/by-hand.md`,
  );
}

/** A payment that is held was held by an earlier run, too: its reason and time stay. */
function isHeldAlready(run: Run, ending: Ending): boolean {
  return ending.kind === "hold" &&
    run.results.held.get(ending.hold.login)?.reason === ending.hold.reason;
}

/**
 * Somebody else sends from the wallet, and may have paid miners: the wallet itself is held, so that no
 * run debits anybody before an operator has looked.
 */
export function holdForStrangers(
  run: Run,
  decided: readonly Decided[],
): Hold | undefined {
  for (const { flight: { payment }, verdict } of decided) {
    const stranger = verdict.kind === "credit-back" || verdict.kind === "drop"
      ? verdict.stranger
      : null;
    if (stranger === null) continue;
    const reason =
      `transaction ${stranger.hash} took nonce ${payment.nonce} and is not a payment of ` +
      `this ledger: somebody else sends from the wallet`;
    stopDebits(run, { kind: "stranger", detail: reason });
    return walletHoldFor(run, reason);
  }
  return undefined;
}
