/**
 * Measures how long `pay` takes when there is nothing to do.
 *
 * @module
 */

import { runCli } from "../tests/support/cli_process.ts";
import { startPool, WALLET_KEY } from "../tests/support/pool.ts";
import { atMost, type Figure, median } from "./figure.ts";

/** How large the measurement is. */
export interface StartSize {
  /** How often both are started, in turns. */
  readonly tries: number;
}

const BARE = new URL("./alone/bare_start.ts", import.meta.url).pathname;

/** Starts the program beside a bare process, in turns. */
export async function measureStart({ tries }: StartSize): Promise<readonly Figure[]> {
  await using pool = await startPool({ signer: { kind: "key", env: "PAYDIRT_BENCH_KEY" } });
  const pay = (): Promise<number> =>
    timeOf(async () => {
      const env = { PAYDIRT_BENCH_KEY: WALLET_KEY };
      const { code, stderr } = await runCli(["pay", "--json", "--config", pool.configPath], env);
      return { code, stderr };
    });
  const bare = (): Promise<number> => timeOf(startBare);
  await pay(); // Compiles, and reads from the disk.
  await bare();
  const differences: number[] = [];
  const ratios: number[] = [];
  for (let count = 0; count < tries; count++) {
    const [ofBare, ofPay] = [await bare(), await pay()];
    differences.push(ofPay - ofBare);
    ratios.push(ofPay / ofBare);
  }
  return [{
    name: "start/beyond-bare",
    what: "`pay` with nothing to do takes longer than loading ioredis and ethers by",
    value: median(differences),
    unit: "ms",
    bar: atMost(400),
  }, {
    name: "start/ratio",
    what: "`pay` with nothing to do, in bare loads",
    value: median(ratios),
    unit: "×",
    bar: null,
  }];
}

async function startBare(): Promise<{ readonly code: number; readonly stderr: string }> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-all", BARE],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

async function timeOf(
  start: () => Promise<{ readonly code: number; readonly stderr: string }>,
): Promise<number> {
  const started = performance.now();
  const { code, stderr } = await start();
  if (code !== 0) throw new Error(`Cannot measure a start that ends with ${code}: ${stderr}`);
  return performance.now() - started;
}
