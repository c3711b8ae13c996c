import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { askPassword, type TerminalInput } from "../../adapters/system/password_prompt.ts";
import { Fault } from "../../domain/fault.ts";

Deno.test("askPassword() takes what is typed and shows none of it", async () => {
  const terminal = new FakeTerminal("sec", "ret\r");
  strictEqual(await askPassword("Password", terminal.options), "secret");
  deepStrictEqual(terminal.told, ["Password: ", "\n"]);
  deepStrictEqual(terminal.raw, [true, false]);
});

Deno.test("askPassword() understands the keys that erase, and letters of several bytes", async () => {
  const bytes = new TextEncoder().encode("aö\u007fé\n");
  const halves = [bytes.subarray(0, 2), bytes.subarray(2, 5), bytes.subarray(5)];
  strictEqual(await askPassword("Password", new FakeTerminal(...halves).options), "aé");
  strictEqual(
    await askPassword("Password", new FakeTerminal("wrong\u0015right\n").options),
    "right",
  );
  strictEqual(await askPassword("Password", new FakeTerminal("\b\bx\u0004").options), "x");
});

Deno.test("askPassword() takes the end of the input for the end of the password", async () => {
  strictEqual(await askPassword("Password", new FakeTerminal("secret").options), "secret");
});

Deno.test("askPassword() ends when it is interrupted, and gives the terminal back", async () => {
  const terminal = new FakeTerminal("sec\u0003");
  await rejects(() => askPassword("Password", terminal.options), /interrupted/);
  deepStrictEqual(terminal.raw, [true, false]);
});

Deno.test("askPassword() without a terminal says what to do", async () => {
  const terminal = new FakeTerminal();
  terminal.isTerminal = () => false;
  await rejects(() => askPassword("Password", terminal.options), (error: unknown) => {
    ok(error instanceof Fault);
    strictEqual(error.kind, "config");
    ok(error.message.includes("passwordFile"));
    return true;
  });
  deepStrictEqual(terminal.told, []);
});

class FakeTerminal implements TerminalInput {
  readonly told: string[] = [];
  readonly raw: boolean[] = [];
  readonly #typed: Uint8Array[];

  constructor(...typed: readonly (string | Uint8Array)[]) {
    this.#typed = typed.map((part) =>
      typeof part === "string" ? new TextEncoder().encode(part) : part
    );
  }

  get options(): { input: TerminalInput; tell: (text: string) => void } {
    return { input: this, tell: (text) => this.told.push(text) };
  }

  isTerminal(): boolean {
    return true;
  }

  setRaw(raw: boolean): void {
    this.raw.push(raw);
  }

  read(into: Uint8Array): Promise<number | null> {
    const next = this.#typed.shift();
    if (next === undefined) return Promise.resolve(null);
    into.set(next);
    return Promise.resolve(next.length);
  }
}
