import { memoryLedger } from "../../adapters/memory/ledger.ts";
import { MemoryLedgerStore } from "../../adapters/memory/ledger_store.ts";
import { LEASE_MS } from "../../domain/ports/ledger.ts";
import { ledgerContract } from "./ledger_contract.ts";

ledgerContract("memory ledger", () => {
  const store = new MemoryLedgerStore();
  let now = Date.UTC(2026, 0, 1);
  const clock = { now: () => now };
  return Promise.resolve({
    ledger: () => Promise.resolve(memoryLedger(store, { clock, prefix: "eth" })),
    seed: (dump) => Promise.resolve(store.seed(dump)),
    dump: () => Promise.resolve(store.dump()),
    expireLease: () => Promise.resolve(void (now += LEASE_MS)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
});
