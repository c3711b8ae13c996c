/**
 * What the demo says at each step, from what was measured there.
 *
 * @module
 */

import { formatCoins, shannonCovering, sumShannon, wei } from "../../domain/money.ts";
import type { Payment } from "../../domain/payment.ts";
import { LEASE_MS } from "../../domain/ports/ledger.ts";
import type { RunReport } from "../../domain/report.ts";
import type { DryRunReport } from "../dry_run.ts";
import { exitCodeOfRun } from "../exit_code.ts";
import { describeRun } from "../text_report.ts";
import { section } from "../text_table.ts";
import { balanceOf, DEMO_THRESHOLD, type DemoMiner } from "./demo_miners.ts";
import type { Reconciliation } from "./reconcile.ts";

/** The first line, which is there while the chain is started. */
export function tellTitle(): string {
  return "Paydirt demo: a mining pool pays its miners, each exactly once";
}

/** What the demo runs on. */
export function tellChain(chain: string): string {
  return paragraph(
    `The pool's ledger is in memory, the chain is ${chain}. No real money moves, and all of it ` +
      "ends with the demo.",
  );
}

/** Who is in the ledger. */
export function tellLedger(miners: readonly DemoMiner[]): string {
  const balances = miners.map(({ entry }) => balanceOf(entry)).filter((each) => each !== undefined);
  return lines(
    heading("1. The pool owes its miners"),
    paragraph(
      `${miners.length} miners are owed ${coins(sumShannon(balances))} ` +
        `(${miners.length - balances.length} entries cannot be read). Whoever is owed more than ` +
        `${coins(DEMO_THRESHOLD)} is to be paid. Some entries are odd, as in any real pool: ` +
        "mistyped addresses, contracts, broken balances.",
    ),
  );
}

/** Whom a run would pay, and why not the others. */
export function tellPlan(plan: DryRunReport, miners: readonly DemoMiner[]): string {
  const oddities = new Map(miners.map(({ login, oddity }) => [login, oddity]));
  const oddButPaid = plan.payees.filter(({ login }) => oddities.get(login));
  const { totals, wallet } = plan;
  return lines(
    heading("2. A dry run shows the plan, and writes nothing"),
    paragraph(
      `${plan.payees.length} miners would get ${coins(totals.amountShannon)}, for at most ` +
        `${coinsOfWei(totals.feeCeilingWei)} of gas; the wallet has ` +
        `${coinsOfWei(wallet.balanceWei)}. ${totals.belowThreshold} are not owed enough yet.`,
    ),
    ...section(
      "Not paid, each for its own reason, and stopping nobody else",
      plan.skipped,
      ({ login, reason }) => [short(login), reason, oddities.get(login) ?? ""],
    ),
    ...section(
      "Odd but valid, so paid like everyone else",
      oddButPaid,
      ({ login, amountShannon }) => [
        short(login),
        formatCoins(amountShannon),
        oddities.get(login) ?? "",
      ],
    ),
  );
}

/** Before the first run. */
export function tellPayments(payees: number, window: number): string {
  return lines(
    heading("3. Paying"),
    paragraph(
      `${payees} payments, at most ${window} of them waiting for a block at a time. Each is signed and written down ` +
        "first, and sent only then.",
    ),
  );
}

/** What a dead run left. */
export interface Wreck {
  /** How many payments it had ended. */
  readonly paid: number;
  readonly lock: string | null;
  /** Debited and not ended, as the ledger has them. */
  readonly inFlight: readonly Payment[];
  /** How many of them the node knows. */
  readonly arrived: number;
  /** The payee whose address has become a contract since. */
  readonly turned: Payment;
}

/** What is found after the crash. */
export function tellWreck({ paid, lock, inFlight, arrived, turned }: Wreck): string {
  const amount = sumShannon(inFlight.map(({ amountShannon }) => amountShannon));
  const all = inFlight.length;
  const lost = all - arrived;
  return lines(
    heading("4. The power fails in the middle of sending"),
    paragraph(
      `${paid} payments are done. ${all} more, ${coins(amount)}, are off their miners' balances ` +
        `and not done: ${arrived} reached the chain, ${lost} never left the machine, and the run ` +
        `died before it could note which. To send new payments to all ${all} would pay ` +
        `${arrived} twice; to forget them would rob ${lost}.`,
    ),
    paragraph(
      `What is left: the signed bytes of all ${all} in the ledger, and ` +
        (lock === null ? "no lock." : `the dead run's lock, which keeps other payers out.`),
    ),
    paragraph(
      `To make it harder, one of the ${lost}, ${
        short(turned.login)
      }, now becomes a contract that ` +
        "refuses coins.",
    ),
  );
}

/** Before the second run. */
export function tellRecovery(): string {
  return lines(
    heading("5. Recovery: simply run again"),
    paragraph(
      "No repair, no questions, the same command. (A run counts as dead " +
        `${LEASE_MS / 1000} s after its last sign of life; the demo puts that clock forward.)`,
    ),
  );
}

/** What the second run made of it. `sentAgain` counts payments of the dead run. */
export function tellRecovered(report: RunReport, wreck: Wreck, sentAgain: number): string {
  const logins = new Set(wreck.inFlight.map(({ login }) => login));
  const ended = report.paid.filter(({ login }) => logins.has(login)).length;
  return lines(
    paragraph(
      `Of the ${wreck.inFlight.length}, ${sentAgain} were in no block and were sent again, byte ` +
        `for byte, which can never pay twice. ${ended} are paid now, and so are the ` +
        `${report.paid.length - ended} whose turn had not come before the crash.`,
    ),
    ...report.creditedBack.map(({ login, amountShannon }) =>
      paragraph(
        `${short(login)} refused its ${coins(amountShannon)}: they went back to its balance, and ` +
          "it waits for an operator.",
      )
    ),
  );
}

/** What was proved. */
export function tellReconciliation({ ok, findings }: Reconciliation): string {
  return lines(
    heading("6. Do ledger and chain agree? Both are asked, to the last digit"),
    ...findings.map((each) => `${each.ok ? "yes" : "NO "}  ${each.claim}\n     ${each.detail}`),
    ok ? "They agree." : "They do NOT agree. This must never happen: please report it.",
  );
}

/** The second run's report, and what to do next. */
export function tellEnd(report: RunReport, seconds: number): string {
  return lines(
    heading("7. The second run's report, as `pay` prints it"),
    describeRun(report),
    `Exit code of \`pay\`: ${exitCodeOfRun(report)}` +
      (report.held.length === 0 ? "" : " (somebody is held for an operator)"),
    "",
    `That took ${seconds} seconds. Next, to see whom your own pool would pay, with its config file:`,
    "  deno task pay --dry-run --config config.json",
    "It writes nothing, neither to your Redis nor to your chain.",
  );
}

/** A login that fits a line. */
function short(login: string): string {
  return login.length > 16 ? `${login.slice(0, 8)}…${login.slice(-6)}` : login;
}

function heading(text: string): string {
  return `\n${text}\n${"-".repeat(text.length)}`;
}

/** Breaks a text into lines that fit any terminal. */
function paragraph(text: string): string {
  return text.replace(/(.{1,78})(?: |$)/g, "$1\n").trimEnd();
}

function lines(...parts: readonly string[]): string {
  return parts.join("\n");
}

function coins(amountShannon: bigint): string {
  return `${formatCoins(amountShannon)} coins`;
}

function coinsOfWei(amountWei: bigint): string {
  return coins(shannonCovering(wei(amountWei)));
}
