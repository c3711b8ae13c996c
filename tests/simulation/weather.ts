/**
 * What goes on outside of the program: blocks, fees, reorganisations, strangers, new balances.
 *
 * @module
 */

import { decodeTransaction, encodeTransaction } from "../../adapters/memory/chain_transaction.ts";
import { MemoryJournal } from "../../adapters/memory/mod.ts";
import type { Address, Hex } from "../../domain/address.ts";
import { type Wei, wei } from "../../domain/money.ts";
import { isHeld } from "../../domain/send_answer.ts";
import { GoPayer } from "./go_payer.ts";
import { resolveBehindOurBack } from "./go_resolver.ts";
import { breakOrMend } from "./nonsense.ts";
import { WALLET } from "./payees.ts";
import type { Random } from "./random.ts";
import { losesWrites, type WeatherRates } from "./scenario.ts";
import { addressOf, isSmallAmount, KEYS, type LedgerCopy, type World } from "./world.ts";

const GWEI = 10n ** 9n;

/** Makes block after block, and everything else that happens between two of them. */
export class Weather {
  readonly #world: World;
  readonly #random: Random;
  #baseFeeWei = 2n * GWEI;
  readonly goPayer: GoPayer;

  /** Weather over a world. */
  constructor(world: World) {
    this.#world = world;
    this.#random = world.random.fork();
    this.goPayer = new GoPayer(world);
  }

