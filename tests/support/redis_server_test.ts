import { match, notStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { startRedis } from "./redis_server.ts";

/** Sends one inline command and answers the first bytes of the reply. */
async function ask(to: Deno.ConnectOptions | Deno.UnixConnectOptions, line: string) {
  using connection = "path" in to ? await Deno.connect(to) : await Deno.connect(to);
  await connection.write(new TextEncoder().encode(`${line}\r\n`));
  const buffer = new Uint8Array(16_384);
  const read = await connection.read(buffer);
  return new TextDecoder().decode(buffer.subarray(0, read ?? 0));
}

Deno.test("startRedis() serves until it is stopped, and leaves nothing", async () => {
  const redis = await startRedis();
  try {
    strictEqual(await ask({ port: redis.port }, "PING"), "+PONG\r\n");
  } finally {
    await redis.stop();
  }
  await redis.stop();
  await rejects(() => ask({ port: redis.port }, "PING"), Deno.errors.ConnectionRefused);
  await rejects(() => Deno.stat(redis.folder), Deno.errors.NotFound);
});

Deno.test("startRedis() asks for the password that it was given", async () => {
  await using redis = await startRedis({ password: "s3 cret" });
  match(await ask({ port: redis.port }, "PING"), /^-NOAUTH/);
  strictEqual(await ask({ port: redis.port }, `AUTH "s3 cret"`), "+OK\r\n");
  strictEqual(redis.url, `redis://:s3%20cret@127.0.0.1:${redis.port}`);
});

Deno.test("startRedis() listens on a unix socket too", async () => {
  await using redis = await startRedis({ unixSocket: true });
  strictEqual(await ask({ transport: "unix", path: redis.socket! }, "PING"), "+PONG\r\n");
});

Deno.test("startRedis() restarts as another process that lost its writes", async () => {
  await using redis = await startRedis();
  const runId = async () =>
    /run_id:(\w+)/.exec(await ask({ port: redis.port }, "INFO server"))?.[1];
  const before = await runId();
  strictEqual(await ask({ port: redis.port }, "SET coin eth"), "+OK\r\n");
  await redis.restart();
  notStrictEqual(await runId(), before);
  strictEqual(await ask({ port: redis.port }, "GET coin"), "$-1\r\n");
});

Deno.test("startRedis() keeps its writes when the file of its writes is on", async () => {
  await using redis = await startRedis({
    args: ["--appendonly", "yes", "--appendfsync", "always"],
  });
  strictEqual(await ask({ port: redis.port }, "SET coin eth"), "+OK\r\n");
  await redis.kill();
  await redis.restart();
  strictEqual(await ask({ port: redis.port }, "GET coin"), "$3\r\neth\r\n");
});

Deno.test("startRedis() says what the server does not understand", async () => {
  await rejects(() => startRedis({ args: ["--no-such-setting", "1"] }), /no-such-setting/);
});
