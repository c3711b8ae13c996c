import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { FileJournal } from "../../adapters/journal_file/file_journal.ts";
import { parseJournal } from "../../adapters/journal_file/journal_lines.ts";
import { Fault } from "../../domain/fault.ts";
import { decodeRecord, encodeRecord } from "../../domain/journal_record.ts";
import { type Payment, withAttempt } from "../../domain/payment.ts";
import { paymentOf } from "../contract/local_journal_contract.ts";
import { fuzzTest } from "./fuzz.ts";
import { mutate, mutations, writeJson } from "./json_mutations.ts";
import { faultOr } from "./told.ts";

const PAYMENTS = Array.from({ length: 6 }, (_, nonce) => paymentOf(nonce));
const RECORDS = PAYMENTS.flatMap((payment) => {
  const bumped = withAttempt(payment, payment.attempts[0]!);
  return [payment, bumped, withAttempt(bumped, payment.attempts[0]!)].map(encodeRecord);
});
const HUGE = encodeRecord({
  ...paymentOf(9),
  attempts: [{ ...paymentOf(9).attempts[0]!, raw: `0x${"ab".repeat(500_000)}` as never }],
});
const NEWLINE = 10;
const FRESH = paymentOf(1_000);

const records = fc.constantFrom(...RECORDS);
const oddLines = fc.oneof(
  fc.constantFrom("", " ", "\r", "{}", "[]", "null", "{", '{"v":2}', '{"v":1}', "\0\0\0", HUGE),
  fc.constantFrom(...RECORDS.map((record) => record.replace('"v":1', '"v":2'))),
  fc.tuple(records, fc.nat(2_000)).map(([record, end]) => record.slice(0, end)),
  fc.tuple(records, records).map(([one, other]) => one + other),
  fc.tuple(records, mutations).map(([record, mutation]) =>
    writeJson(mutate(JSON.parse(record), mutation))
  ),
  fc.string({ unit: "binary" }),
  records.map((record) => `${record}\r`),
  records.map((record) => `\uFEFF${record}`),
);

fuzzTest("a journal with odd lines is read as it is, or the first odd line is named", {
  runs: 200,
  arbitrary: fc.record({
    lines: fc.array(
      fc.oneof({ weight: 5, arbitrary: records }, { weight: 1, arbitrary: oddLines }),
      { maxLength: 8 },
    ),
    end: fc.constantFrom("\n", "\n", "", "\r\n", "\0", "\0\0\0\0"),
  }),
  check: ({ lines, end }) => readAsItIs(new TextEncoder().encode(lines.join("\n") + end)),
});

fuzzTest("a journal of any bytes is read as it is, or the first odd line is named", {
  runs: 120,
  arbitrary: fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.record({
      text: fc.array(records, { minLength: 1, maxLength: 4 }).map((lines) => lines.join("\n")),
      at: fc.nat(5_000),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }),
    }).map(({ text, at, bytes }) => {
      const all = new TextEncoder().encode(`${text}\n`);
      all.set(bytes, Math.min(at % all.length, all.length - bytes.length));
      return all;
    }),
  ),
  check: readAsItIs,
});

fuzzTest("a journal in any order and with repetitions loses nothing", {
  runs: 200,
  arbitrary: fc.shuffledSubarray([...RECORDS, ...RECORDS], { minLength: 1 }),
  async check(lines) {
    await using file = await fileOf(new TextEncoder().encode(`${lines.join("\n")}\n`));
    const most = new Map<number, number>();
    for (const { nonce, attempts } of lines.map(goodLine)) {
      most.set(nonce, Math.max(most.get(nonce) ?? 0, attempts.length));
    }
    const read = await new FileJournal(file.path).read();
    deepStrictEqual(new Map(read.map(({ nonce, attempts }) => [nonce, attempts.length])), most);
  },
});

fuzzTest("a journal says the same in pages of any size", {
  runs: 200,
  arbitrary: fc.record({
    lines: fc.array(
      fc.oneof({ weight: 9, arbitrary: records }, { weight: 1, arbitrary: oddLines }),
      { maxLength: 5 },
    ),
    end: fc.constantFrom("\n", "", "\0"),
    size: fc.integer({ min: 1, max: 3_000 }),
  }),
  async check({ lines, end, size }) {
    const whole = new TextEncoder().encode(lines.join("\n") + end);
    const pages = Array.from(
      { length: Math.ceil(whole.length / size) },
      (_, page) => whole.subarray(page * size, (page + 1) * size),
    );
    deepStrictEqual(await parseJournal(pages), await parseJournal([whole]));
  },
});

