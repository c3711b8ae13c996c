/**
 * Bugs that the simulator must find: each is one edit of the program's own text.
 *
 * @module
 */

import { EVIDENCE } from "./mutations/evidence.ts";
import { LEDGER } from "./mutations/ledger.ts";
import { LOST_WRITES } from "./mutations/lost_writes.ts";
import type { Mutation } from "./mutations/mutation.ts";
import { ORDER } from "./mutations/order.ts";
import { ORPHANS } from "./mutations/orphans.ts";
import { REDIS } from "./mutations/redis.ts";
import { SENDING } from "./mutations/sending.ts";

/** All of them. */
export const MUTATIONS: readonly Mutation[] = [
  ...ORDER,
  ...LEDGER,
  ...EVIDENCE,
  ...SENDING,
  ...LOST_WRITES,
  ...ORPHANS,
  ...REDIS,
];
