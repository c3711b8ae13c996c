import { match, ok, rejects, strictEqual } from "node:assert/strict";
import { mock } from "node:test";
import { freePort } from "../../adapters/anvil/free_port.ts";
import type { RedisConfig } from "../../app/config/config.ts";
import { connectRedis, openRedisReader, saveRedis } from "../../app/redis_ledger.ts";
import { Fault, type FaultKind } from "../../domain/fault.ts";
import { isFault } from "../support/faults.ts";
import { startRedis } from "../support/redis_server.ts";
import { tcp } from "./attacked_redis.ts";
import { fakeServer, redisThat } from "./fake_server.ts";

const SECRET = "s3cr3t-p4ssw0rd";

/** A certificate for 127.0.0.1 that nobody has signed but itself, and its key. */
const CERTIFICATE = {
  cert: await Deno.readTextFile(new URL("certificate/cert.pem", import.meta.url)),
  key: await Deno.readTextFile(new URL("certificate/key.pem", import.meta.url)),
};

/** What no test here is about. */
const PLAIN = { database: 0, durability: { kind: "journal" } } as const;

/** Tries an endpoint, and expects one line that says why not, and nothing besides. */
async function isRefused(
  config: Partial<RedisConfig> & Pick<RedisConfig, "endpoint">,
  { kind, says, timeoutMs = 20_000 }: {
    readonly kind: FaultKind;
    readonly says: RegExp;
    readonly timeoutMs?: number;
  },
): Promise<void> {
  const printed = (["log", "warn", "error", "info"] as const)
    .map((name) => mock.method(console, name, () => {}));
  try {
    await rejects(
      () => connectRedis({ ...PLAIN, ...config }, { timeoutMs }),
      (error) => {
        ok(error instanceof Fault);
        strictEqual(error.kind, kind, error.message);
        match(error.message, says);
        ok(!/[\r\n]/.test(error.message), error.message);
        ok(!Deno.inspect(error, { depth: 10 }).includes(SECRET), "it tells the password");
        return true;
      },
    );
    for (const { mock: calls } of printed) strictEqual(calls.callCount(), 0);
  } finally {
    for (const { mock: calls } of printed) calls.restore();
  }
}

Deno.test("connectRedis() where nothing listens", async () => {
  const port = freePort();
  await isRefused({ endpoint: tcp(port), password: SECRET }, {
    kind: "ledger-unreachable",
    says: new RegExp(`^Cannot reach Redis at 127\\.0\\.0\\.1:${port}: .*ECONNREFUSED.*endpoint`),
  });
});

Deno.test("connectRedis() to a host that has no address", async () => {
  await isRefused(
    { endpoint: { kind: "tcp", host: "redis.invalid", port: 6379, tls: false } },
    { kind: "ledger-unreachable", says: /^Cannot reach Redis at redis\.invalid:6379: / },
  );
});

Deno.test("connectRedis() to a unix socket that is missing", async () => {
  await isRefused(
    { endpoint: { kind: "unix", path: "/nowhere/redis.sock" }, password: SECRET },
    {
      kind: "ledger-unreachable",
      says: /^Cannot reach Redis at \/nowhere\/redis\.sock: .*ENOENT.*endpoint/,
    },
  );
});

Deno.test("connectRedis() to a unix socket", async () => {
  await using redis = await startRedis({ unixSocket: true, password: SECRET });
  ok(redis.socket !== undefined);
  const endpoint = { kind: "unix", path: redis.socket } as const;
  await isRefused({ endpoint }, { kind: "ledger-refused", says: /redis\.sock refused us: NOAUTH/ });
  (await connectRedis({ endpoint, password: SECRET, database: 3, durability: { kind: "journal" } }))
    .close();
});

Deno.test("connectRedis() with a wrong login", async () => {
  await using redis = await startRedis({ password: "another" });
  const endpoint = tcp(redis.port);
  const kind = "ledger-refused";
  const address = `127\\.0\\.0\\.1:${redis.port}`;
  await isRefused({ endpoint, password: SECRET }, {
    kind,
    says: new RegExp(`^Redis at ${address} refused us: WRONGPASS .*redis\\.password`),
  });
  await isRefused({ endpoint }, { kind, says: /refused us: NOAUTH .*redis\.password/ });
  await isRefused({ endpoint, database: 3 }, { kind, says: /refused us: NOAUTH/ });
  await isRefused({ endpoint, username: "nobody", password: SECRET }, { kind, says: /WRONGPASS/ });
  await isRefused({ endpoint, username: "nobody" }, { kind, says: /WRONGPASS/ });
});

