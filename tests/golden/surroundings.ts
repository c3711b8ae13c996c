/**
 * What stood around a recorded payer and is told only in words: the chain's set-up, and what others
 * did meanwhile. A recording whose words nobody has put into code cannot be replayed.
 *
 * @module
 */

import type { Redis } from "ioredis";
import type { TestAnvil } from "../support/anvil.ts";
import type { Recording, Stage } from "./recording.ts";

const PAYEE = "0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa11ce1";
const ONE_COIN = 10n ** 18n;

type SetUp = (anvil: TestAnvil, recording: Recording) => Promise<void>;

const SET_UPS: Readonly<Record<string, SetUp>> = {
  "wallet set to 0.1 coin (balance owed 0.6)": (anvil, recording) =>
    setWallet(anvil, recording, ONE_COIN / 10n),
  "code 0x60006000fd (revert) at the payee": (anvil) =>
    anvil.rpc("anvil_setCode", [PAYEE, "0x60006000fd"]),
};

/** Sets the chain up as it was before the first stage. */
export async function setUpChain(anvil: TestAnvil, recording: Recording): Promise<void> {
  const { setup } = recording.chain;
  if (setup === undefined) return;
  const setUp = SET_UPS[setup];
  if (setUp === undefined) throw new Error(`Cannot set up a chain as told: "${setup}"`);
  await setUp(anvil, recording);
}

/** Does what happened between the stages. */
export async function beforeStage(
  anvil: TestAnvil,
  recording: Recording,
  stage: Stage,
): Promise<void> {
  if (/after funding/.test(stage.name)) await setWallet(anvil, recording, 10_000n * ONE_COIN);
}

/**
 * What another process did while the recorded payer asked its node: in d2 it took the lock between
 * the payer's look at the lock and its own attempt to take it.
 */
export function meanwhile(
  recording: Recording,
  client: Redis,
): ((method: string) => Promise<void>) | undefined {
  if (recording.name !== "d2-lock-taken-while-running") return undefined;
  const [{ after }] = recording.stages;
  const lock = after["eth:payments:lock"];
  if (lock?.type !== "string") throw new Error("Cannot take the lock of d2: none was recorded");
  return async (method) => {
    if (method === "eth_getTransactionCount") await client.set("eth:payments:lock", lock.value);
  };
}

async function setWallet(
  anvil: TestAnvil,
  recording: Recording,
  balanceWei: bigint,
): Promise<void> {
  await anvil.rpc("anvil_setBalance", [
    recording.chain.poolAddress,
    `0x${balanceWei.toString(16)}`,
  ]);
}
