/**
 * The section `payouts`: the pool's own keys, and Paydirt's.
 *
 * @module
 */

import * as v from "valibot";
import { TRANSFER_GAS } from "../../domain/fees.ts";
import { wei } from "../../domain/money.ts";
import type { Checksum } from "../../domain/ports/checksum.ts";
import type { FeesConfig, GasConfig, PayoutsConfig } from "./config.ts";
import { readQuantity, readWholeNumber } from "./exact_number.ts";
import type { Finding } from "./finding.ts";
import { member } from "./json_object.ts";
import {
  account,
  count,
  DURATION,
  FLAG,
  GO_DURATION,
  GWEI,
  nodeEndpoint,
  oneOf,
  POSITIVE_SHANNON,
  SHANNON,
} from "./rules.ts";
import {
  andThen,
  type Outcome,
  problem,
  problemsOf,
  readAll,
  readKeys,
  rule,
  type Section,
  subsection,
} from "./section.ts";
import { readSigner } from "./signer_section.ts";
import { findUnknownKeys } from "./unknown_keys.ts";

/** What the values of `payouts` are read with. */
export interface PayoutsContext {
  /** Where relative paths begin: the folder of the config file. */
  readonly folder: string;
  /** Spells an address as EIP-55 does. */
  readonly checksum: Checksum;
}

/**
 * How many payments may ride at once where the config does not say: geth keeps 5,120 executable
 * transactions (`txpool.globalslots`) and drops none before there are more, so others have room, too.
 */
export const DEFAULT_MAX_IN_FLIGHT = 4_096;

const RULES = {
  enabled: v.optional(FLAG, false),
  requirePeers: v.optional(count({ least: 0 }), 0),
  interval: v.exactOptional(GO_DURATION),
  timeout: v.optional(DURATION, "10s"),
  autoGas: v.optional(FLAG, false),
  threshold: SHANNON,
  bgsave: v.optional(FLAG, false),
  keepNwFees: v.exactOptional(rule(
    "false (true takes the network fee off what a miner is owed; Paydirt pays what the ledger says)",
    (value) => value === false ? false : undefined,
  )),
  chainId: v.exactOptional(rule("a chain id (EIP-155): a whole number, at least 1", (value) => {
    const id = readWholeNumber(value);
    return id !== undefined && id >= 1n ? id : undefined;
  })),
  // A full node keeps the state of about 128 blocks, and the wallet's count is asked of a final one.
  confirmations: v.optional(count({ least: 1, most: 120 }), 12),
  maxInFlight: v.optional(count({ least: 1 }), DEFAULT_MAX_IN_FLIGHT),
  maxPayment: v.exactOptional(POSITIVE_SHANNON),
  maxTotal: v.exactOptional(POSITIVE_SHANNON),
  waitLimit: v.optional(DURATION, "1h"),
  rowFormat: v.optional(oneOf(["classic"], ' ("friends" is not built yet)'), "classic"),
};

/** Keys of the pool's forks that change nothing here, with what to know about each. */
const FORK_KEYS: Readonly<Record<string, string>> = {
  concurrentTx: 'ignored: "maxInFlight" says how many payments ride at once',
  nwTxGas: 'ignored: it means nothing without "keepNwFees"',
  nwTxGasPrice: 'ignored: it means nothing without "keepNwFees"',
};

/** The pool's keys and Paydirt's. */
const KNOWN_KEYS = [
  ...Object.keys(RULES),
  ...["address", "daemon", "gas", "gasPrice", "fees", "signer"],
  ...Object.keys(FORK_KEYS),
];

