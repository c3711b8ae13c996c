import { deepStrictEqual, match, strictEqual, throws } from "node:assert/strict";
import { UsageError, wholeNumber } from "./command_line.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** Those that would start something are asked for what they refuse. */
const COMMANDS = {
  "tests/simulation/simulate.ts": ["--seeds 0", "--seeds x", "--seed 1.5", "--seeds=-3", "again"],
  "tests/simulation/mutants.ts": ["--bogus", "no-such-bug"],
  "tests/torture/torture.ts": ["--runs 0", "--pools 0", "--round 0", "--kind no-such", "again"],
  "tests/fuzz/main.ts": ["--runs 0", "--seed x", "again"],
};

for (const [file, refused] of Object.entries(COMMANDS)) {
  Deno.test(`${file} --help says how it is called`, async () => {
    const { code, stdout, stderr } = await run(file, "--help");
    strictEqual(code, 0);
    match(stdout, /^Usage: deno task /);
    strictEqual(stderr, "");
  });

  Deno.test(`${file} refuses what makes no sense, in one line and without a stack`, async () => {
    for (const args of ["--no-such-flag", ...refused]) {
      const { code, stdout, stderr } = await run(file, args);
      deepStrictEqual({ args, code, stdout }, { args, code: 2, stdout: "" });
      match(stderr, /^\S[^\n]+\n\nUsage: deno task [^\n]+\n/);
      strictEqual(/^ +at /m.test(stderr), false, stderr);
    }
  });
}

Deno.test("wholeNumber() reads whole numbers and nothing else", () => {
  strictEqual(wholeNumber("--seeds", "0"), 0);
  strictEqual(wholeNumber("--seeds", "100000", 1), 100_000);
  for (const text of ["", "-1", "1e3", "0x10", " 1", "9007199254740993"]) {
    throws(() => wholeNumber("--seeds", text), UsageError);
  }
  throws(
    () => wholeNumber("--seeds", "0", 1),
    /--seeds: expected a whole number from 1 on, got "0"/,
  );
});

async function run(
  file: string,
  args: string,
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--no-prompt", file, ...args.split(" ")],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}
