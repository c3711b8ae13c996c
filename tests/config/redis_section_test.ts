import assert from "node:assert/strict";
import { formatFinding } from "../../app/config/finding.ts";
import { configOf, problems, readRedis, SECRET } from "./reading.ts";

Deno.test("readConfig() names each problem of redis", () => {
  const endpoint = "redis.endpoint: expected host:port, an address that begins with redis:// or " +
    "rediss://, or the path of a unix socket";
  const durability =
    'redis.durability: expected "journal", "aof" or { "replicas": 1 }, with how many must follow';
  const table: [changes: Record<string, unknown>, problem: string][] = [
    [{ endpoint: "localhost" }, `${endpoint}, got "localhost"`],
    [{ endpoint: undefined }, `${endpoint}, got nothing`],
    [{ endpoint: "redis://:hunter2@:6379" }, `${endpoint}, got "redis://:6379"`],
    [{ database: -1 }, "redis.database: expected a whole number, from 0 to 2147483647, got -1"],
    [{ password: 12345 }, "redis.password: expected a text, got a number (not shown)"],
    [{ password: new Array(3) }, "redis.password: expected a text, got a list"],
    [
      { database: SECRET }, // A slip of the line below.
      "redis.database: expected a whole number, from 0 to 2147483647, got a text (not shown)",
    ],
    [{ durability: "yes" }, `${durability}, got "yes"`],
    [{ durability: { replicas: 0 } }, `${durability}, got an object`],
    [{ durability: { replicas: 1, aof: true } }, `${durability}, got an object`],
    [
      { endpoint: "redis://10.0.0.1/2" },
      "redis.database: expected what redis.endpoint says, or no database in one of the two, got 0",
    ],
    [
      { endpoint: "redis://:other@10.0.0.1", password: SECRET },
      "redis.password: expected what redis.endpoint says, or no password in one of the two, " +
      "got a text (not shown)",
    ],
  ];
  for (const [changes, problem] of table) {
    assert.deepEqual(problems(readRedis(changes)), [problem]);
  }
});

Deno.test("readConfig() takes what a redis:// address says, and notices unused keys", () => {
  const reading = readRedis({
    endpoint: "rediss://pay%40dirt:p%C3%A4ss@redis.example:6380/0",
    pasword: SECRET,
  });
  assert.deepEqual(configOf(reading).redis, {
    endpoint: { kind: "tcp", host: "redis.example", port: 6380, tls: true },
    database: 0,
    username: "pay@dirt",
    password: "päss",
    durability: { kind: "journal" },
  });
  assert(reading.kind === "config");
  assert.deepEqual(reading.notices.map(formatFinding), [
    'redis.pasword: ignored: unknown key; the nearest known one is "password"',
  ]);
});

Deno.test("readConfig() takes the kinds of durability", () => {
  const kinds = [
    ["journal", { kind: "journal" }],
    ["aof", { kind: "aof" }],
    [{ replicas: 2 }, { kind: "replicas", count: 2 }],
  ] as const;
  for (const [durability, kind] of kinds) {
    const reading = readRedis({ endpoint: "127.0.0.1:6379", durability });
    assert.deepEqual(configOf(reading).redis.durability, kind);
  }
});