  /** Goes on until the simulation ends. */
  async blow(): Promise<void> {
    const { clock, scenario } = this.#world;
    while (this.#world.going) {
      await clock.sleep(Math.round(scenario.blockMs * (0.5 + this.#random.next())));
      this.#nextBlock();
    }
  }

  #nextBlock(): void {
    const { node, stormy } = this.#world;
    if (stormy) this.#storm();
    const cheap = this.#baseFeeWei < GWEI;
    if ((stormy || cheap) && this.#happens("otherPool")) this.#otherPool();
    node.setBaseFee(wei(this.#baseFeeWei));
    if (stormy && this.#happens("reorg")) this.#reorg();
    else node.mine();
    this.#world.noteHead();
    this.#note(`block ${node.head.number}: ${node.block(node.head.number)?.transactions.length}`);
  }

  /** Everything is well again, and stays so. */
  calm(): void {
    const { node, scenario } = this.#world;
    this.#world.stormy = false;
    for (const repair of this.#world.repairs) repair();
    // What cannot be replaced is mined only where gas is cheap: the old payer never raises its fees,
    // and a node that signs for itself is not told twice.
    const raises = scenario.weather.goPayer === 0 && !scenario.nodeSigns;
    const dear = raises && this.#random.chance(0.3);
    this.#baseFeeWei = dear ? 6n * GWEI : GWEI / 10n;
    node.rules = { ...node.rules, ...CALM_RULES };
    node.tipWei = wei(GWEI);
    if (scenario.fundsWei < 10n ** 24n) node.fund(WALLET, 10n ** 24n);
  }

  #storm(): void {
    const { node, scenario } = this.#world;
    if (this.#happens("feeMove")) {
      this.#baseFeeWei = BigInt(this.#random.int(1, 40)) * GWEI / 2n;
      node.tipWei = wei(BigInt(this.#random.int(1, 3)) * GWEI);
      this.#note(`the base fee moves to ${this.#baseFeeWei}`);
    }
    if (this.#happens("drop")) {
      const dropped = node.evict(this.#random.int(1, 3));
      if (dropped.length > 0) this.#note(`the mempool drops ${dropped.join(" ")}`);
    }
    this.#rules();
    if (this.#happens("stranger")) this.#stranger();
    if (this.#happens("credit")) this.#credit();
    if (this.#happens("contract")) this.#contract();
    if (this.#happens("badValue")) this.#badValue();
    if (scenario.weather.sharedValue > 0) breakOrMend(this.#world, this.#random);
    this.#ledgerServer();
    if (this.#happens("diskLost")) this.#loseJournal();
    if (this.#happens("goPayer")) void this.goPayer.pay();
    if (scenario.weather.goResolver > 0 && this.#happens("goResolver")) {
      resolveBehindOurBack(this.#world, this.#random);
    }
  }

  /** A transaction that some node has had since long is taken by the one that makes the block. */
  #otherPool(): void {
    const { node, abroad } = this.#world;
    const [first, ...more] = [...abroad].filter(([hash, raw]) =>
      node.mined(hash) === undefined && nonceOf(raw) === node.nonce(WALLET)
    );
    if (first === undefined) return;
    const [hash, raw] = this.#random.pick([first, ...more]);
    const rival = node.mempool().find(({ from, nonce }) =>
      from === WALLET && nonce === nonceOf(raw)
    );
    if (rival?.hash === hash) return;
    if (rival !== undefined) node.dropFromMempool(rival.hash);
    this.#note(`another node's mempool has ${hash}: ${node.submit(raw).meaning}`);
  }

  #rules(): void {
    const { node } = this.#world;
    if (this.#happens("poolFull")) {
      const mempoolLimit = this.#random.pick([0, 1, 2, 5120]);
      node.rules = { ...node.rules, mempoolLimit };
      this.#note(`the mempool holds ${mempoolLimit}`);
    }
    if (this.#happens("feeCap")) {
      const feeCapWei = wei(this.#random.pick([10n ** 12n, 10n ** 18n]));
      node.rules = { ...node.rules, feeCapWei };
      this.#note(`the node's fee cap is ${feeCapWei}`);
    }
  }

  #reorg(): void {
    const depth = this.#random.int(1, this.#world.scenario.policy.confirmations - 1);
    const blocks = depth + this.#random.int(0, 2);
    const fill = this.#random.chance(0.7);
    const lossy = this.#random.chance(0.5);
    const random = this.#random.fork();
    this.#note(`reorg of ${depth} blocks by ${blocks}, ${fill ? "filled" : "empty"}`);
    this.#world.node.reorg(depth, { blocks, fill, drop: () => lossy && random.chance(0.5) });
  }

  /** Somebody else with the wallet's key: pays a miner or anybody, at a nonce that suits them. */
  #stranger(): void {
    const { node } = this.#world;
    const miner = this.#miner();
    const to = this.#random.chance(0.5) && miner !== undefined
      ? addressOf(miner)
      : `0x${"99".repeat(20)}` as Address;
    const nonce = this.#random.pick([node.nonce(WALLET), node.pendingNonce(WALLET)]);
    const { raw, hash } = encodeTransaction({
      chainId: node.rules.chainId,
      from: WALLET,
      to,
      valueWei: this.#random.chance(0.3) && miner !== undefined
        ? this.#owedWei(miner)
        : wei(123_456_789n),
      nonce,
      gas: 60_000n,
      data: "0x" as Hex,
      fees: { kind: "legacy", gasPriceWei: wei(200n * GWEI) },
    });
    const { meaning } = node.submit(raw);
    if (isHeld(meaning)) this.#world.abroad.set(hash, raw);
    this.#note(`a stranger pays ${to} at nonce ${nonce}: ${meaning}`);
  }

  /** What a person would send who pays a miner by hand: what is under way to them, or else all they have. */
  #owedWei(login: string): Wei {
    const { store } = this.#world;
    const account = store.fields(KEYS.account({ kind: "miner", login }));
    const fields = ["pending", "balance"].map((field) => account.get(field) ?? "0");
    const owed = fields.find((text) => /^[1-9][0-9]*$/.test(text)) ?? "1";
    return wei(BigInt(owed) * 10n ** 9n);
  }

  #credit(): void {
    const login = this.#miner();
    if (login === undefined) return;
    const amountShannon = BigInt(this.#random.int(1, 900_000_000));
    this.#world.credit(login, amountShannon);
    this.#note(`${login} is credited ${amountShannon}`);
  }

  #contract(): void {
    const login = this.#miner();
    if (login === undefined) return;
    const code = this.#random.pick([undefined, "accepts", "reverts"]);
    this.#world.node.setCode(addressOf(login), code);
    this.#note(`${login} has the code ${code}`);
  }

  /** Something writes nonsense where a payment to a miner has to be added up. */
  #badValue(): void {
    const { store, repairs } = this.#world;
    const login = this.#miner();
    if (login === undefined) return;
    const miner = KEYS.account({ kind: "miner", login });
    const what = this.#random.pick(["paid", "pending", "rows"]);
    if (what === "rows") {
      if (store.typeOf(KEYS.paidTo(login)) !== null) return;
      store.setText(KEYS.paidTo(login), "nonsense");
      repairs.push(() => {
        if (store.typeOf(KEYS.paidTo(login)) === "string") store.delete(KEYS.paidTo(login));
      });
    } else {
      if (store.fields(miner).has(what)) return;
      store.setField(miner, what, "1.5");
      repairs.push(() => {
        if (store.fields(miner).get(what) === "1.5") store.deleteField(miner, what);
      });
    }
    this.#note(`${what} of ${login} is nonsense now`);
  }

  /** Copies the ledger now and then, and comes back as one of the copies. */
  #ledgerServer(): void {
    const { weather } = this.#world.scenario;
    if (weather.ledgerRestarts > 0 && this.#happens("ledgerRestarts")) {
      this.#world.restartLedger();
      this.#note("the ledger is restarted, with all its writes");
    }
    if (!losesWrites(weather)) return;
    const restarts = this.#happens("ledgerLosesWrites");
    if (restarts || this.#happens("ledgerRollsBack")) this.#restore({ restarts });
    else if (!this.#world.journalWasLost && this.#random.chance(0.1)) this.#world.noteCopy();
  }

  #restore({ restarts }: { readonly restarts: boolean }): void {
    const [first, ...more] = this.#world.copies;
    if (first === undefined) return;
    const copy = this.#random.pick([first, ...more]);
    this.#loseDisk(copy, { isSeen: restarts });
    this.#world.restoreLedger(copy, { restarts });
    // What the next run notes of a lost journal is not lost in its turn.
    if (this.#world.journalWasLost) this.#world.copies = [];
    if (this.#random.chance(0.5)) this.#loseMempool();
    this.#note(`the ledger comes back as an older copy, ${restarts ? "restarted" : "unseen"}`);
    // What is planned anew is not what was lost.
    while (this.#random.chance(0.5)) this.#credit();
  }

  /** The node was on the same machine. What it had sent on is abroad still. */
  #loseMempool(): void {
    const { node } = this.#world;
    for (const { hash } of node.mempool()) node.dropFromMempool(hash);
    this.#note("the node's mempool is lost");
  }

  /**
   * With the ledger's newest writes the disk may go, too. What both forget can be sealed off where the
   * server is seen to be another than a run had noted, and no reorganisation takes blocks back.
   */
  #loseDisk(copy: LedgerCopy, { isSeen }: { readonly isSeen: boolean }): void {
    const { node, inLedger, scenario } = this.#world;
    const final = node.nonceAt(
      WALLET,
      Math.max(0, node.head.number - scenario.policy.confirmations),
    );
    const isFinal = [...inLedger.keys()].every((deed) => Number(deed.split(" ")[0]) < (final ?? 0));
    const isNoted = isSeen && KEYS.server in copy.dump && scenario.weather.reorg === 0;
    if ((isFinal || isNoted) && this.#random.chance(0.5)) this.#loseJournal();
  }

  #loseJournal(): void {
    this.#world.journalWasLost = true;
    this.#world.journal = new MemoryJournal();
    this.#note("the local journal is lost");
  }

  /** A miner whose account can be written to. */
  #miner(): string | undefined {
    const [first, ...more] = this.#world.scenario.payees
      .filter(({ balance, wrongType }) => isSmallAmount(balance) && !wrongType)
      .map(({ login }) => login);
    return first === undefined ? undefined : this.#random.pick([first, ...more]);
  }

  #happens(what: keyof WeatherRates): boolean {
    return this.#random.chance(this.#world.scenario.weather[what]);
  }

  #note(what: string): void {
    this.#world.trace.add("world", what);
  }
}

const CALM_RULES = { mempoolLimit: 5120, feeCapWei: wei(10n ** 18n), gasLimit: 30_000_000n };

function nonceOf(raw: Hex): number | undefined {
  return decodeTransaction(raw)?.nonce;
}
