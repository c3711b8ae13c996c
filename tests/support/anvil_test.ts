import { rejects, strictEqual } from "node:assert/strict";
import { startAnvil } from "./anvil.ts";

Deno.test("startAnvil() starts a chain as asked and ends it", async () => {
  const anvil = await startAnvil({ chainId: 61, noMining: true, accounts: 2 });
  try {
    strictEqual(await anvil.rpc("eth_chainId"), "0x3d");
    strictEqual((await anvil.rpc("eth_accounts")).length, 2);
    await anvil.rpc("evm_mine");
    strictEqual(await anvil.rpc("eth_blockNumber"), "0x1");
    await rejects(() => anvil.rpc("eth_nonsense"), /Cannot eth_nonsense: the node says/);
  } finally {
    await anvil.stop();
  }
  await anvil.stop();
  await rejects(() => anvil.rpc("eth_chainId"), TypeError);
});

Deno.test("startAnvil() says when a wanted port is taken", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await rejects(
    () => startAnvil({ port: taken.addr.port }),
    /Cannot start .*anvil on port \d+: exit 1: .*[Aa]ddress already in use/,
  );
});

Deno.test("startAnvil() says what anvil does not understand", async () => {
  await rejects(() => startAnvil({ args: ["--no-such-flag"] }), /Cannot start .*--no-such-flag/s);
});
