/**
 * What the wallet really sent, for whoever judges the end of a story.
 *
 * @module
 */

import type { WalletTransaction } from "./operator_rule.ts";
import { WALLET } from "./payees.ts";
import { deed, KEYS, type World } from "./world.ts";

/** Every transaction of the wallet on the chain, with what is known of it. */
export function walletTransactions(world: World): readonly WalletTransaction[] {
  const found: WalletTransaction[] = [];
  const hashes = new Set(
    [...world.store.scores(KEYS.all).keys()].map((row) => row.split(":", 1)[0]),
  );
  for (let number = 0; number <= world.node.head.number; number++) {
    const block = world.node.block(number);
    for (const { hash, from, to, valueWei, nonce } of block?.transactions ?? []) {
      if (from !== WALLET || to === null) continue;
      const status = block?.outcomes.get(hash)?.status ?? "missing";
      const { login, kind } = world.inLedger.get(deed(nonce, to, valueWei, hash)) ??
        world.inLedger.get(deed(nonce, to, valueWei, null)) ?? {};
      const ours = world.signed.has(hash) ? "program" : undefined;
      const sender = ours ?? (world.goHashes.has(hash) ? "go" : "stranger");
      const recorded = hashes.has(hash);
      found.push({ hash, to, valueWei, status, sender, recorded, login, kind });
    }
  }
  return found;
}
