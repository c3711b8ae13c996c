import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { KeySigner } from "../../adapters/ethereum/signers/key_signer.ts";
import { SigningThread } from "../../adapters/ethereum/signers/signing_thread.ts";
import { Fault } from "../../domain/fault.ts";
import type { TransferRequest } from "../../domain/ports/signer.ts";
import { holdsNoSecret, requestOf } from "../contract/signer_contract.ts";
import { TEST_KEY, TEST_WALLET } from "./fake_signer.ts";

const AT = { wallet: TEST_WALLET, chainId: 61n };
const SIGNERS = new URL("../../adapters/ethereum/signers/", import.meta.url).pathname;

function many(count: number): readonly TransferRequest[] {
  return Array.from({ length: count }, (_, nonce) => requestOf(AT, { nonce }));
}

function isLost(error: unknown): true {
  ok(error instanceof Fault);
  strictEqual(error.kind, "signer");
  strictEqual(error.message, "Cannot sign with the key: the thread that signs has ended");
  holdsNoSecret(error, [TEST_KEY.slice(2)]);
  return true;
}

Deno.test("SigningThread sign() gives what is signed without it, in order", async () => {
  using thread = new SigningThread(TEST_KEY, "the key");
  const requests = many(150);
  const halves = [requests.slice(0, 75), requests.slice(75)].map((half) => thread.sign(half));
  deepStrictEqual(
    (await Promise.all(halves)).flat(),
    await new KeySigner(TEST_KEY, "the key").sign(requests),
  );
  ok(thread.isReady);
  holdsNoSecret(thread, [TEST_KEY.slice(2)]);
});

Deno.test("SigningThread sign() tells that the thread has ended, also to those who waited", async () => {
  const thread = new SigningThread(TEST_KEY, "the key");
  const waiting = rejects(thread.sign(many(100)), isLost);
  thread[Symbol.dispose]();
  await waiting;
  await rejects(thread.sign(many(1)), isLost);
});

Deno.test("SigningThread sign() tells that the thread died by itself", async () => {
  const dying = "data:application/javascript,self.onmessage=()=>{throw new Error('out of memory')}";
  using thread = new SigningThread(TEST_KEY, "the key", dying);
  await rejects(thread.sign(many(1)), isLost);
  ok(!thread.isReady);
});

Deno.test("KeySigner signs many on a thread of its own as soon as that is ready", async () => {
  using signer = new KeySigner(TEST_KEY, "the key", { ownThread: true });
  const requests = many(100);
  const expected = await new KeySigner(TEST_KEY, "the key").sign(requests);
  // Signing here takes this thread's turn; on the other thread it leaves this one alone.
  let leavesAlone = false;
  for (let tries = 0; tries < 200 && !leavesAlone; tries++) {
    let turns = 0;
    const ticking = setInterval(() => turns++, 0);
    deepStrictEqual(await signer.sign(requests), expected);
    clearInterval(ticking);
    leavesAlone = turns > 8; // Signed here, it is cut into four pieces.
  }
  ok(leavesAlone);
});

Deno.test("KeySigner needs no more than to read its own folder for its thread, and signs without", async () => {
  const script = `
    import { KeySigner } from ${JSON.stringify(`${SIGNERS}key_signer.ts`)};
    import { SigningThread } from ${JSON.stringify(`${SIGNERS}signing_thread.ts`)};
    const request = (nonce) => ({ chainId: 61n, from: "${TEST_WALLET}", to: "${TEST_WALLET}",
      valueWei: 1n, nonce, gas: 21000n, fees: { kind: "legacy", gasPriceWei: 1n } });
    const requests = Array.from({ length: 100 }, (_, nonce) => request(nonce));
    using signer = new KeySigner("${TEST_KEY}", "the key", { ownThread: true });
    const here = await signer.sign(requests);
    let there = here;
    if (SigningThread.isAllowed()) {
      using thread = new SigningThread("${TEST_KEY}", "the key");
      there = await thread.sign(requests);
    }
    console.log(SigningThread.isAllowed(), here.at(-1).raw === there.at(-1).raw);`;
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/sign.js`;
    await Deno.writeTextFile(path, script);
    deepStrictEqual(await say(path, [`--allow-read=${SIGNERS}`]), "true true");
    deepStrictEqual(await say(path, ["--allow-read=/nowhere"]), "false true");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

async function say(script: string, permissions: readonly string[]): Promise<string> {
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", `--config=${config}`, ...permissions, script],
  }).output();
  return new TextDecoder().decode(stdout).trim() || new TextDecoder().decode(stderr);
}
