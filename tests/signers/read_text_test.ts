import { rejects, strictEqual } from "node:assert/strict";
import { readTextFile } from "../../adapters/system/read_text.ts";

Deno.test("readTextFile() reads a file as Deno.readTextFile does", async () => {
  const path = await Deno.makeTempFile();
  try {
    for (const text of ["", "\uFEFF{}\r\n", "é".repeat(200_000)]) {
      await Deno.writeTextFile(path, text);
      strictEqual(await readTextFile(path), text);
    }
    await Deno.writeFile(path, new Uint8Array([0x61, 0xff]));
    strictEqual(await readTextFile(path), await Deno.readTextFile(path));
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("readTextFile() gives up on a file that does not end", async () => {
  await rejects(() => readTextFile("/dev/zero"), /longer than 4 MiB/);
});

Deno.test("readTextFile() says of a folder and of nothing what they are", async () => {
  await rejects(() => readTextFile("/tmp"), Deno.errors.IsADirectory);
  await rejects(() => readTextFile("/nowhere/at/all"), Deno.errors.NotFound);
});
