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

/** How deep a payment is when it is final: not deep, so that a replay ends soon. */
export const CONFIRMATIONS = 2;

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

/** Whether blocks come only where a recording says that one was mined. */
export function isMinedByHand({ chain }: Recording): boolean {
  return chain.mining.startsWith("manual");
}

/** Does what happened between the stages. */
export async function beforeStage(
  anvil: TestAnvil,
  recording: Recording,
  stage: Stage,
): Promise<void> {
  if (/after funding/.test(stage.name)) await setWallet(anvil, recording, 10_000n * ONE_COIN);
  if (/after a block was mined/.test(stage.name)) await mineUntilFinal(anvil);
}

/** Mines what waits in the mempool, and the blocks that make it final. */
export async function mineUntilFinal(anvil: TestAnvil): Promise<void> {
  await anvil.rpc("anvil_mine", [quantity(CONFIRMATIONS)]);
}

/** From now on no block comes by itself. */
export async function stopMining(anvil: TestAnvil): Promise<void> {
  await anvil.rpc("anvil_setIntervalMining", [0]);
}

/** From now on blocks come by themselves, where none came before. */
export async function mineByItself(anvil: TestAnvil): Promise<void> {
  await mineUntilFinal(anvil);
  await anvil.rpc("anvil_setIntervalMining", [1]);
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
    quantity(balanceWei),
  ]);
}

function quantity(value: bigint | number): string {
  return `0x${value.toString(16)}`;
}
