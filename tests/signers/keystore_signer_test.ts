import { match, ok, rejects, strictEqual } from "node:assert/strict";
import { encryptKeystoreJsonSync } from "ethers/wallet";
import { KeystoreSigner } from "../../adapters/ethereum/signers/keystore_signer.ts";
import { Fault } from "../../domain/fault.ts";
import { holdsNoSecret, requestOf } from "../contract/signer_contract.ts";
import { TEST_KEY, TEST_WALLET } from "./fake_signer.ts";

/** The example of the Web3 Secret Storage definition for PBKDF2; it states no address. */
const PBKDF2 = {
  crypto: {
    cipher: "aes-128-ctr",
    cipherparams: { iv: "6087dab2f9fdbbfaddc31a909735c1e6" },
    ciphertext: "5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
    kdf: "pbkdf2",
    kdfparams: {
      c: 262144,
      dklen: 32,
      prf: "hmac-sha256",
      salt: "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd",
    },
    mac: "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2",
  },
  id: "3198bc9c-6672-5ab3-d995-4942343ae5b6",
  version: 3,
};
const STANDARD_WALLET = "0x008aeeda4d805471df9b2a5b0f38a0c3bcba786b";
/** A keystore of geth's own tests, with an empty password. */
const GETH = {
  address: "45dea0fb0bba44f4fcf290bba71fd57d7117cbb8",
  crypto: {
    cipher: "aes-128-ctr",
    ciphertext: "b87781948a1befd247bff51ef4063f716cf6c2d3481163e9a8f42e1f9bb74145",
    cipherparams: { iv: "dc4926b48a105133d2f16b96833abf1e" },
    kdf: "scrypt",
    kdfparams: {
      dklen: 32,
      n: 2,
      p: 1,
      r: 8,
      salt: "004244bbdc51cadda545b1cfa43cff9ed2ae88e08c61f1479dbb45410722f8f0",
    },
    mac: "39990c1684557447940d4c69e06b1b82b2aceacb43f284df65c956daf3046b85",
  },
  id: "ce541d8d-c79b-40f8-9f8c-20f59616faba",
  version: 3,
};
const PASSWORD = "correct horse battery staple";
const AT = { wallet: TEST_WALLET, chainId: 61n };

Deno.test("KeystoreSigner opens the standard's own keystore, which states no address", async () => {
  await using file = await fileOf(JSON.stringify(PBKDF2));
  strictEqual(await signerOf(file.path, "testpassword").address(), STANDARD_WALLET);
});

Deno.test("KeystoreSigner opens a keystore of geth", async () => {
  await using file = await fileOf(JSON.stringify(GETH));
  const signer = signerOf(file.path, "");
  const wallet = await signer.address();
  strictEqual(wallet, `0x${GETH.address}`);
  strictEqual((await signer.sign([requestOf({ wallet, chainId: 61n }, {})])).length, 1);
});

Deno.test("KeystoreSigner address() and sign() of nothing ask for no password", async () => {
  await using file = await fileOf(keystoreOf(PASSWORD));
  const signer = new KeystoreSigner({
    file: file.path,
    password: () => Promise.reject(new Error("asked for the password")),
  });
  strictEqual(await signer.address(), TEST_WALLET);
  strictEqual((await signer.sign([])).length, 0);
});

Deno.test("KeystoreSigner opens once, whoever asks at the same time", async () => {
  await using file = await fileOf(keystoreOf(PASSWORD));
  let asked = 0;
  const signer = new KeystoreSigner({
    file: file.path,
    password: () => Promise.resolve(asked++ === 0 ? PASSWORD : "another"),
  });
  await Promise.all([signer.sign([requestOf(AT, {})]), signer.sign([requestOf(AT, {})])]);
  await signer.sign([requestOf(AT, {})]);
  strictEqual(asked, 1);
});

Deno.test("KeystoreSigner tells a wrong password, and takes the right one afterwards", async () => {
  await using file = await fileOf(keystoreOf(PASSWORD));
  const passwords = ["a wrong guess", PASSWORD];
  const signer = new KeystoreSigner({
    file: file.path,
    password: () => Promise.resolve(passwords.shift() ?? ""),
  });
  await rejects(() => signer.sign([requestOf(AT, {})]), (error: unknown) => {
    ok(error instanceof Fault);
    strictEqual(error.kind, "signer");
    strictEqual(error.message, `Cannot open the keystore "${file.path}": the password is wrong`);
    holdsNoSecret(error, ["a wrong guess", PASSWORD, TEST_KEY.slice(2)]);
    return true;
  });
  strictEqual((await signer.sign([requestOf(AT, {})])).length, 1);
});

