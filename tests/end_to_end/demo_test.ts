import assert from "node:assert/strict";
import { openDemoChain } from "../../app/demo/demo_chain.ts";
import { minerKey } from "../../app/demo/demo_miners.ts";
import { prove, setStage, type Stage } from "../../app/demo/stage.ts";
import { runCli, spawnCli } from "../support/cli_process.ts";

Deno.test("demo() crashes, recovers and reconciles on a real chain", async () => {
  const { code, stdout, stderr } = await runCli(["demo", "--json"]);
  assert.equal(code, 0, stdout + stderr);
  const told = JSON.parse(stdout);
  assert.equal(told.chain, "anvil");
  assertRecovered(told);
  assert.match(stderr, /The power fails/);
});

Deno.test("demo() takes the chain in memory where anvil cannot run, and says so", async () => {
  const { code, stdout, stderr } = await runCli(["demo"], { ANVIL: "/nowhere/anvil" });
  assert.equal(code, 0, stdout + stderr);
  assert.equal(stderr, "");
  assert.match(stdout.replaceAll("\n", " "), /no real node runs here .*\/nowhere\/anvil/);
  assert.match(stdout, /They agree\./);
  assert.match(stdout, /deno task pay --dry-run --config config\.json/);
});

Deno.test("prove() finds a single Shannon that is wrong", async () => {
  await using chain = await openDemoChain(new AbortController().signal);
  const stage = await setStage(chain);
  const [miner] = stage.miners;
  assert.ok(miner !== undefined);
  assert.deepEqual(await brokenClaims(stage), [NOTHING_LEFT]); // No run: no next nonce yet.
  stage.store.addToField(minerKey(miner.login), "paid", 1n);
  assert.deepEqual(await brokenClaims(stage), [
    "Each miner got on the chain exactly what the ledger calls paid",
    "Nobody lost a claim: what was owed is paid, or still owed",
    "The pool's own sums are the sums of its miners",
    NOTHING_LEFT,
  ]);
});

const NOTHING_LEFT = "Nothing is left half done, and the lock is free";

async function brokenClaims(stage: Stage): Promise<readonly string[]> {
  const { findings } = await prove(stage);
  return findings.filter(({ ok }) => !ok).map(({ claim }) => claim);
}

Deno.test("demo() ends soon after SIGINT and leaves no anvil behind", async () => {
  const child = spawnCli(["demo", "--json"]);
  const [seen, rest] = child.stderr.tee();
  await untilSaid(seen, "3. Paying");
  const anvils = await childrenOf(child.pid);
  assert.equal(anvils.length, 1, "the anvil of the demo");
  child.kill("SIGINT");
  const [{ code }, stderr] = await Promise.all([
    child.status,
    new Response(rest).text(),
    child.stdout.cancel(),
  ]);
  assert.equal(code, 1);
  assert.match(stderr, /Stopped\./);
  for (const pid of anvils) await assert.rejects(Deno.stat(`/proc/${pid}`), Deno.errors.NotFound);
});

// deno-lint-ignore no-explicit-any -- read from the program's own JSON
function assertRecovered({ run, reconciliation }: { run: any; reconciliation: any }): void {
  assert.equal(reconciliation.ok, true, JSON.stringify(reconciliation));
  assert.ok(reconciliation.findings.every(({ ok }: { ok: boolean }) => ok));
  assert.ok(run.paid.length > 0);
  assert.deepEqual(run.inFlight, []);
  assert.equal(run.stopped, null);
  assert.equal(run.creditedBack.length, 1);
  assert.equal(run.creditedBack[0].reason, "reverted");
  const reasons = new Set(run.skipped.map(({ reason }: { reason: string }) => reason));
  for (const reason of ODD_REASONS) assert.ok(reasons.has(reason), `nobody was ${reason}`);
}

/** Every reason that a ledger alone can give for not paying, and the refusing contract's. */
const ODD_REASONS = [
  "at-threshold",
  "unreadable-balance",
  "wrong-type",
  "no-address",
  "bad-checksum",
  "zero-address",
  "pool-wallet",
  "held",
  "contract-reverts",
];

/** Reads until a text was said; the stream goes on without a reader. */
async function untilSaid(stream: ReadableStream<Uint8Array>, text: string): Promise<void> {
  let said = "";
  for await (const piece of stream.pipeThrough(new TextDecoderStream())) {
    said += piece;
    if (said.includes(text)) return;
  }
  throw new Error(`The demo ended without saying "${text}": ${said}`);
}

async function childrenOf(pid: number): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir(`/proc/${pid}/task`)) {
    const children = await Deno.readTextFile(`/proc/${pid}/task/${name}/children`);
    found.push(...children.split(" ").filter((each) => each !== ""));
  }
  return found;
}