Deno.test("a journal that is torn at any byte keeps every whole line", async () => {
  const whole = new TextEncoder().encode(
    RECORDS.slice(0, 3).map((record) => `${record}\n`).join(""),
  );
  for (let length = 0; length <= whole.length; length++) {
    const torn = await parseJournal([whole.subarray(0, length)]);
    const ends = linesOf(whole.subarray(0, length)).filter((line) => line !== undefined);
    ok(torn.kind === "entries", `torn at byte ${length}`);
    deepStrictEqual(torn.entries, ends);
    if (length % 211 === 0) await readAsItIs(whole.subarray(0, length));
  }
});

Deno.test("a journal that is no file, or not to be read, is told in one line", async () => {
  await using folder = await folderOf();
  const { path } = folder;
  await Deno.symlink(path, `${path}/link`);
  await Deno.symlink(`${path}/loop`, `${path}/loop`);
  for (const odd of [path, `${path}/link`, `${path}/loop`, "/proc/self/mem", `${path}/a\0b`]) {
    for (const action of ["read", "prepare", "rotate"] as const) {
      const told = await faultOr(Promise.resolve(new FileJournal(odd)[action]()));
      ok(told instanceof Fault && told.kind === "journal", `${action} ${odd}`);
    }
    const told = await faultOr(new FileJournal(odd).append([FRESH]));
    ok(told instanceof Fault && told.kind === "journal", odd);
  }
});

/** Reads, and compares with what a plain look at the lines says. Then the journal goes on. */
async function readAsItIs(bytes: Uint8Array): Promise<void> {
  await using file = await fileOf(bytes);
  const journal = new FileJournal(file.path);
  const lines = linesOf(bytes);
  const firstOdd = lines.findIndex((line) => line === undefined);
  const told = await faultOr(journal.read());
  if (told instanceof Fault) {
    strictEqual(told.kind, "journal");
    match(told.message, new RegExp(`, line ${firstOdd + 1}: `));
    const appended = await faultOr(journal.append([FRESH]));
    if (firstOdd === lines.length - 1 && bytes.at(-1) !== NEWLINE) ok(appended instanceof Fault);
    const after = await Deno.readFile(file.path);
    deepStrictEqual(after.subarray(0, bytes.length), bytes, "what nobody understood was changed");
    return;
  }
  ok(firstOdd < 0 || firstOdd === lines.length - 1, `line ${firstOdd + 1} was passed over`);
  const good = lines.filter((line) => line !== undefined);
  assertHolds(told, good);
  await journal.append([FRESH]);
  assertHolds(await new FileJournal(file.path).read(), [...good, FRESH]);
  await journal.rotate();
  assertHolds(await new FileJournal(file.path).read(), [FRESH]);
}

function assertHolds(read: readonly Payment[], lines: readonly Payment[]): void {
  for (const { nonce, wallet, attempts } of lines) {
    const found = read.find((payment) => payment.nonce === nonce && payment.wallet === wallet);
    ok(found !== undefined, `nonce ${nonce} was dropped`);
    ok(found.attempts.length >= attempts.length, `attempts of nonce ${nonce} were dropped`);
  }
  for (const { nonce } of read) ok(lines.some((line) => line.nonce === nonce), `nonce ${nonce}?`);
}

/** What each line says; `undefined`: nothing that a journal says. */
function linesOf(bytes: Uint8Array): (Payment | undefined)[] {
  const lines: (Payment | undefined)[] = [];
  let start = 0;
  for (let at = 0; at <= bytes.length; at++) {
    if (at < bytes.length && bytes[at] !== NEWLINE) continue;
    if (at < bytes.length || start < at) lines.push(lineOf(bytes.subarray(start, at)));
    start = at + 1;
  }
  return lines;
}

function lineOf(bytes: Uint8Array): Payment | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const decoded = decodeRecord(text);
    return "payment" in decoded ? decoded.payment : undefined;
  } catch {
    return undefined;
  }
}

function goodLine(line: string): Payment {
  const decoded = decodeRecord(line);
  if ("problem" in decoded) throw new Error(decoded.problem);
  return decoded.payment;
}

interface Place extends AsyncDisposable {
  readonly path: string;
}

async function folderOf(): Promise<Place> {
  const path = await Deno.makeTempDir();
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

async function fileOf(bytes: Uint8Array): Promise<Place> {
  const folder = await folderOf();
  await Deno.writeFile(`${folder.path}/config.journal`, bytes);
  return { ...folder, path: `${folder.path}/config.journal` };
}