Deno.test("connectRedis() with a password that the server does not want", async () => {
  await using redis = await startRedis();
  await isRefused({ endpoint: tcp(redis.port), password: SECRET }, {
    kind: "ledger-refused",
    says: /without any password configured.*redis\.password/,
  });
});

Deno.test("connectRedis() to a database that is not there", async () => {
  await using redis = await startRedis();
  await isRefused({ endpoint: tcp(redis.port), database: 16 }, {
    kind: "config",
    says: /has no database 16: ERR DB index is out of range; check redis\.database/,
  });
});

/** What old and odd servers answer, and what it comes to. */
const ANSWERS: readonly (readonly [command: string, answer: string, FaultKind, RegExp])[] = [
  ["AUTH", "-ERR invalid password\r\n", "ledger-refused", /refused us: ERR invalid password/],
  ["AUTH", "-ERR Client sent AUTH, but no password is set\r\n", "ledger-refused", /no password/],
  ["AUTH", "-ERR wrong number of arguments for 'auth' command\r\n", "ledger-refused", /arguments/],
  [
    "AUTH",
    `-ERR unknown command 'AUTH', with args beginning with: '${SECRET}'\r\n`,
    "ledger-refused",
    /beginning with: '\*\*\*'/,
  ],
  ["SELECT", "-ERR invalid DB index\r\n", "config", /no database 3/],
  ["SELECT", "-NOPERM this user has no permissions\r\n", "ledger-refused", /NOPERM/],
  ["PING", "-LOADING Redis is loading the dataset\r\n", "ledger-unreachable", /LOADING/],
  ["PING", "-MASTERDOWN Link with MASTER is down\r\n", "ledger-unreachable", /MASTERDOWN/],
  ["PING", "-BUSY Redis is busy running a script\r\n", "ledger-unreachable", /BUSY/],
  ["PING", "-ERR max number of clients reached\r\n", "ledger-unreachable", /max number/],
  ["PING", "-DENIED Redis is running in protected mode\r\n", "ledger-refused", /DENIED/],
  ["PING", "-ERR unknown command 'PING'\r\n", "ledger-nonsense", /unknown command/],
  ["PING", "+OK\r\n", "ledger-nonsense", /is not Redis/],
  ["PING", "*0\r\n", "ledger-nonsense", /is not Redis/],
  ["PING", ":1\r\n", "ledger-nonsense", /is not Redis/],
  ["PING", "$-1\r\n", "ledger-nonsense", /is not Redis/],
];

Deno.test("connectRedis() to servers that answer the greeting otherwise", async () => {
  for (const [command, answer, kind, says] of ANSWERS) {
    await using server = fakeServer(redisThat({ [command]: answer }));
    await isRefused({ endpoint: tcp(server.port), password: SECRET, database: 3 }, { kind, says });
  }
});

Deno.test("connectRedis() takes a user who may not PING", async () => {
  await using server = fakeServer(redisThat({ PING: "-NOPERM no permissions for 'ping'\r\n" }));
  const config = { ...PLAIN, endpoint: tcp(server.port) };
  (await connectRedis(config)).close();
});

Deno.test("connectRedis() to what is no Redis", async () => {
  const isNone = {
    kind: "ledger-nonsense",
    says: /^What listens at 127\.0\.0\.1:\d+ is not Redis/,
  } as const;
  await using http = fakeServer(() => "HTTP/1.1 400 Bad Request\r\n\r\n<html></html>");
  await isRefused({ endpoint: tcp(http.port), password: SECRET }, isNone);
  await using mail = fakeServer(() => undefined, { first: "220 mail.example ESMTP\r\n" });
  await isRefused({ endpoint: tcp(mail.port), password: SECRET }, isNone);
  await using talker = fakeServer(() => "+OK\r\n", { first: "+OK\r\n+OK\r\n" });
  await isRefused({ endpoint: tcp(talker.port), password: SECRET }, isNone);
  await using noise = fakeServer(() => "\0\x01\xff\xfe".repeat(10_000));
  await isRefused({ endpoint: tcp(noise.port), password: SECRET }, isNone);
});

