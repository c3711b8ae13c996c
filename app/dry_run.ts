/**
 * What a run would do, and why, without writing anything: it is given a ledger that cannot write.
 *
 * @module
 */

import type { FaultKind } from "../domain/fault.ts";
import { currentPriceWei } from "../domain/fees.ts";
import { valueOf } from "../domain/fact.ts";
import type { Leftovers } from "../domain/leftovers.ts";
import { sumShannon } from "../domain/money.ts";
import { attemptHashes } from "../domain/payment.ts";
import type { Payee, Skipped } from "../domain/plan.ts";
import type { Policy } from "../domain/policy.ts";
import type { LedgerReader } from "../domain/ports/ledger.ts";
import type { LeftInFlight } from "../domain/report.ts";
import { assess, type Assessment } from "./assess.ts";
import { type ExitCode, exitCodeOfFault } from "./exit_code.ts";
import { makePlan, type Plan, type PlanInput } from "./make_plan.ts";
import { type Check, type Preflight, preflight } from "./preflight.ts";
import type { RunPorts } from "./run.ts";

/** What a dry run reads: nothing here can write to the ledger. */
export type DryRunPorts =
  & Pick<RunPorts, "chain" | "signer" | "localJournal" | "clock" | "checksum">
  & { readonly ledger: LedgerReader };

/** What a run would do. */
export interface DryRunReport {
  /** The pool's wallet, as the chain has it: what it holds and its next nonce. */
  readonly wallet: {
    readonly address: string;
    readonly balanceWei: bigint;
    readonly nonce: number;
  };
  /** Who would be paid, in order. */
  readonly payees: readonly Payee[];
  /** Who would not, and why. */
  readonly skipped: readonly Skipped[];
  /** Sums: what is paid, the most that fees can come to, what the wallet lacks. */
  readonly totals: {
    readonly amountShannon: bigint;
    readonly feeCeilingWei: bigint;
    readonly shortfallWei: bigint;
    readonly belowThreshold: number;
  };
  /** Everything that was looked at. */
  readonly checks: readonly Check[];
  /** What earlier runs left. */
  readonly inFlight: readonly LeftInFlight[];
  /** What a run would exit with. */
  readonly exitCode: ExitCode;
}

/**
 * Makes the plan, and answers what a run would do with it. Writes nothing, not even a lock.
 *
 * @example
 * ```ts ignore
 * const { payees, skipped, exitCode } = await dryRun(ports, policy);
 * ```
 *
 * @throws {Fault} when ledger or chain cannot be read.
 */
export async function dryRun(
  ports: DryRunPorts,
  policy: Policy,
  options: Pick<PlanInput, "onBelow"> & { readonly signal?: AbortSignal } = {},
): Promise<DryRunReport> {
  const { signal, ...rest } = options;
  const before = await preflight(ports, policy);
  const { identity, tip, server, ceilingWei } = before;
  const assessment = await assess(ports, { policy, identity, tip, server });
  const { leftovers } = assessment;
  const plan = await makePlan(ports, { policy, ceilingWei, tip, leftovers, ...rest }, signal);
  const { lock, lease } = await ports.ledger.obligations();
  const checks = [
    ...before.checks,
    lockCheck(lock, lease),
    ...leftoverChecks(assessment, valueOf(tip.latestNonce) ?? 0),
    ...planChecks(plan, before),
  ];
  const feeCeilingWei = plan.covered.reduce((sum, { gas }) => sum + gas * ceilingWei, 0n);
  return {
    wallet: {
      address: policy.wallet,
      balanceWei: valueOf(tip.balanceWei) ?? 0n,
      nonce: valueOf(tip.latestNonce) ?? 0,
    },
    payees: plan.covered,
    skipped: plan.skipped,
    totals: {
      amountShannon: sumShannon(plan.covered.map(({ amountShannon }) => amountShannon)),
      feeCeilingWei,
      shortfallWei: plan.shortfallWei,
      belowThreshold: plan.belowThreshold,
    },
    checks,
    inFlight: inFlightOf(leftovers),
    exitCode: exitCodeOf(checks),
  };
}

