/**
 * Makes the plan of a run: scans the miners, judges each, asks for gas, and sees what funds cover.
 * Writes nothing.
 *
 * @module
 */

import { valueOf } from "../domain/fact.ts";
import { Fault } from "../domain/fault.ts";
import { maxPriceWei, TRANSFER_GAS } from "../domain/fees.ts";
import { type Leftovers, loginsInFlight } from "../domain/leftovers.ts";
import { type Shannon, type Wei, weiOfShannon } from "../domain/money.ts";
import { newestAttempt, type Payment } from "../domain/payment.ts";
import {
  brokenLimit,
  type Candidate,
  cover,
  type Coverage,
  inPlanOrder,
  judge,
  MAX_PAYEE_GAS,
  type Payee,
  type Skipped,
} from "../domain/plan.ts";
import type { Policy } from "../domain/policy.ts";
import type { Chain, Tip } from "../domain/ports/chain.ts";
import type { Checksum } from "../domain/ports/checksum.ts";
import type { LedgerReader } from "../domain/ports/ledger.ts";

/** Whom a run pays, and a reason for everyone else. */
export interface Plan extends Coverage {
  /** Everyone who is not paid, those for want of funds included. */
  readonly skipped: readonly Skipped[];
  /** How many accounts below the threshold were met, those met again included. */
  readonly belowThreshold: number;
  /** Why the circuit breaker stops the run, if it does. */
  readonly brokenLimit: string | undefined;
}

/** What a plan is made from. */
export interface PlanInput {
  /** The operator's decisions. */
  readonly policy: Policy;
  /** The most that a unit of gas may cost. */
  readonly ceilingWei: Wei;
  /** The newest block, and the wallet in it. */
  readonly tip: Tip;
  /** What is unresolved: nobody of it is planned. */
  readonly leftovers: Leftovers;
  /** Told once of each miner below the threshold, where somebody wants to know: it costs memory. */
  readonly onBelow?: (login: string, amountShannon: Shannon) => void;
}

/** The ports that a plan reads. */
export interface PlanPorts {
  readonly ledger: Pick<LedgerReader, "miners">;
  readonly chain: Chain;
  readonly checksum: Checksum;
}

/** Makes the plan. @throws {Fault} when ledger or chain cannot be read. */
export async function makePlan(
  ports: PlanPorts,
  input: PlanInput,
  signal?: AbortSignal,
): Promise<Plan> {
  const judged = await judgeAll(ports, input, signal);
  const limit = brokenLimit(judged.candidates, input.policy);
  const priced = await findGas(ports.chain, input.policy, judged.candidates);
  const balanceWei = valueOf(input.tip.balanceWei);
  if (balanceWei === undefined) {
    throw new Fault("chain-nonsense", `${ports.chain.name} did not report the wallet's balance`);
  }
  const { payments, orphans } = input.leftovers;
  const availableWei = balanceWei - reservedWei([...payments, ...orphans], input.tip);
  const coverage = cover(priced.payees, { availableWei, ceilingWei: input.ceilingWei });
  const unfunded = coverage.uncovered.map(({ login, amountShannon }): Skipped => ({
    login,
    amountShannon,
    reason: "insufficient-funds",
  }));
  return {
    ...coverage,
    skipped: [...judged.skipped, ...priced.skipped, ...unfunded],
    belowThreshold: judged.belowThreshold,
    brokenLimit: limit,
  };
}

/** What payments that are not mined yet may still take from the wallet, in Wei. */
export function reservedWei(payments: Iterable<Payment>, tip: Tip): bigint {
  const latestNonce = valueOf(tip.latestNonce) ?? 0;
  let sum = 0n;
  for (const payment of payments) {
    if (payment.nonce < latestNonce) continue;
    const { gas, fees } = newestAttempt(payment);
    sum += payment.valueWei + gas * maxPriceWei(fees);
  }
  return sum;
}

interface Judged {
  readonly candidates: readonly Candidate[];
  readonly skipped: readonly Skipped[];
  readonly belowThreshold: number;
}

async function judgeAll(
  ports: PlanPorts,
  input: PlanInput,
  signal?: AbortSignal,
): Promise<Judged> {
  const rules = {
    thresholdShannon: input.policy.thresholdShannon,
    wallet: input.policy.wallet,
    inFlight: loginsInFlight(input.leftovers),
    held: new Set(input.leftovers.held.map(({ login }) => login)),
    checksum: ports.checksum,
  };
  const candidates: Candidate[] = [];
  const skipped: Skipped[] = [];
  let belowThreshold = 0;
  // The ledger may repeat a login. A million that are only counted are not kept.
  const named = new Set<string>();
  for await (const page of ports.ledger.miners(signal)) {
    for (const account of page) {
      const judgement = judge(account, rules);
      if (judgement.kind !== "below-threshold" || input.onBelow !== undefined) {
        if (named.has(account.login)) continue;
        named.add(account.login);
      }
      switch (judgement.kind) {
        case "pay":
          candidates.push(judgement.candidate);
          break;
        case "skip":
          skipped.push(judgement.skipped);
          break;
        case "below-threshold":
          belowThreshold++;
          input.onBelow?.(judgement.login, judgement.amountShannon);
          break;
        default:
          judgement satisfies never;
      }
    }
  }
  return { candidates: inPlanOrder(candidates), skipped, belowThreshold };
}

interface Priced {
  readonly payees: readonly Payee[];
  readonly skipped: readonly Skipped[];
}

/** Plain accounts take 21,000 gas; for payees with code the node is asked. */
async function findGas(
  chain: Chain,
  policy: Policy,
  candidates: readonly Candidate[],
): Promise<Priced> {
  const { gas } = policy;
  if (gas.kind === "fixed") {
    return { payees: candidates.map((payee) => ({ ...payee, gas: gas.gas })), skipped: [] };
  }
  const codes = await chain.hasCode(candidates.map(({ recipient }) => recipient));
  const contracts = candidates.filter((_, index) => valueOf(codes[index]) === true);
  const estimates = await chain.estimateGas(contracts.map(({ recipient, amountShannon }) => ({
    from: policy.wallet,
    to: recipient,
    valueWei: weiOfShannon(amountShannon),
  })));
  const byLogin = new Map(contracts.map(({ login }, index) => [login, estimates[index]]));
  const payees: Payee[] = [];
  const skipped: Skipped[] = [];
  for (const [index, candidate] of candidates.entries()) {
    const { login, amountShannon } = candidate;
    const isContract = valueOf(codes[index]);
    const estimated = byLogin.get(login);
    if (isContract === false) payees.push({ ...candidate, gas: TRANSFER_GAS });
    else if (estimated?.kind === "gas" && withReserve(estimated.gas) > MAX_PAYEE_GAS) {
      skipped.push({ login, amountShannon, reason: "gas-too-high" });
    } else if (estimated?.kind === "gas") {
      payees.push({ ...candidate, gas: withReserve(estimated.gas) });
    } else if (estimated?.kind === "reverts") {
      skipped.push({ login, amountShannon, reason: "contract-reverts" });
    } else skipped.push({ login, amountShannon, reason: "gas-unknown" });
  }
  return { payees, skipped };
}

/** A contract's state may change until the payment is mined: a quarter more than the estimate. */
function withReserve(gas: bigint): bigint {
  return (gas * 5n + 3n) / 4n;
}
