import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { encryptKeystoreJsonSync } from "ethers/wallet";
import type { RpcConnection } from "../../adapters/ethereum/rpc_connection.ts";
import { connectNode } from "../../app/node_connection.ts";
import type { SecretSource, SignerConfig } from "../../app/config/config.ts";
import { openSigner, type SignerDeps } from "../../app/signer.ts";
import { Fault, type FaultKind } from "../../domain/fault.ts";
import { holdsNoSecret, requestOf } from "../contract/signer_contract.ts";
import { startFakeSigner, TEST_KEY, TEST_WALLET } from "./fake_signer.ts";

const PASSWORD = " correct horse  ";
const VARIABLE = "PAYDIRT_TEST_SECRET";
const REQUEST = requestOf({ wallet: TEST_WALLET, chainId: 61n }, {});

Deno.test("openSigner() takes a private key from a file or an environment variable", async () => {
  await using file = await fileOf(`${TEST_KEY}\n`);
  using _variable = variable(`${TEST_KEY}\n`);
  const keys: SecretSource[] = [
    { kind: "file", file: file.path },
    { kind: "env", name: VARIABLE },
  ];
  for (const key of keys) {
    const signer = await openSigner({ kind: "key", key }, depsOf());
    strictEqual(await signer.address(), TEST_WALLET);
    holdsNoSecret(signer, [TEST_KEY.slice(2)]);
  }
});

Deno.test("openSigner() names the secret's place when it cannot be read", async () => {
  const cases: [SecretSource, FaultKind, RegExp][] = [
    [{ kind: "env", name: "PAYDIRT_TEST_UNSET" }, "config", /"PAYDIRT_TEST_UNSET": it is not set/],
    [{ kind: "file", file: "/nowhere/key" }, "config", /file "\/nowhere\/key": No such file/],
  ];
  for (const [key, kind, message] of cases) {
    await rejects(() => openSigner({ kind: "key", key }, depsOf()), faultOf(kind, message));
  }
  using _variable = variable("4c4c4c4c is no key");
  const key: SecretSource = { kind: "env", name: VARIABLE };
  await rejects(
    () => openSigner({ kind: "key", key }, depsOf()),
    faultOf("signer", /^Cannot use the private key in the environment variable "PAYDIRT_TEST_S/),
  );
});

Deno.test("openSigner() takes a keystore's password from a file's first line", async () => {
  await using keystore = await fileOf(keystoreOf());
  for (const text of [PASSWORD, `${PASSWORD}\n`, `${PASSWORD}\r\n`, `${PASSWORD}\nanother\n`]) {
    await using file = await fileOf(text);
    const password: SecretSource = { kind: "file", file: file.path };
    await signs({ kind: "keystore", file: keystore.path, password });
  }
});

Deno.test("openSigner() takes a keystore's password from the environment or a person", async () => {
  await using keystore = await fileOf(keystoreOf());
  using _variable = variable(PASSWORD);
  const file = keystore.path;
  await signs({ kind: "keystore", file, password: { kind: "env", name: VARIABLE } });
  const asked: string[] = [];
  await signs({ kind: "keystore", file, password: { kind: "prompt" } }, {
    askPassword: (question) => {
      asked.push(question);
      return Promise.resolve(PASSWORD);
    },
  });
  deepStrictEqual(asked, [`Password of the keystore "${file}"`]);
});

Deno.test("openSigner() connects to a remote signer and uses the node for its own account", async () => {
  await using fake = startFakeSigner();
  await using connection = connectNode(fake.url, { timeoutMs: 5_000 });
  const connected: unknown[] = [];
  const endpoint = { kind: "http", url: fake.url } as const;
  const method = "account_signTransaction";
  await signs({ kind: "remote", endpoint, method }, {
    connect: (to) => {
      connected.push(to);
      return connection;
    },
  });
  deepStrictEqual(connected, [endpoint]);
  await signs({ kind: "node" }, { node: connection });
});

async function signs(config: SignerConfig, deps: Partial<SignerDeps> = {}): Promise<void> {
  const signer = await openSigner(config, depsOf(deps));
  strictEqual(await signer.address(), TEST_WALLET);
  ok(signer.kind === "bytes");
  strictEqual((await signer.sign([REQUEST])).length, 1);
}

function depsOf(deps: Partial<SignerDeps> = {}): SignerDeps {
  return {
    wallet: TEST_WALLET,
    chainId: 61n,
    node: NOBODY,
    connect: () => unexpected("connected"),
    resources: new AsyncDisposableStack(),
    askPassword: () => unexpected("asked a person"),
    ...deps,
  };
}

/** A node that is not to be asked. */
const NOBODY: RpcConnection = {
  name: "nobody",
  batch: () => unexpected("asked the node"),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

function unexpected(what: string): never {
  throw new Error(`unexpected: ${what}`);
}

function keystoreOf(): string {
  const account = { address: TEST_WALLET, privateKey: TEST_KEY };
  return encryptKeystoreJsonSync(account, PASSWORD, { scrypt: { N: 2, r: 1, p: 1 } });
}

function variable(value: string): Disposable {
  Deno.env.set(VARIABLE, value);
  return { [Symbol.dispose]: () => Deno.env.delete(VARIABLE) };
}

async function fileOf(text: string): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, text);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path) };
}

function faultOf(kind: FaultKind, message: RegExp): (error: unknown) => true {
  return (error) => {
    ok(error instanceof Fault);
    strictEqual(error.kind, kind);
    match(error.message, message);
    holdsNoSecret(error, ["4c4c"]);
    return true;
  };
}