function lockCheck(lock: string | null, lease: string | null): Check {
  if (lock !== null && !lock.startsWith("paydirt:")) {
    return check("lock", false, {
      detail: `a Go payer holds the lock ("${lock}"): stop it, then run: resolve --take-lock`,
      fault: "locked-by-go-payer",
    });
  }
  if (lease !== null) {
    return check("lock", false, {
      detail: `another run is active (${lease})`,
      fault: "another-run",
    });
  }
  const detail = lock === null ? "payouts are not locked" : `left by a run that ended (${lock})`;
  return check("lock", true, { detail, fault: "another-run" });
}

function leftoverChecks(
  { leftovers, continuity }: Assessment,
  latestNonce: number,
): readonly Check[] {
  const { payments, orphans, foreign, malformed, held } = leftovers;
  // An orphan whose nonce is unused is cancelled by any run.
  const spent = orphans.filter(({ nonce }) => nonce < latestNonce);
  const trouble = spent.length + foreign.length + malformed.length;
  return [
    check("leftovers", trouble === 0, {
      detail:
        `${payments.length} payments of ours in flight, ${orphans.length} without a pending ` +
        `row, ${foreign.length} rows of Go payers, ${malformed.length} malformed rows`,
      fault: "continuity",
    }),
    check("held", held.length === 0, {
      detail: held.length === 0
        ? "nobody is held"
        : held.map(({ login, reason }) => `"${login}" is held: ${reason}`).join("; "),
      fault: "continuity",
    }),
    check("continuity", continuity.kind === "continuous", {
      detail: continuity.kind === "continuous"
        ? `the next nonce is ${continuity.next}`
        : `${continuity.why}. Way out: ${continuity.wayOut}`,
      fault: "continuity",
    }),
  ];
}

function planChecks(plan: Plan, before: Preflight): readonly Check[] {
  const quoted = currentPriceWei(before.quote);
  const baseFeeWei = before.tip.head.baseFeeWei ?? 0n;
  const price = quoted > baseFeeWei ? quoted : baseFeeWei;
  return [
    check("fees", price <= before.ceilingWei, {
      detail: `gas costs ${price} Wei, the ceiling is ${before.ceilingWei}`,
      fault: "chain-not-ready",
    }),
    check("limits", plan.brokenLimit === undefined, {
      detail: plan.brokenLimit ?? "no payee and no sum is above its limit",
      fault: "circuit-breaker",
    }),
    check("funds", plan.shortfallWei === 0n, {
      detail: plan.shortfallWei === 0n
        ? "the wallet covers every payee and the fee ceiling"
        : `the wallet lacks ${plan.shortfallWei} Wei for ${plan.uncovered.length} payees`,
      fault: "circuit-breaker",
    }),
  ];
}

function check(
  name: string,
  ok: boolean,
  rest: { readonly detail: string; readonly fault: FaultKind },
): Check {
  return { name, ok, ...rest };
}

/** Everything that is unresolved in the ledger, ours and Go payers'. */
export function inFlightOf(leftovers: Leftovers): readonly LeftInFlight[] {
  const ours = [...leftovers.payments, ...leftovers.orphans].map((payment) => ({
    login: payment.login,
    amountShannon: payment.amountShannon,
    nonce: payment.nonce,
    txHash: attemptHashes(payment).at(-1) ?? null,
  }));
  const foreign = leftovers.foreign.map(({ row, hash, nonce }) => ({
    login: row.login,
    amountShannon: row.amountShannon,
    nonce,
    txHash: hash,
  }));
  return [...ours, ...foreign];
}

/** The exit code of the first check that failed: a run stops there. */
function exitCodeOf(checks: readonly Check[]): ExitCode {
  const failed = checks.find(({ ok }) => !ok);
  return failed === undefined ? 0 : exitCodeOfFault(failed.fault);
}
