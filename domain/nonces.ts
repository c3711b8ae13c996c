/**
 * The ends of many nonces: more of them than a function takes arguments.
 *
 * @module
 */

/** The highest of these nonces; -1: there are none. */
export function highestNonce(nonces: Iterable<number>): number {
  let highest = -1;
  for (const nonce of nonces) if (nonce > highest) highest = nonce;
  return highest;
}

/** The lowest of these nonces; `Infinity`: there are none. */
export function lowestNonce(nonces: Iterable<number>): number {
  let lowest = Infinity;
  for (const nonce of nonces) if (nonce < lowest) lowest = nonce;
  return lowest;
}
