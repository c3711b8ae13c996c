import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { startTcpProxy } from "./tcp_proxy.ts";

Deno.test("cutAtAnswer() lets an HTTP server carry a request out whose answer is lost", async () => {
  const carriedOut: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    carriedOut.push(await request.text());
    return new Response("done");
  });
  {
    await using proxy = startTcpProxy(server.addr.port);
    const url = `http://127.0.0.1:${proxy.port}`;
    const stopped = proxy.intercept("pay");
    // On a link of its own: Deno says a request again when a link that served others breaks.
    const lost = fetch(url, { method: "POST", body: "pay" });
    await Promise.all([rejects(lost), stopped.then((request) => request.cutAtAnswer())]);
    deepStrictEqual(carriedOut, ["pay"]);
    const next = await fetch(url, { method: "POST", body: "look" });
    strictEqual(await next.text(), "done");
  }
  await server.shutdown();
});

Deno.test("intercept() stops the request that a function says yes to", async () => {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    () => new Response("done"),
  );
  {
    await using proxy = startTcpProxy(server.addr.port);
    const ask = async (path: string): Promise<number> => {
      using conn = await Deno.connect({ port: proxy.port });
      await conn.write(new TextEncoder().encode(`GET ${path} HTTP/1.0\r\n\r\n`));
      return await conn.read(new Uint8Array(1024)) ?? 0;
    };
    let seen = 0;
    const stopped = proxy.intercept((request) => request.includes("GET") && ++seen === 2);
    ok(await ask("/1") > 0);
    const second = ask("/2");
    (await stopped).cutBefore();
    strictEqual(await second, 0);
  }
  await server.shutdown();
});
