/**
 * What `resolve` looks at before it changes anything: leftovers, and what would become of the
 * operator's words. Writes nothing.
 *
 * @module
 */

import { valueOf } from "../domain/fact.ts";
import type { OperatorWord, WordOutcome } from "../domain/operator_word.ts";
import { paymentKey } from "../domain/payment.ts";
import type { Policy } from "../domain/policy.ts";
import type { Restored } from "../domain/restoration.ts";
import { assess, type Assessment } from "./assess.ts";
import type { DryRunPorts } from "./dry_run.ts";
import { newWatch } from "./observe.ts";
import { restorationOf } from "./plan_restoration.ts";
import { preflight } from "./preflight.ts";
import { fresh, type Looking } from "./run.ts";
import { type Weighed, weighWord } from "./weigh_words.ts";

/** What was found. */
export interface Found extends Assessment {
  /** What the ledger forgot, nonce by nonce. */
  readonly forgotten: readonly Restored[];
  /** The wallet's transaction count at the latest head. */
  readonly latestNonce: number;
  /** What would become of the operator's words. */
  readonly words: readonly WordOutcome[];
}

/** Reads leftovers and weighs words. @throws {Fault} when ledger or chain cannot be read. */
export async function look(
  ports: DryRunPorts,
  policy: Policy,
  options: { readonly words: readonly OperatorWord[]; readonly signal: AbortSignal },
): Promise<Found> {
  const { identity, tip, server, ceilingWei } = await preflight(ports, policy);
  const assessment = await assess(ports, { policy, identity, tip, server });
  const { leftovers } = assessment;
  const looking: Looking = {
    ports,
    policy: { ...policy, ceilingWei },
    watch: newWatch(tip),
    signal: options.signal,
    inFlight: new Map(
      [...leftovers.payments, ...leftovers.orphans]
        .map((payment) => [paymentKey(payment), fresh(payment)]),
    ),
  };
  const words: WordOutcome[] = [];
  for (const word of options.words) {
    words.push({ word, ...intentOf(await weighWord(looking, word, leftovers)) });
  }
  const forgotten = await restorationOf(ports, assessment, { policy, tip });
  return { ...assessment, forgotten, latestNonce: valueOf(tip.latestNonce) ?? 0, words };
}

function intentOf(weighed: Weighed): Omit<WordOutcome, "word"> {
  switch (weighed.kind) {
    case "end":
      return { done: true, detail: weighed.verdict.evidence };
    case "cancel":
      return {
        done: true,
        detail:
          `a transfer of nothing would take its nonce ${weighed.payment.nonce}, if it comes ` +
          `before the payment`,
      };
    case "release":
      return { done: true, detail: `it is held: ${weighed.hold.reason}` };
    case "leave":
      return { done: true, detail: weighed.evidence };
    case "refuse":
      return { done: false, detail: weighed.why };
    default:
      return weighed satisfies never;
  }
}
