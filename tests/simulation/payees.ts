/**
 * Whom the simulated pool owes, odd ones among them.
 *
 * @module
 */

import { type Address, ZERO_ADDRESS } from "../../domain/address.ts";
import type { ContractCode } from "../../adapters/memory/mod.ts";
import type { Random } from "./random.ts";

/** The pool's wallet in every simulation. */
export const WALLET = `0x${"77".repeat(20)}` as Address;

/** A miner as the pool's unlocker left it. */
export interface Payee {
  readonly login: string;
  /** What the lines of the trace call it. */
  readonly name: string;
  /** Balance in Shannon; a text that is no integer is one of the odd cases. */
  readonly balance: string;
  readonly code: ContractCode | undefined;
  /** Of another type than a hash. */
  readonly wrongType: boolean;
}

/** Draws a pool's miners. */
export function makePayees(random: Random): readonly Payee[] {
  const count = random.int(1, random.pick([3, 6, 12]));
  return Array.from({ length: count }, (_, index) => makePayee(random, index));
}

/** Spells an address with letters in upper and lower case, as a checksum does. */
export function toyChecksum(address: Address): string {
  return address.replace(
    /[a-f]/g,
    (digit, at: number) => at % 2 === 0 ? digit.toUpperCase() : digit,
  );
}

function makePayee(random: Random, index: number): Payee {
  const address = plainAddress(index);
  const plain: Payee = {
    login: address,
    name: `m${index}`,
    balance: String(BigInt(random.int(400_000_000, 2_000_000_000))),
    code: undefined,
    wrongType: false,
  };
  if (random.chance(0.6)) return plain;
  switch (random.int(0, 12)) {
    case 0:
      return { ...plain, login: toyChecksum(address) };
    case 1: // Two logins of one address: both are paid.
      return {
        ...plain,
        login: plainAddress(Math.max(0, index - 1)).toUpperCase().replace("0X", "0x"),
      };
    case 2:
      return { ...plain, login: address.replace("abc", "ABc").replace("abcabc", "aBcAbC") };
    case 3:
      return { ...plain, login: `worker-${index}` };
    case 4:
      return index > 1 ? plain : { ...plain, login: index === 0 ? ZERO_ADDRESS : WALLET };
    case 5:
      return { ...plain, code: "accepts" };
    case 6:
      return { ...plain, code: "reverts" };
    case 7:
      return { ...plain, balance: random.pick(["0.5", "-600000000", "nonsense", ""]) };
    case 8:
      return { ...plain, balance: random.pick(["9223372036854775807", "99999999999999999999"]) };
    case 9:
      return { ...plain, balance: random.pick(["500000000", "500000001", "0", "1"]) };
    case 10:
      return { ...plain, wrongType: true };
    default:
      return plain;
  }
}

/** The account that a payee has who is not odd. */
export function plainAddress(index: number): Address {
  return `0x${"abc".repeat(12)}${(index + 0x1000).toString(16)}` as Address;
}