Deno.test("KeystoreSigner takes a password as it was typed, or normalised", async () => {
  const typed = "pa\u0308sswort\u2460"; // Both change when they are normalised (NFKC).
  for (const password of [new TextEncoder().encode(typed), typed]) {
    await using file = await fileOf(keystoreOf(password));
    strictEqual((await signerOf(file.path, typed).sign([requestOf(AT, {})])).length, 1);
  }
});

Deno.test("KeystoreSigner refuses a keystore that states another address", async () => {
  const stated = "ab".repeat(20);
  const keystore = { ...JSON.parse(keystoreOf(PASSWORD)), address: stated };
  await using file = await fileOf(JSON.stringify(keystore));
  const signer = signerOf(file.path, PASSWORD);
  strictEqual(await signer.address(), `0x${stated}`);
  await isRefused(signer, /states an address that is not its key's/);
});

Deno.test("KeystoreSigner tells what is no keystore, damaged, or of an unknown kind", async () => {
  const { crypto } = PBKDF2;
  const cases: [string, RegExp][] = [
    ["", /it is not a V3 keystore/],
    [`"${PASSWORD}"`, /it is not a V3 keystore/],
    ["{", /it is not a V3 keystore/],
    [JSON.stringify({ ...PBKDF2, version: 1 }), /it is not a V3 keystore/],
    [JSON.stringify({ ...PBKDF2, crypto: undefined }), /it is damaged/],
    [JSON.stringify({ ...PBKDF2, crypto: { ...crypto, kdf: "argon2" } }), /it is damaged/],
    [JSON.stringify({ ...PBKDF2, crypto: { ...crypto, ciphertext: 5 } }), /it is damaged/],
  ];
  for (const [text, message] of cases) {
    await using file = await fileOf(text);
    await isRefused(signerOf(file.path, PASSWORD), message);
  }
  await isRefused(signerOf("/nowhere/wallet.json", PASSWORD), /Cannot open .*No such file/);
});

Deno.test("KeystoreSigner refuses what takes too much to be opened, and asks for no password", async () => {
  const { crypto: standard } = PBKDF2;
  const scrypt = { ...GETH.crypto.kdfparams, n: 2 ** 18 };
  const cases: [object, RegExp][] = [
    [{ ...GETH.crypto, kdfparams: { ...scrypt, n: 2 ** 24 } }, /would take 16385 MiB of memory/],
    [{ ...GETH.crypto, kdfparams: { ...scrypt, N: 2 ** 31 } }, /MiB of memory/],
    [{ ...GETH.crypto, kdfparams: { ...scrypt, r: 1, p: 2 ** 20 } }, /would take minutes or more/],
    [{ ...standard, kdfparams: { ...standard.kdfparams, c: "2147483647" } }, /rounds of PBKDF2/],
  ];
  for (const [crypto, message] of cases) {
    await using file = await fileOf(JSON.stringify({ version: 3, crypto }));
    const signer = new KeystoreSigner({
      file: file.path,
      password: () => Promise.reject(new Error("asked for the password")),
    });
    await isRefused(signer, message);
  }
});

Deno.test("KeystoreSigner takes an address or a version that is no text for none", async () => {
  const odd = ['{"toString":1,"valueOf":1}', "[".repeat(20_000) + "]".repeat(20_000), "7"];
  const crypto = JSON.stringify(PBKDF2.crypto);
  for (const text of odd) {
    await using addressed = await fileOf(`{"version":3,"crypto":${crypto},"address":${text}}`);
    await isRefused(signerOf(addressed.path, PASSWORD), /the password is wrong/);
    await using versioned = await fileOf(`{"version":${text},"crypto":${crypto}}`);
    await isRefused(signerOf(versioned.path, PASSWORD), /it is not a V3 keystore/);
  }
});

async function isRefused(signer: KeystoreSigner, message: RegExp): Promise<void> {
  await rejects(() => signer.sign([requestOf(AT, {})]), (error: unknown) => {
    ok(error instanceof Fault);
    strictEqual(error.kind, "signer");
    match(error.message, message);
    ok(!error.message.includes("\n"));
    holdsNoSecret(error, [PASSWORD, TEST_KEY.slice(2)]);
    return true;
  });
}

function signerOf(file: string, password: string): KeystoreSigner {
  return new KeystoreSigner({ file, password: () => Promise.resolve(password) });
}

function keystoreOf(password: string | Uint8Array): string {
  const account = { address: TEST_WALLET, privateKey: TEST_KEY };
  return encryptKeystoreJsonSync(account, password, { scrypt: { N: 2, r: 1, p: 1 } });
}

async function fileOf(text: string): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  await Deno.writeTextFile(path, text);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path) };
}
