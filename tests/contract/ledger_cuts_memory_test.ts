import { memoryLedger } from "../../adapters/memory/ledger.ts";
import { MemoryLedgerStore } from "../../adapters/memory/ledger_store.ts";
import { Fault } from "../../domain/fault.ts";
import { LEASE_MS } from "../../domain/ports/ledger.ts";
import { type ArmedCut, type Cut, CUTS, isForGood } from "./cuts.ts";
import { FENCE_CALLS, LOCK_CALLS, PERSIST_CALLS, READER_CALLS } from "./ledger_calls.ts";
import { ledgerCutTests } from "./ledger_cut_tests.ts";

ledgerCutTests(
  "memory ledger",
  [...READER_CALLS, ...LOCK_CALLS, ...FENCE_CALLS, ...PERSIST_CALLS],
  () => {
    let store = new MemoryLedgerStore();
    let now = Date.UTC(2026, 0, 1);
    const wire = new Wire();
    return Promise.resolve({
      // Silence is a time-out: by then it is a lost answer.
      cuts: CUTS.filter((cut) => cut !== "is never answered"),
      mendsItself: false,
      comesBack: true,
      ledger: () =>
        Promise.resolve(
          memoryLedger(store, {
            clock: { now: () => now },
            prefix: "eth",
            seam: (_method, effect) => wire.carry(effect),
          }),
        ),
      arm: (cut, nth) => wire.arm(cut, nth),
      seed: (dump) => {
        store = new MemoryLedgerStore();
        store.server = { ...store.server, fsyncsAlways: true, replicas: 1 };
        store.seed(dump);
        return Promise.resolve();
      },
      dump: () => Promise.resolve(store.dump()),
      expireLease: () => Promise.resolve(void (now += LEASE_MS)),
      demandNoConnection: () => Promise.resolve(),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  },
);

/** The seam as a wire that can be cut. */
class Wire {
  #cut: Cut | undefined;
  #toPass = 0;
  #hasStruck = false;
  #late: () => unknown = () => undefined;

  arm(cut: Cut, nth: number): ArmedCut {
    this.#cut = cut;
    this.#toPass = nth;
    this.#hasStruck = false;
    this.#late = () => undefined;
    const mend = async (): Promise<void> => {
      this.#cut = undefined;
      await this.#late();
      this.#late = () => undefined;
    };
    return { hasStruck: () => this.#hasStruck, mend, [Symbol.asyncDispose]: mend };
  }

  async carry<T>(effect: () => T): Promise<T> {
    await undefined;
    const cut = this.#cut;
    if (cut === undefined || this.#toPass-- > 0) return effect();
    if (!this.#hasStruck) {
      this.#hasStruck = true;
      if (cut.startsWith("is carried out")) effect();
      if (cut === "arrives late") this.#late = effect;
    }
    if (!isForGood(cut)) this.#cut = undefined;
    throw new Fault("ledger-unreachable", "The wire was cut");
  }
}
