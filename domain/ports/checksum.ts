/**
 * The port for address checksums: the domain has no hash function of its own.
 *
 * @module
 */

import type { Address } from "../address.ts";

/**
 * Spells an address with its mixed-case checksum (EIP-55). Pure: the same address, the same answer.
 */
export type Checksum = (address: Address) => string;
