import { ok, rejects, strictEqual, throws } from "node:assert/strict";
import { Transaction } from "ethers/transaction";
import { KeySigner } from "../../adapters/ethereum/signers/key_signer.ts";
import type { Address } from "../../domain/address.ts";
import { Fault } from "../../domain/fault.ts";
import { wei } from "../../domain/money.ts";
import { holdsNoSecret, requestOf } from "../contract/signer_contract.ts";
import { TEST_KEY, TEST_WALLET } from "./fake_signer.ts";

const AT = { wallet: TEST_WALLET, chainId: 61n };

Deno.test("KeySigner takes a key with or without 0x, in either case, with space around it", async () => {
  const digits = "4c".repeat(32);
  for (const text of [digits, `0x${digits}`, `0X${digits.toUpperCase()}`, `\n ${digits}\r\n`]) {
    strictEqual(await new KeySigner(text, "the key").address(), TEST_WALLET);
  }
});

Deno.test("KeySigner refuses what is no key, and does not say what it was", () => {
  const order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
  const almost = "4c".repeat(31);
  const texts = ["0".repeat(64), order, almost, `${TEST_KEY}4c`, `${almost}zz`, `${almost} 4c`];
  for (const text of texts) {
    throws(() => new KeySigner(text, "the key in $POOL_KEY"), (error: unknown) => {
      ok(error instanceof Fault);
      strictEqual(error.kind, "signer");
      strictEqual(
        error.message,
        "Cannot use the key in $POOL_KEY: expected a private key of 64 hex digits",
      );
      strictEqual(error.cause, undefined);
      holdsNoSecret(error, [text, almost]);
      return true;
    });
  }
});

Deno.test("KeySigner sign() for another wallet names both and not the key", async () => {
  const signer = new KeySigner(TEST_KEY, "the key");
  const other = new KeySigner("01".repeat(32), "another");
  await rejects(() => other.sign([requestOf(AT, {})]), (error: unknown) => {
    ok(error instanceof Fault);
    strictEqual(error.kind, "wrong-signer");
    ok(error.message.includes(TEST_WALLET));
    return true;
  });
  holdsNoSecret(signer, [TEST_KEY.slice(2)]);
});

Deno.test("KeySigner sign() gives the example of EIP-155", async () => {
  const key = "46".repeat(32);
  const signer = new KeySigner(key, "the key");
  const request = requestOf({ wallet: await signer.address(), chainId: 1n }, {
    to: `0x${"35".repeat(20)}` as Address,
    valueWei: wei(10n ** 18n),
    nonce: 9,
    fees: { kind: "legacy", gasPriceWei: wei(20n * 10n ** 9n) },
  });
  const [signed] = await signer.sign([request]);
  strictEqual(
    signed?.raw,
    "0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025" +
      "a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276" +
      "a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83",
  );
});

Deno.test("KeySigner sign() lets others have their turn", async () => {
  const signer = new KeySigner(TEST_KEY, "the key");
  let turns = 0;
  const ticking = setInterval(() => turns++, 1);
  const signed = await signer.sign(
    Array.from({ length: 200 }, (_, nonce) => requestOf(AT, { nonce })),
  );
  clearInterval(ticking);
  ok(turns >= 3, `${turns} turns`);
  strictEqual(Transaction.from(signed.at(-1)?.raw).nonce, 199);
});