Deno.test("connectRedis() to a server that hangs up", async () => {
  const gone = { kind: "ledger-unreachable", says: /^Cannot reach Redis at .*: .*clos/i } as const;
  await using atOnce = fakeServer(() => null, { first: null });
  await isRefused({ endpoint: tcp(atOnce.port), password: SECRET }, gone);
  await using atTheFirstWord = fakeServer(() => null);
  await isRefused({ endpoint: tcp(atTheFirstWord.port), password: SECRET }, gone);
});

Deno.test("connectRedis() does not wait for ever", async () => {
  const silent = {
    kind: "ledger-unreachable",
    says: /^Cannot reach Redis at .*time.*out/i,
    timeoutMs: 100,
  } as const;
  await using mute = fakeServer(() => undefined);
  await isRefused({ endpoint: tcp(mute.port), password: SECRET }, silent);
  // Half an answer is none.
  await using half = fakeServer(() => "+PO");
  await isRefused({ endpoint: tcp(half.port) }, silent);
  await isRefused({ endpoint: { ...tcp(mute.port), tls: true }, password: SECRET }, {
    ...silent,
    says: /^Cannot reach Redis at /,
  });
  await using frozen = await startRedis();
  frozen.signal("SIGSTOP");
  await isRefused({ endpoint: tcp(frozen.port) }, silent);
});

Deno.test("connectRedis() with TLS to a server without, and without to one with", async () => {
  await using plain = await startRedis();
  await isRefused({ endpoint: { ...tcp(plain.port), tls: true }, password: SECRET }, {
    kind: "ledger-unreachable",
    says: /^Cannot reach Redis at /,
    timeoutMs: 2_000,
  });
  await using tls = fakeServer(redisThat({}), { tls: CERTIFICATE });
  await isRefused({ endpoint: tcp(tls.port), password: SECRET }, {
    kind: "ledger-nonsense",
    says: /is not Redis/,
  });
});

Deno.test("connectRedis() does not trust a certificate that nobody signed", async () => {
  await using server = fakeServer(redisThat({}), { tls: CERTIFICATE });
  await isRefused({ endpoint: { ...tcp(server.port), tls: true }, password: SECRET }, {
    kind: "ledger-unreachable",
    says: /certificate|UnknownIssuer|self.signed/i,
  });
});

Deno.test("connectRedis() trusts a certificate that Deno was told to trust", async () => {
  await using server = fakeServer(redisThat({}), { tls: CERTIFICATE });
  const config = { ...PLAIN, endpoint: { ...tcp(server.port), tls: true } };
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `
      import { connectRedis } from "./app/redis_ledger.ts";
      const connection = await connectRedis(${JSON.stringify(config)});
      console.log(await connection.send([["PING"]]));
      connection.close();
    `,
    ],
    cwd: new URL("../..", import.meta.url),
    env: { DENO_CERT: new URL("certificate/cert.pem", import.meta.url).pathname },
  }).output();
  strictEqual(new TextDecoder().decode(stdout).trim(), '[ "PONG" ]');
  strictEqual(code, 0, new TextDecoder().decode(stderr));
});

Deno.test("a reader whose server goes away says so", async () => {
  await using redis = await startRedis();
  const config = { ...PLAIN, endpoint: tcp(redis.port) };
  await using reader = await openRedisReader(config, "eth");
  await redis.kill();
  const says = new RegExp(`^Cannot reach Redis 127.0.0.1:${redis.port}/0 \\(eth\\): `);
  await rejects(() => reader.obligations(), isFault("ledger-unreachable", says));
});

Deno.test("saveRedis() asks for a snapshot, and one under way will do", async () => {
  await using redis = await startRedis();
  const config = { ...PLAIN, endpoint: tcp(redis.port) };
  await saveRedis(config, "eth");
  await using busy = fakeServer(
    redisThat({ BGSAVE: "-ERR Background save already in progress\r\n" }),
  );
  await saveRedis({ ...config, endpoint: tcp(busy.port) }, "eth");
  await using gone = fakeServer((request) => /BGSAVE/.test(request) ? null : "+PONG\r\n");
  await rejects(
    () => saveRedis({ ...config, endpoint: tcp(gone.port) }, "eth"),
    isFault("ledger-unreachable"),
  );
});
