/**
 * What is looked at before anything is written, by a run and by a dry run alike.
 *
 * @module
 */

import { judgeDurability } from "../domain/durability.ts";
import { Fault, type FaultKind } from "../domain/fault.ts";
import { currentPriceWei, defaultCeilingWei, type FeeQuote } from "../domain/fees.ts";
import { type Wei, wei } from "../domain/money.ts";
import type { Policy } from "../domain/policy.ts";
import type { Chain, ChainIdentity, Tip } from "../domain/ports/chain.ts";
import type { LedgerReader, LedgerServer } from "../domain/ports/ledger.ts";
import type { RunPorts } from "./run.ts";

/** One thing that was looked at. */
export interface Check {
  /** One word for it. */
  readonly name: string;
  /** Whether a run may go on. */
  readonly ok: boolean;
  /** What was found and, when it is not ok, the way out. */
  readonly detail: string;
  /** What stops the run when it is not ok. */
  readonly fault: FaultKind;
}

/** What preflight learned. */
export interface Preflight {
  readonly checks: readonly Check[];
  readonly identity: ChainIdentity;
  readonly tip: Tip;
  readonly quote: FeeQuote;
  /** What the ledger's server says of itself. */
  readonly server: LedgerServer;
  /** The most that a unit of gas may cost in this run. */
  readonly ceilingWei: Wei;
}

/** The ports that preflight reads: a ledger for reading is enough. */
export type PreflightPorts = Pick<RunPorts, "chain" | "signer" | "clock"> & {
  readonly ledger: LedgerReader;
};

/** A head older than this says that the node has stopped following the chain. */
const MAX_HEAD_AGE_SECONDS = 15 * 60;

/**
 * Looks at chain, node, signer and ledger. Writes nothing.
 *
 * @throws {Fault} when one of them cannot be asked at all.
 */
export async function preflight(ports: PreflightPorts, policy: Policy): Promise<Preflight> {
  const identity = await ports.chain.identity();
  const chain = chainCheck(ports.chain.name, identity, policy);
  const node = await nodeChecks(ports.chain, policy);
  const tip = await ports.chain.tip(policy.wallet);
  const quote = await feeQuote(ports.chain, policy);
  const signer = await signerCheck(ports, policy);
  await ports.ledger.checkTypes();
  const server = await ports.ledger.server();
  return {
    checks: [
      chain,
      ...node,
      headCheck(tip, ports.clock.now()),
      signer,
      ...ledgerChecks(ports.ledger.name, server, policy),
    ],
    identity,
    tip,
    quote,
    server,
    ceilingWei: policy.ceilingWei ?? ceilingOf(quote, policy),
  };
}

/** Stops at the first check that failed. @throws {Fault} of that check's kind. */
export function demand(checks: readonly Check[]): void {
  const failed = checks.find((check) => !check.ok);
  if (failed !== undefined) throw new Fault(failed.fault, failed.detail);
}

/** What gas costs now, with the operator's own tip or gas price where there is one. */
export async function feeQuote(chain: Chain, policy: Policy): Promise<FeeQuote> {
  if (policy.gas.kind === "fixed") return { kind: "legacy", gasPriceWei: policy.gas.gasPriceWei };
  const quote = await chain.feeQuote();
  if (quote.kind === "legacy" || policy.tipWei === null) return quote;
  return { ...quote, tipWei: policy.tipWei };
}

/** A fixed gas price is the operator's word: nothing dearer is sent unless a ceiling allows it. */
function ceilingOf(quote: FeeQuote, policy: Policy): Wei {
  return policy.gas.kind === "fixed" ? wei(currentPriceWei(quote)) : defaultCeilingWei(quote);
}

function chainCheck(node: string, identity: ChainIdentity, policy: Policy): Check {
  const ok = policy.chainId === null || policy.chainId === identity.chainId;
  return {
    name: "chain",
    ok,
    detail: ok
      ? `${node} is on chain ${identity.chainId}`
      : `${node} is on chain ${identity.chainId}, expected payouts.chainId ${policy.chainId}: ` +
        `check payouts.daemon`,
    fault: "wrong-chain",
  };
}

async function nodeChecks(chain: Chain, policy: Policy): Promise<readonly Check[]> {
  const { syncing, peers } = await chain.health();
  const synced: Check = {
    name: "node-synced",
    ok: !syncing,
    detail: syncing
      ? `${chain.name} is syncing: wait until it has caught up`
      : `${chain.name} is not syncing`,
    fault: "chain-not-ready",
  };
  const enough = policy.requirePeers === 0 || (peers ?? 0) >= policy.requirePeers;
  const has = peers === null ? "does not report its number of peers" : `has ${peers} peers`;
  const met: Check = {
    name: "peers",
    ok: enough,
    detail: `${chain.name} ${has}, payouts.requirePeers is ${policy.requirePeers}`,
    fault: "chain-not-ready",
  };
  return [synced, met];
}

function headCheck(tip: Tip, nowMs: number): Check {
  const ageSeconds = Math.max(0, Math.floor(nowMs / 1000) - tip.head.time);
  const ok = ageSeconds <= MAX_HEAD_AGE_SECONDS;
  return {
    name: "head",
    ok,
    detail: `head ${tip.head.number} is ${ageSeconds} s old` +
      (ok ? "" : ": the node has stopped following the chain"),
    fault: "chain-not-ready",
  };
}

async function signerCheck(ports: PreflightPorts, policy: Policy): Promise<Check> {
  const address = await ports.signer.address();
  const ok = address === policy.wallet;
  return {
    name: "signer",
    ok,
    detail: ok
      ? `${ports.signer.name} signs for ${address}`
      : `${ports.signer.name} signs for ${address}, expected payouts.address ${policy.wallet}`,
    fault: "wrong-signer",
  };
}

function ledgerChecks(
  name: string,
  server: LedgerServer,
  { durability }: Policy,
): readonly Check[] {
  const { maxmemoryPolicy } = server;
  const evicts = maxmemoryPolicy?.startsWith("allkeys-") ?? false;
  return [
    { name: "ledger", ok: true, detail: `${name} answers`, fault: "ledger-unreachable" },
    {
      name: "ledger-keeps-keys",
      ok: !evicts,
      detail: maxmemoryPolicy === null
        ? `${name} does not report its maxmemory-policy to this user`
        : `${name} has maxmemory-policy ${maxmemoryPolicy}` +
          (evicts ? ", which may drop balances: set it to noeviction" : ""),
      fault: "ledger-evicts",
    },
    { name: "durability", ...judgeDurability(durability, server), fault: "ledger-not-durable" },
  ];
}
