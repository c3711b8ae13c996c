import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { askYesNo } from "../../adapters/system/yes_no.ts";

Deno.test("askYesNo() takes y and yes for a yes, and everything else for a no", async () => {
  const answers = { "y\n": true, "YES\r\n": true, " y \n": true, "y": true };
  const others = { "\n": false, "n\n": false, "yn\n": false, "yes!\n": false, "": false };
  for (const [typed, meant] of Object.entries({ ...answers, ...others })) {
    const told: string[] = [];
    const options = { ...keys(typed), tell: (text: string) => told.push(text) };
    strictEqual(await askYesNo("Do it?", options), meant, JSON.stringify(typed));
    deepStrictEqual(told, ["Do it? [y/N] "]);
  }
});

Deno.test("askYesNo() reads on until the line ends", async () => {
  strictEqual(await askYesNo("Do it?", { ...keys("ye", "s\n"), tell: () => {} }), true);
  strictEqual(await askYesNo("Do it?", { ...keys("y", "ak\n"), tell: () => {} }), false);
});

Deno.test("askYesNo() ends with a signal, before an answer and before the question", async () => {
  const stop = new AbortController();
  const told: string[] = [];
  const input = { read: () => new Promise<null>(() => {}) };
  const options = { input, signal: stop.signal, tell: (text: string) => told.push(text) };
  const asked = askYesNo("Do it?", options);
  stop.abort(new Error("Ctrl-C"));
  await rejects(asked, /Ctrl-C/);
  await rejects(askYesNo("And this?", options), /Ctrl-C/);
  deepStrictEqual(told, ["Do it? [y/N] ", "\n"]);
});

/** What a person types, as the terminal gives it. */
function keys(...typed: readonly string[]): {
  readonly signal: AbortSignal;
  readonly input: { read(into: Uint8Array): Promise<number | null> };
} {
  const chunks = typed.map((text) => new TextEncoder().encode(text));
  const read = (into: Uint8Array): Promise<number | null> => {
    const next = chunks.shift();
    if (next === undefined) return Promise.resolve(null);
    into.set(next);
    return Promise.resolve(next.length);
  };
  return { signal: new AbortController().signal, input: { read } };
}
