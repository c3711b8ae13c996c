/**
 * The resolver of the pool's old payer (`RESOLVE_PAYOUT=1`), started beside the program by mistake: it
 * ends pending rows that it knows nothing about, whosever lock there is.
 *
 * @module
 */

import type { Hash } from "../../domain/address.ts";
import { decodeRecord } from "../../domain/journal_record.ts";
import type { PaymentKey } from "../../domain/payment.ts";
import { parsePendingRow, type PendingRow } from "../../domain/pending_row.ts";
import type { Random } from "./random.ts";
import { addressOf, KEYS, type World } from "./world.ts";

/** How deep a transaction lies when no reorganisation takes it away any more. */
const DEEP = 8;

/** Ends what is pending, all of it or until it dies. Rows of the old payer itself are another story. */
export function resolveBehindOurBack(world: World, random: Random): void {
  const { store, goRows, trace } = world;
  const rows = [...store.scores(KEYS.pending)].map(([member, at]) => parsePendingRow(member, at));
  if (rows.length === 0 || store.fields(KEYS.journal).size < rows.length) return;
  if (rows.some((row) => row.kind !== "row" || goRows.has(row.key) || !isSound(world, row.login))) {
    return;
  }
  const looksForHashes = random.chance(0.5);
  for (const row of rows) {
    if (row.kind !== "row") continue;
    if (random.chance(0.1)) return trace.add("go", "its resolver dies");
    endRow(world, row, looksForHashes);
  }
  store.delete(KEYS.lock);
  trace.add("go", "its resolver deletes the lock");
}

function endRow(
  world: World,
  row: PendingRow & { readonly kind: "row" },
  looksForHashes: boolean,
): void {
  const { store, node, trace, clock } = world;
  const { login, amountShannon, key } = row;
  const hash = store.fields(KEYS.pendingTx).get(key) as Hash | undefined;
  const block = hash === undefined ? undefined : node.mined(hash)?.block;
  const settles = looksForHashes && hash !== undefined && block !== undefined &&
    block.outcomes.get(hash)?.status === "success" &&
    node.head.number - block.header.number >= DEEP;
  const to = settles ? "paid" : "balance";
  for (const account of [KEYS.account({ kind: "miner", login }), KEYS.finances]) {
    store.addToField(account, "pending", -amountShannon);
    store.addToField(account, to, amountShannon);
  }
  if (settles) {
    const at = Math.floor(clock.now() / 1000);
    store.addMember(KEYS.all, `${hash}:${key}`, at);
    store.addMember(KEYS.paidTo(login), `${hash}:${amountShannon}`, at);
    // It takes the last hash that was noted for the payment, also our cancel's.
    const paid = block.transactions.find((each) => each.hash === hash)?.to === addressOf(login);
    if (!paid) world.goHashes.add(hash);
  }
  store.removeMember(KEYS.pending, key);
  for (const notes of [KEYS.pendingNonce, KEYS.pendingTx]) store.deleteField(notes, key);
  world.orphaned.set(key, nonceOf(world, key));
  trace.add("go", `its resolver ${settles ? "settles" : "credits back"} ${key}`);
}

function nonceOf({ store }: World, key: PaymentKey): number {
  const decoded = decodeRecord(store.fields(KEYS.journal).get(key) ?? "");
  if ("problem" in decoded) throw new Error(`Cannot read the record ${key}: ${decoded.problem}`);
  return decoded.payment.nonce;
}

/** Whether all that it writes can be written. */
function isSound({ store }: World, login: string): boolean {
  const key = KEYS.account({ kind: "miner", login });
  return store.typeOf(key) === "hash" &&
    [...store.fields(key).values()].every((text) => /^-?[0-9]+$/.test(text)) &&
    store.typeOf(KEYS.paidTo(login)) !== "string";
}