/** Reads the section `payouts`. */
export function readPayouts(section: Section, context: PayoutsContext): Outcome<PayoutsConfig> {
  const { folder, checksum } = context;
  const slips = findUnknownPayoutKeys(section);
  const read = readKeys(section, {
    ...RULES,
    address: account(checksum),
    daemon: nodeEndpoint(folder),
  });
  const gas = readGas(section);
  const fees = andThen(subsection(section, "fees", {}), (fees) => readFees(fees, gas));
  const signer = andThen(subsection(section, "signer", {}), (signer) => readSigner(signer, folder));
  if (
    slips.length > 0 || read.kind === "wrong" || gas.kind === "wrong" || fees.kind === "wrong" ||
    signer.kind === "wrong"
  ) {
    return { kind: "wrong", problems: [...slips, ...problemsOf(read, gas, fees, signer)] };
  }
  const own = read.value;
  return {
    kind: "read",
    value: {
      enabled: own.enabled,
      wallet: own.address,
      node: { endpoint: own.daemon, timeoutMs: own.timeout, requirePeers: own.requirePeers },
      thresholdShannon: own.threshold,
      gas: gas.value,
      fees: fees.value,
      signer: signer.value,
      ...(own.chainId !== undefined && { chainId: own.chainId }),
      confirmations: own.confirmations,
      maxInFlight: own.maxInFlight,
      ...(own.maxPayment !== undefined && { maxPaymentShannon: own.maxPayment }),
      ...(own.maxTotal !== undefined && { maxTotalShannon: own.maxTotal }),
      waitLimitMs: own.waitLimit,
      bgsave: own.bgsave,
      rowFormat: own.rowFormat,
    },
  };
}

/** Keys that neither the pool, nor a known fork, nor Paydirt has: slips, which must not pass. */
export function findUnknownPayoutKeys({ path, written }: Section): readonly Finding[] {
  return findUnknownKeys(written, { path, known: KNOWN_KEYS });
}

/** Keys of forks that are of no use here. */
export function noticeForkKeys({ path, written }: Section): readonly Finding[] {
  return Object.entries(FORK_KEYS)
    .filter(([key]) => member(written, key) !== undefined)
    .map(([key, message]) => ({ path: `${path}.${key}`, message }));
}

/** With `autoGas` the Go payers never look at `gas` and `gasPrice`: nor does this. */
function readGas(section: Section): Outcome<GasConfig> {
  if (member(section.value, "autoGas") === true) return { kind: "read", value: { kind: "auto" } };
  const hint = 'decimal or 0x; or set "autoGas" to true';
  const read = readKeys(section, {
    gas: rule(`a whole number, at least ${TRANSFER_GAS} (${hint})`, (value) => {
      const gas = readQuantity(value);
      return gas !== undefined && gas >= TRANSFER_GAS ? gas : undefined;
    }),
    gasPrice: rule(`a whole number of Wei (${hint})`, readQuantity),
  });
  if (read.kind === "wrong") return read;
  const { gas: gasLimit, gasPrice } = read.value;
  return { kind: "read", value: { kind: "fixed", gasLimit, gasPriceWei: wei(gasPrice) } };
}

function readFees(section: Section, gas: Outcome<GasConfig>): Outcome<FeesConfig> {
  const read = readAll(section, {
    ceilingGwei: v.exactOptional(GWEI),
    tipGwei: v.exactOptional(GWEI),
    bumpAfter: v.optional(count({ least: 1 }), 10),
    cancelAfter: v.optional(count({ least: 1 }), 100),
  });
  if (read.kind === "wrong") return read;
  const { ceilingGwei: ceilingWei, tipGwei: tipWei, bumpAfter, cancelAfter } = read.value;
  const gasPriceWei = gas.kind === "read" && gas.value.kind === "fixed"
    ? gas.value.gasPriceWei
    : undefined;
  const offers = { gasPrice: gasPriceWei, tipGwei: tipWei };
  // Under a ceiling below what the config itself offers, no run would ever pay.
  for (const [key, offeredWei] of Object.entries(offers)) {
    if (ceilingWei !== undefined && offeredWei !== undefined && offeredWei > ceilingWei) {
      const expected = `at least "${key}" (${offeredWei} Wei)`;
      return { kind: "wrong", problems: [problem(section, { key: "ceilingGwei", expected })] };
    }
  }
  return {
    kind: "read",
    value: {
      ...(ceilingWei !== undefined && { ceilingWei }),
      ...(tipWei !== undefined && { tipWei }),
      bumpAfterBlocks: bumpAfter,
      cancelAfterBlocks: cancelAfter,
    },
  };
}
