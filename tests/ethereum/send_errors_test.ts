import { strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { readSendAnswer } from "../../adapters/ethereum/send_answers.ts";
import { meaningOfError, SEND_ERRORS } from "../../adapters/ethereum/send_errors.ts";
import type { Hash } from "../../domain/address.ts";
import type { SendMeaning } from "../../domain/send_answer.ts";

Deno.test("meaningOfError() knows every text of the table, bare and decorated", () => {
  for (const [meaning, texts] of SEND_ERRORS) {
    for (const text of texts) {
      strictEqual(meaningOf(text), meaning, text);
      strictEqual(meaningOf(text.toUpperCase()), meaning, text);
      strictEqual(meaningOf(`Error: ${text}: address 0x12, tx: 3 state: 5.`), meaning, text);
      strictEqual(meaningOf("Server error", `"${text}, and more"`), meaning, `${text} as data`);
    }
  }
});

/** What nodes say, letter by letter. */
const SPOKEN: readonly (readonly [string, SendMeaning])[] = [
  ["already known", "known"],
  ["known transaction: 4f3c1a", "known"],
  ["unknown transaction", "refused"],
  ["Unknown transaction: 4f3c1a", "refused"],
  ["Transaction with the same hash was already imported.", "known"],
  ["AlreadyKnown", "known"],
  ["ALREADY_EXISTS: already known", "known"],
  ["Known transaction", "known"],
  ["nonce too low: next nonce 5, tx nonce 3", "nonce-low"],
  ["nonce too low: address 0xf39F, tx: 0 state: 1", "nonce-low"],
  ["Transaction nonce is too low. Try incrementing the nonce.", "nonce-low"],
  ["OldNonce, Current nonce: 7, nonce of rejected tx: 5", "nonce-low"],
  ["OwnNonceAlreadyUsed", "nonce-low"],
  ["replacement transaction underpriced", "replacement-underpriced"],
  [
    "replacement transaction underpriced: new tx gas fee cap 11 < 12 queued + 10%",
    "replacement-underpriced",
  ],
  [
    "Transaction gas price 1wei is too low. There is another transaction with same nonce in the " +
    "queue with gas price 2wei. Try increasing the gas price or incrementing the nonce.",
    "replacement-underpriced",
  ],
  ["future transaction tries to replace pending", "replacement-underpriced"],
  ["transaction underpriced", "underpriced"],
  ["transaction underpriced: gas tip cap 0, minimum needed 1", "underpriced"],
  [
    "max fee per gas less than block base fee: address 0x1, maxFeePerGas: 1, baseFee: 7",
    "underpriced",
  ],
  ["FeeTooLow, MaxFeePerGas too low. MaxFeePerGas: 0, BaseFee: 7", "underpriced"],
  ["FeeTooLowToCompete", "underpriced"],
  ["Gas price below configured minimum gas price", "underpriced"],
  [
    "insufficient funds for gas * price + value: balance 0, tx cost 21000, overshot 21000",
    "funds",
  ],
  ["Insufficient funds for gas * price + value", "funds"],
  [
    "Insufficient funds. The account you tried to send transaction from does not have enough " +
    "funds. Required 1 and got: 0.",
    "funds",
  ],
  ["InsufficientFunds, Account balance: 0, cumulative cost: 1", "funds"],
  ["Upfront cost exceeds account balance", "funds"],
  ["nonce too high", "nonce-high"],
  ["Transaction nonce is too distant from current sender nonce", "nonce-high"],
  ["NonceGap, Future nonce. Expected nonce: 4", "nonce-high"],
  ["txpool is full", "pool-full"],
  [
    "There are too many transactions in the queue. Your transaction was dropped due to limit. " +
    "Try increasing the fee.",
    "pool-full",
  ],
  ["tx fee (2.10 ether) exceeds the configured cap (1.00 ether)", "fee-cap"],
  ["authentication needed: password or unlock", "fatal"],
  ["unknown account", "fatal"],
  ["invalid sender: invalid chain id for signer: have 1 want 61", "fatal"],
  ["only replay-protected (EIP-155) transactions allowed over RPC", "fatal"],
  ["intrinsic gas too low: gas 20000, minimum needed 21000", "fatal"],
  ["exceeds block gas limit", "fatal"],
  ["in-flight transaction limit reached for delegated accounts", "refused"],
  ["Internal error", "refused"],
  ["", "refused"],
];

for (const [words, meaning] of SPOKEN) {
  Deno.test(`meaningOfError() takes "${words.slice(0, 60)}" for ${meaning}`, () => {
    strictEqual(meaningOf(words), meaning);
  });
}

Deno.test("meaningOfError() takes any other text for a refusal", () => {
  fc.assert(fc.property(fc.string(), fc.option(fc.string()), (message, data) => {
    const words = `${message} ${data ?? ""}`.toLowerCase();
    const met = SEND_ERRORS.some(([, texts]) => texts.some((text) => words.includes(text)));
    strictEqual(meaningOf(message, data ?? undefined) === "refused", !met);
  }));
});

const HASH = `0x${"ab".repeat(32)}` as Hash;

Deno.test("readSendAnswer() takes the hash that was expected for accepted", () => {
  const answer = { kind: "result", result: HASH.toUpperCase().replace("0X", "0x") } as const;
  strictEqual(readSendAnswer(answer, HASH).meaning, "accepted");
  strictEqual(readSendAnswer(answer, HASH).hash, HASH);
  strictEqual(readSendAnswer(answer).meaning, "accepted");
});

Deno.test("readSendAnswer() does not believe another hash", () => {
  const other = `0x${"cd".repeat(32)}`;
  const { meaning, hash, detail } = readSendAnswer({ kind: "result", result: other }, HASH);
  strictEqual(meaning, "unknown");
  strictEqual(hash, other);
  strictEqual(detail, `answered hash ${other}, expected ${HASH}`);
});

Deno.test("readSendAnswer() takes a hash of zeros for fatal", () => {
  const { meaning, hash } = readSendAnswer({ kind: "result", result: `0x${"0".repeat(64)}` }, HASH);
  strictEqual(meaning, "fatal");
  strictEqual(hash, null);
});

Deno.test("readSendAnswer() takes everything that is no hash for unknown", () => {
  fc.assert(fc.property(fc.jsonValue(), (result) => {
    const { meaning, hash } = readSendAnswer({ kind: "result", result }, HASH);
    strictEqual(meaning, "unknown");
    strictEqual(hash, null);
  }));
  strictEqual(readSendAnswer({ kind: "silence", why: "no answer" }).meaning, "unknown");
  strictEqual(readSendAnswer({ kind: "nonsense", why: "HTML" }).meaning, "unknown");
  strictEqual(readSendAnswer(undefined).meaning, "unknown");
});

function meaningOf(message: string, data?: string): SendMeaning {
  return meaningOfError({ code: -32000, message, data: data ?? null });
}
