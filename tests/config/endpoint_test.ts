import assert from "node:assert/strict";
import { parseNodeEndpoint, parseRedisAddress } from "../../app/config/endpoint.ts";

const FOLDER = "/etc/pool";

function tcp(host: string, port: number, tls = false): unknown {
  return { endpoint: { kind: "tcp", host, port, tls } };
}

Deno.test("parseRedisAddress() takes what the pool and people write", () => {
  const table: [text: string, address: unknown][] = [
    ["127.0.0.1:6379", tcp("127.0.0.1", 6379)],
    ["redis.example:1", tcp("redis.example", 1)],
    [":6379", tcp("127.0.0.1", 6379)],
    ["[::1]:6379", tcp("::1", 6379)],
    ["redis://localhost", tcp("localhost", 6379)],
    ["rediss://[::1]:6380/", tcp("::1", 6380, true)],
    ["/run/redis.sock", { endpoint: { kind: "unix", path: "/run/redis.sock" } }],
    ["redis.sock", { endpoint: { kind: "unix", path: "/etc/pool/redis.sock" } }],
    ["unix:///run/redis", { endpoint: { kind: "unix", path: "/run/redis" } }],
  ];
  for (const [text, address] of table) assert.deepEqual(parseRedisAddress(text, FOLDER), address);
});

Deno.test("parseRedisAddress() refuses what is no address", () => {
  const refused = ["", "localhost", "localhost:0", "localhost:70000", "a b:1", "http://h:6379"];
  refused.push(
    "redis://",
    "redis://h/x",
    "redis://h?db=1",
    "redis://:%ff@h",
    "redis://h:0",
    "unix:",
  );
  for (const text of refused) assert.equal(parseRedisAddress(text, FOLDER), undefined, text);
});

Deno.test("parseNodeEndpoint() takes HTTP, WebSocket and IPC", () => {
  const table: [text: string, endpoint: unknown][] = [
    ["http://127.0.0.1:8545", { kind: "http", url: "http://127.0.0.1:8545" }],
    ["HTTPS://node/v3/token", { kind: "http", url: "HTTPS://node/v3/token" }],
    ["ws://127.0.0.1:8546", { kind: "websocket", url: "ws://127.0.0.1:8546" }],
    ["wss://node", { kind: "websocket", url: "wss://node" }],
    ["/var/geth/geth.ipc", { kind: "ipc", path: "/var/geth/geth.ipc" }],
    ["data/geth.ipc", { kind: "ipc", path: "/etc/pool/data/geth.ipc" }],
    ["ipc:geth", { kind: "ipc", path: "/etc/pool/geth" }],
    ["unix:///run/geth", { kind: "ipc", path: "/run/geth" }],
  ];
  for (const [text, endpoint] of table) assert.deepEqual(parseNodeEndpoint(text, FOLDER), endpoint);
});

Deno.test("parseNodeEndpoint() refuses what is no address", () => {
  const refused = ["", "localhost:8545", "127.0.0.1", "http://", "http://a b", "http:/node"];
  refused.push("ftp://node", "ws://node:99999", "ipc:");
  for (const text of refused) assert.equal(parseNodeEndpoint(text, FOLDER), undefined, text);
});
