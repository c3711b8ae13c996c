/**
 * What a commit leaves to be seen: how to tell, when the answer to EXEC was lost, whether it was
 * applied.
 *
 * @module
 */

import { effectsOf } from "../../domain/effect.ts";
import type { LedgerKeys } from "../../domain/ledger_keys.ts";
import { paidMember } from "../../domain/paid_row.ts";
import type { Transition } from "../../domain/transition.ts";
import type { RedisCommand, RedisReply } from "./connection.ts";

/** What must be found: this very text, anything at all, or nothing. */
type Mark = { readonly text: string } | "something" | "nothing";

/** Where a commit leaves its marks. */
export interface CommitTrace {
  /** Reads the marks. */
  readonly commands: readonly RedisCommand[];
  /** Whether the replies to {@linkcode commands} are what the commit leaves, and nothing else is. */
  isIn(replies: readonly RedisReply[]): boolean;
}

/**
 * The marks of a commit: its rows and records as its *last* effect on each leaves them. Money fields
 * are none, since the pool's unlocker adds to them. EXEC applies all or nothing and each
 * transition changes some row or record (a `hold` that stood already may not, and is harmless), so
 * all marks are there after it and not all before it.
 */
export function traceOf(keys: LedgerKeys, transitions: readonly Transition[]): CommitTrace {
  const marks = new Map<string, readonly [RedisCommand, Mark]>();
  const leave = (command: RedisCommand, mark: Mark): void => {
    marks.set(JSON.stringify(command), [command, mark]);
  };
  for (const effect of transitions.flatMap(effectsOf)) {
    switch (effect.kind) {
      case "add":
        break;
      case "put-pending":
        leave(["ZSCORE", keys.pending, effect.key], "something");
        break;
      case "remove-pending":
        leave(["ZSCORE", keys.pending, effect.key], "nothing");
        break;
      case "put-paid":
        leave(["ZSCORE", keys.all, paidMember(effect.debt, effect.hash)], "something");
        break;
      case "put-journal":
        leave(["HGET", keys.journal, effect.key], { text: effect.record });
        break;
      case "erase-journal":
        leave(["HGET", keys.journal, effect.key], "nothing");
        break;
      case "put-held":
        leave(["HGET", keys.held, effect.login], { text: effect.record });
        break;
      case "remove-held":
        leave(["HGET", keys.held, effect.login], "nothing");
        break;
      case "set-nonce":
        leave(["HGET", keys.nonces, effect.wallet], { text: String(effect.next) });
        break;
      case "set-server":
        leave(["HGET", keys.server, "run_id"], { text: effect.server.runId });
        leave(["HGET", keys.server, "window"], { text: String(effect.server.window) });
        leave(
          ["HGET", keys.server, "to_seal"],
          effect.server.toSeal === 0 ? "nothing" : { text: String(effect.server.toSeal) },
        );
        break;
      default:
        effect satisfies never;
    }
  }
  const found = [...marks.values()];
  return {
    commands: found.map(([command]) => command),
    isIn: (replies) => found.every(([, mark], index) => isAt(mark, replies[index])),
  };
}

function isAt(mark: Mark, reply: RedisReply | undefined): boolean {
  if (mark === "nothing") return reply === null;
  return mark === "something" ? reply !== null : reply === mark.text;
}
