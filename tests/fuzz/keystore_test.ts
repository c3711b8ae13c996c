import { ok, strictEqual } from "node:assert/strict";
import { encryptKeystoreJsonSync } from "ethers/wallet";
import fc from "fast-check";
import { KeystoreSigner } from "../../adapters/ethereum/signers/keystore_signer.ts";
import { Fault } from "../../domain/fault.ts";
import { holdsNoSecret, requestOf } from "../contract/signer_contract.ts";
import { TEST_KEY, TEST_WALLET } from "../signers/fake_signer.ts";
import { fuzzTest } from "./fuzz.ts";
import { type Json, mutate, mutations, ODD_VALUES, writeJson } from "./json_mutations.ts";
import { faultOr } from "./told.ts";

const PASSWORD = "correct horse battery staple";
const SECRETS = [PASSWORD, TEST_KEY.slice(2), TEST_KEY.slice(2).toUpperCase()];
const KEYSTORE: Json = JSON.parse(
  encryptKeystoreJsonSync({ address: TEST_WALLET, privateKey: TEST_KEY }, PASSWORD, {
    scrypt: { N: 2, r: 1, p: 1 },
  }),
);
const REQUEST = requestOf({ wallet: TEST_WALLET, chainId: 61n }, {});

const passwords = fc.oneof(
  { weight: 3, arbitrary: fc.constant(PASSWORD) },
  fc.constantFrom("", "\u0000", "\ud800", "a\nb", PASSWORD.toUpperCase(), "x".repeat(100_000)),
  fc.string(),
);

fuzzTest("a keystore with anything anywhere signs for its wallet, or says why not", {
  runs: 500,
  arbitrary: fc.record({
    password: passwords,
    spoiled: fc.array(mutations, { minLength: 1, maxLength: 4 }),
  }),
  async check({ password, spoiled }) {
    await open(writeJson(spoiled.reduce(mutate, KEYSTORE)), password);
  },
});

fuzzTest("a keystore that is any text signs for its wallet, or says why not", {
  runs: 500,
  arbitrary: fc.record({
    text: fc.oneof(
      fc.string(),
      fc.json(),
      fc.nat(1_000).map((end) => writeJson(KEYSTORE).slice(0, end)),
      fc.constantFrom(...ODD_VALUES.map(writeJson)),
    ),
    password: passwords,
  }),
  check: ({ text, password }) => open(text, password),
});

/** Each is too much, whatever the other parameters are. */
const TOO_MUCH: fc.Arbitrary<{ readonly [name: string]: Json }> = fc.oneof(
  fc.record({ n: fc.constantFrom<Json>(2 ** 24, 2 ** 31, 2 ** 32, 2 ** 52, "4294967296") }),
  fc.record({ r: fc.constantFrom<Json>(2 ** 24, 2 ** 30, 2 ** 52, "1073741824") }),
  fc.record({ p: fc.constantFrom<Json>(2 ** 24, 2 ** 31, 2 ** 52, "2147483647") }),
  fc.constant({ n: 2 ** 12, r: 2 ** 10, p: 2 ** 10 }),
  fc.constant({ n: 2 ** 10, r: 1, p: 2 ** 20 }),
  fc.record({
    kdf: fc.constant<Json>("pbkdf2"),
    c: fc.constantFrom<Json>(2 ** 24, 2 ** 31, 2 ** 52, "99999999999"),
  }),
);

fuzzTest("a keystore that wants too much memory or time is refused before it is tried", {
  runs: 300,
  arbitrary: fc.record({
    kdf: fc.constantFrom("scrypt", "SCRYPT"),
    others: fc.record({
      n: fc.constantFrom<Json>(2, 2 ** 18, "2"),
      r: fc.constantFrom<Json>(1, 8),
      p: fc.constantFrom<Json>(1, 6),
    }),
    tooMuch: TOO_MUCH,
    crypto: fc.constantFrom("crypto", "Crypto", "CRYPTO"),
  }),
  async check({ kdf, others, tooMuch, crypto }) {
    const inside = (KEYSTORE as { Crypto: { kdfparams: object } }).Crypto;
    const kdfparams = { ...inside.kdfparams, ...others, prf: "hmac-sha256", ...tooMuch };
    const text = JSON.stringify({
      version: 3,
      [crypto]: { ...inside, kdf: tooMuch.kdf ?? kdf, kdfparams },
    });
    let asked = false;
    const signer = new KeystoreSigner({
      file: "wallet.json",
      readTextFile: () => Promise.resolve(text),
      password() {
        asked = true;
        return Promise.reject(new Error("asked for the password"));
      },
    });
    const told = await faultOr(signer.sign([REQUEST]));
    ok(told instanceof Fault && told.kind === "signer");
    strictEqual(asked, false, "the work began");
  },
});

async function open(text: string, password: string): Promise<void> {
  const signer = new KeystoreSigner({
    file: "wallet.json",
    readTextFile: () => Promise.resolve(text),
    password: () => Promise.resolve(password),
  });
  for (const answer of [faultOr(signer.address()), faultOr(signer.sign([REQUEST]))]) {
    const told = await answer;
    if (told instanceof Fault) {
      ok(told.kind === "signer" || told.kind === "wrong-signer", told.kind);
      holdsNoSecret(told, SECRETS);
    }
  }
  const signed = await faultOr(signer.sign([REQUEST]));
  if (!(signed instanceof Fault)) strictEqual(await signer.address(), TEST_WALLET);
  holdsNoSecret(signer, SECRETS);
}
