/**
 * Reads what a node says to `eth_estimateGas`.
 *
 * @module
 */

import { TRANSFER_GAS } from "../../domain/fees.ts";
import type { GasEstimate } from "../../domain/ports/chain.ts";
import { factOf, wordsOf } from "./answers.ts";
import { decodeGas } from "./decoding/values.ts";
import type { RpcAnswer, RpcError } from "./rpc_connection.ts";

/** What an answer says about a transfer's gas. */
export function readEstimate(answer: RpcAnswer | undefined): GasEstimate {
  if (answer?.kind === "error") {
    return reverts(answer.error)
      ? { kind: "reverts" }
      : { kind: "unknown", why: wordsOf(answer.error) };
  }
  const gas = factOf(answer, decodeGas);
  switch (gas.kind) {
    case "present":
      // With less than any transfer takes, nodes would refuse the payment for good.
      return gas.value >= TRANSFER_GAS
        ? { kind: "gas", gas: gas.value }
        : { kind: "unknown", why: `answered ${gas.value} of gas, less than a transfer takes` };
    case "unknown":
      return gas;
    case "absent":
      return { kind: "unknown", why: "answered no amount of gas" };
  }
}

/** Geth's code for a revert. */
const EXECUTION_REVERTED = 3;

const FAILS =
  /revert|out of gas|invalid opcode|invalid jump|bad instruction|bad jump|stack (?:under|over)flow|stack limit reached|vm execution error|write protection|always failing/i;

/** The wallet's fault or the node's, and none of the payee's. */
const SOMETHING_ELSE = /insufficient (?:funds|balance)|overdraft|exceeds account balance/i;

/** Whether the code of the recipient fails, whatever the gas. */
function reverts({ code, message, data }: RpcError): boolean {
  const words = `${message} ${data ?? ""}`;
  return !SOMETHING_ELSE.test(words) && (code === EXECUTION_REVERTED || FAILS.test(words));
}
