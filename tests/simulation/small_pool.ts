/**
 * A pool in memory with a few payees, for plain tests of what the simulator found.
 *
 * @module
 */

import type { Address, Hash } from "../../domain/address.ts";
import { shannon, wei } from "../../domain/money.ts";
import type { Policy } from "../../domain/policy.ts";
import type { Chain } from "../../domain/ports/chain.ts";
import type { RunEvent } from "../../domain/ports/reporter.ts";
import type { RunReport } from "../../domain/report.ts";
import {
  type LedgerDump,
  memoryChain,
  MemoryJournal,
  memoryLedger,
  MemoryLedgerStore,
  MemoryNode,
  memorySigner,
  VirtualClock,
} from "../../adapters/memory/mod.ts";
import type { RunPorts } from "../../app/run.ts";
import type { RunOptions } from "../../app/run.ts";
import { runPayouts } from "../../app/run_payouts.ts";
import { WALLET } from "./payees.ts";
import { addressOf, KEYS } from "./world.ts";

/** What a small pool's policy is, but for what a test is about. */
export const SMALL_POLICY: Policy = {
  wallet: WALLET,
  chainId: null,
  requirePeers: 0,
  thresholdShannon: shannon(500_000_000n),
  gas: { kind: "auto" },
  ceilingWei: null,
  tipWei: null,
  confirmations: 3,
  maxInFlight: 16,
  bumpAfterBlocks: 5,
  cancelAfterBlocks: 10,
  maxPaymentShannon: null,
  maxTotalShannon: null,
  durability: { kind: "journal" },
  waitLimitMs: 600_000,
};

/** The login of a payee. */
export function miner(index: number): Address {
  return `0x${String(index).padStart(40, "ab")}` as Address;
}

/** A pool whose payees are owed 0.6 coins each, with a block every second. */
export class SmallPool {
  readonly clock = new VirtualClock();
  readonly store = new MemoryLedgerStore();
  readonly node = new MemoryNode({ clock: this.clock });
  journal = new MemoryJournal();
  readonly events: RunEvent[] = [];
  readonly chain: Chain = memoryChain(this.node);

  /** A pool that owes this many. */
  constructor(payees: number) {
    this.node.fund(WALLET, 10n ** 21n);
    this.node.mine(5);
    for (let index = 0; index < payees; index++) this.credit(miner(index), 600_000_000n);
  }

  /** Credits a miner. */
  credit(login: string, amountShannon: bigint): void {
    for (const key of [KEYS.account({ kind: "miner", login }), KEYS.finances]) {
      this.store.addToField(key, "balance", amountShannon);
    }
  }

  /** A Go payer debits a miner, who is owed as much; what it sends, it sends from the wallet. */
  leaveGoRow(
    login: string,
    { amountShannon = 600_000_000n, sent }: {
      readonly amountShannon?: bigint;
      readonly sent: boolean;
    },
  ): Hash | undefined {
    for (const key of [KEYS.account({ kind: "miner", login }), KEYS.finances]) {
      this.store.addToField(key, "balance", -amountShannon);
      this.store.addToField(key, "pending", amountShannon);
    }
    const seconds = Math.floor(this.clock.now() / 1000);
    this.store.addMember(KEYS.pending, `${login}:${amountShannon}`, seconds);
    return sent ? this.send(addressOf(login), amountShannon) : undefined;
  }

  /** Somebody sends from the wallet, past the program. */
  send(to: Address, amountShannon: bigint): Hash {
    const known = new Set(this.node.mempool().map(({ hash }) => hash));
    const valueWei = wei(amountShannon * 10n ** 9n);
    const { meaning } = this.node.submitForeign({ from: WALLET, to, valueWei });
    const sent = this.node.mempool().find(({ hash }) => !known.has(hash));
    if (sent === undefined) throw new Error(`Cannot send for a test: ${meaning}`);
    return sent.hash;
  }

  /** The ledger's server comes back as another process, with this in it. */
  restartLedger(dump: LedgerDump): void {
    for (const key of this.store.keys()) this.store.delete(key);
    this.store.seed(dump);
    const runId = String(Number(this.store.server.runId) + 1).padStart(40, "0");
    this.store.server = { ...this.store.server, runId };
  }

  /** A miner's money: balance, pending and paid. */
  account(login: string): readonly bigint[] {
    const fields = this.store.fields(KEYS.account({ kind: "miner", login }));
    return ["balance", "pending", "paid"].map((field) => BigInt(fields.get(field) ?? "0"));
  }

  /** Its ports, with some of them replaced. */
  ports(replaced: Partial<RunPorts> = {}): RunPorts {
    return {
      ledger: memoryLedger(this.store, { clock: this.clock, prefix: "eth" }),
      chain: this.chain,
      signer: memorySigner(WALLET),
      localJournal: this.journal,
      clock: this.clock,
      report: (event) => this.events.push(event),
      checksum: (address) => address,
      newRunId: () => "run",
      ...replaced,
    };
  }

  /** Runs, with a block every second (`beforeBlock` says what happens before it), to the end. */
  async run(
    from: {
      readonly ports?: RunPorts;
      readonly policy?: Partial<Policy>;
      readonly options?: RunOptions;
      readonly beforeBlock?: () => void;
    } = {},
  ): Promise<RunReport> {
    const { ports = this.ports(), policy, options, beforeBlock } = from;
    let ended = false;
    const running = runPayouts(ports, { ...SMALL_POLICY, ...policy }, options)
      .finally(() => ended = true);
    running.catch(() => {}); // Who called is told below.
    for (let second = 0; !ended && second < 10_000; second++) {
      await this.clock.advance(1_000);
      beforeBlock?.();
      this.node.mine();
    }
    return await running;
  }

  /** The hashes of all that the chain's blocks have. */
  minedHashes(): ReadonlySet<Hash> {
    const hashes = new Set<Hash>();
    for (let number = 0; number <= this.node.head.number; number++) {
      for (const { hash } of this.node.block(number)?.transactions ?? []) hashes.add(hash);
    }
    return hashes;
  }

  /** How many events of a kind were told. */
  count(kind: RunEvent["kind"]): number {
    return this.events.filter((event) => event.kind === kind).length;
  }

  /** A price that nobody wants to pay. */
  raiseBaseFee(): void {
    this.node.setBaseFee(wei(10n ** 12n));
  }
}
