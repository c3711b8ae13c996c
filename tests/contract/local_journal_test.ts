import { deepStrictEqual, match, rejects, strictEqual } from "node:assert/strict";
import { mock } from "node:test";
import { FileJournal } from "../../adapters/journal_file/file_journal.ts";
import { MemoryJournal } from "../../adapters/memory/local_journal.ts";
import { Fault } from "../../domain/fault.ts";
import { encodeRecord } from "../../domain/journal_record.ts";
import { type JournalHarness, localJournalContract, paymentOf } from "./local_journal_contract.ts";

localJournalContract("MemoryJournal", () => {
  const journal = new MemoryJournal();
  return Promise.resolve({
    journal,
    reopen: () => journal,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
});

localJournalContract("FileJournal", makeFileHarness);

Deno.test("FileJournal append() writes one readable line a payment, for its owner alone", async () => {
  await using harness = await makeFileHarness();
  await harness.journal.append([paymentOf(7), paymentOf(8)]);
  strictEqual(await Deno.readTextFile(harness.path), `${line(7)}${line(8)}`);
  strictEqual(((await Deno.stat(harness.path)).mode ?? 0) & 0o777, 0o600);
  await harness.journal.rotate();
  strictEqual(await Deno.readTextFile(harness.path), line(8));
  strictEqual(((await Deno.stat(harness.path)).mode ?? 0) & 0o777, 0o600);
  deepStrictEqual(await filesOf(harness.folder), ["paydirt.journal"]);
});

Deno.test("FileJournal read() leaves a torn last line out, wherever it was torn", async () => {
  await using harness = await makeFileHarness();
  const torn = new TextEncoder().encode(line(8).replace("0xab", "0xé"));
  for (let length = 0; length < torn.length - 1; length += 7) {
    await Deno.writeFile(harness.path, concat(line(7), torn.subarray(0, length)));
    deepStrictEqual(await harness.reopen().read(), [paymentOf(7)]);
  }
});

Deno.test("FileJournal append() cuts a torn line before it writes", async () => {
  await using harness = await makeFileHarness();
  await Deno.writeTextFile(harness.path, `${line(7)}${line(8).slice(0, 40)}`);
  await harness.reopen().append([paymentOf(9)]);
  strictEqual(await Deno.readTextFile(harness.path), `${line(7)}${line(9)}`);
});

Deno.test("FileJournal append() ends a whole line that lacks only its end", async () => {
  await using harness = await makeFileHarness();
  await Deno.writeTextFile(harness.path, `${line(7)}${line(8).trimEnd()}`);
  deepStrictEqual(await harness.journal.read(), [paymentOf(7), paymentOf(8)]);
  await harness.journal.append([paymentOf(9)]);
  strictEqual(await Deno.readTextFile(harness.path), `${line(7)}${line(8)}${line(9)}`);
});

Deno.test("FileJournal read() names the file and the line that makes no sense", async () => {
  await using harness = await makeFileHarness();
  await Deno.writeTextFile(harness.path, `${line(7)}{"v":2}\n${line(8)}`);
  for (const action of [() => harness.journal.read(), () => harness.journal.rotate()]) {
    await rejects(action, (error: Fault) => {
      strictEqual(error.kind, "journal");
      match(error.message, /paydirt\.journal", line 2: its version is 2, expected 1/);
      return true;
    });
  }
});

Deno.test("FileJournal read() drops no last line that was not torn, and append() cuts none", async () => {
  const whole = line(8).trimEnd();
  const table: [last: string, problem: RegExp][] = [
    [whole.replace('"v":1', '"v":2'), /line 2: its version is 2/],
    [whole.replace('"nonce":8', '"nonce":"8"'), /line 2: its field "nonce"/],
    [`${whole}\r${whole}`.slice(1), /line 2: it is not JSON/],
    ["# mended by hand", /line 2: it is not JSON/],
  ];
  for (const [last, problem] of table) {
    await using harness = await makeFileHarness();
    await Deno.writeTextFile(harness.path, line(7) + last);
    await rejects(() => harness.journal.read(), problem);
    await rejects(() => harness.journal.append([paymentOf(9)]), problem);
    strictEqual(await Deno.readTextFile(harness.path), line(7) + last);
  }
});

Deno.test("FileJournal read() takes zeros at the end for a torn line", async () => {
  await using harness = await makeFileHarness();
  for (const tail of ["\0\0\0\0", `${line(8).slice(0, 50)}\0\0`]) {
    await Deno.writeTextFile(harness.path, line(7) + tail);
    deepStrictEqual(await harness.reopen().read(), [paymentOf(7)]);
  }
});

Deno.test("FileJournal read() keeps all attempts, in whatever order the lines stand", async () => {
  await using harness = await makeFileHarness();
  const [attempt] = paymentOf(7).attempts;
  const bumped = { ...paymentOf(7), attempts: [attempt!, attempt!] };
  await harness.journal.append([bumped, paymentOf(8), paymentOf(7)]);
  deepStrictEqual(await harness.journal.read(), [bumped, paymentOf(8)]);
});

Deno.test("FileJournal append() to a torn and malformed file rejects and changes nothing", async () => {
  await using harness = await makeFileHarness();
  const broken = `nonsense\n${line(7)}{"v":1,`;
  await Deno.writeTextFile(harness.path, broken);
  await rejects(() => harness.journal.append([paymentOf(8)]), isJournalFault);
  strictEqual(await Deno.readTextFile(harness.path), broken);
});

Deno.test("FileJournal append() rejects where no file can be made, and works once it can", async () => {
  await using harness = await makeFileHarness();
  const folder = `${harness.folder}/later`;
  const journal = new FileJournal(`${folder}/paydirt.journal`);
  await rejects(() => journal.append([paymentOf(7)]), isJournalFault);
  await Deno.mkdir(folder);
  await journal.append([paymentOf(8)]);
  deepStrictEqual(await journal.read(), [paymentOf(8)]);
});

Deno.test("FileJournal append() to a full disk rejects", async () => {
  await using harness = await makeFileHarness();
  await Deno.symlink("/dev/full", harness.path);
  await rejects(() => harness.journal.append([paymentOf(7)]), /No space left on device/);
});

Deno.test("FileJournal append() that fails half way leaves nothing behind", async () => {
  await using harness = await makeFileHarness();
  await harness.journal.append([paymentOf(7)]);
  for (const failing of [failingWrite, failingSync]) {
    using _failure = failing();
    await rejects(() => harness.journal.append([paymentOf(8), paymentOf(9)]), isJournalFault);
    strictEqual(await Deno.readTextFile(harness.path), line(7));
  }
  await harness.journal.append([paymentOf(10)]);
  strictEqual(await Deno.readTextFile(harness.path), `${line(7)}${line(10)}`);
});

Deno.test("FileJournal append() of several writers keeps every line whole", async () => {
  await using harness = await makeFileHarness();
  const journals = [harness.journal, harness.reopen(), harness.reopen()];
  await Promise.all(
    Array.from({ length: 30 }, (_, nonce) => journals[nonce % 3]?.append([paymentOf(nonce)])),
  );
  const nonces = (await harness.journal.read()).map((payment) => payment.nonce);
  deepStrictEqual(
    nonces.sort((one, other) => one - other),
    Array.from({ length: 30 }, (_, n) => n),
  );
});

Deno.test("FileJournal rotate() follows a link and survives what an older rotation left", async () => {
  await using harness = await makeFileHarness();
  await harness.journal.append([paymentOf(7), paymentOf(8)]);
  await Deno.symlink(harness.path, `${harness.folder}/link`);
  await Deno.writeTextFile(`${harness.path}.new`, "half a rota");
  await new FileJournal(`${harness.folder}/link`).rotate();
  strictEqual(await Deno.readTextFile(harness.path), line(8));
  deepStrictEqual(await filesOf(harness.folder), ["link", "paydirt.journal"]);
});

interface FileHarness extends JournalHarness {
  readonly folder: string;
  readonly path: string;
}

async function makeFileHarness(): Promise<FileHarness> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/paydirt.journal`;
  return {
    folder,
    path,
    journal: new FileJournal(path),
    reopen: () => new FileJournal(path),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

function line(nonce: number): string {
  return `${encodeRecord(paymentOf(nonce))}\n`;
}

function concat(text: string, tail: Uint8Array): Uint8Array {
  return new Uint8Array([...new TextEncoder().encode(text), ...tail]);
}

async function filesOf(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(folder)) names.push(entry.name);
  return names.sort();
}

function isJournalFault(error: unknown): boolean {
  return error instanceof Fault && error.kind === "journal";
}

/** A disk that takes half of what it is given, once, and then no more. */
function failingWrite(): Disposable {
  const { write } = Deno.FsFile.prototype;
  let writes = 0;
  const mocked = mock.method(
    Deno.FsFile.prototype,
    "write",
    function (this: Deno.FsFile, bytes: Uint8Array) {
      if (writes++ > 0) throw new Error("the disk is full");
      return write.call(this, bytes.subarray(0, bytes.length / 2));
    },
  );
  return { [Symbol.dispose]: () => mocked.mock.restore() };
}

/** A disk that takes everything and keeps nothing. */
function failingSync(): Disposable {
  const mocked = mock.method(Deno.FsFile.prototype, "sync", () => {
    throw new Error("the disk is broken");
  });
  return { [Symbol.dispose]: () => mocked.mock.restore() };
}
