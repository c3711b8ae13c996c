/**
 * The files of a Redis: copies of them, and copies put back.
 *
 * @module
 */

import type { TestRedis } from "../support/redis_server.ts";
import { untilItStarts } from "./until_it_starts.ts";

/** Each write is on the disk before it is answered. */
export const SYNC_EACH_WRITE = ["--appendonly", "yes", "--appendfsync", "always"];

/** The folder that Redis keeps its log of writes in. */
const DATA = "appendonlydir";

/** A copy of what a Redis had written at one time. */
export type DataCopy = readonly { readonly name: string; readonly bytes: Uint8Array }[];

/** Copies what is on the disk; the server may run. */
export async function copyData({ folder }: TestRedis): Promise<DataCopy> {
  const files = await Array.fromAsync(Deno.readDir(`${folder}/${DATA}`));
  return await Promise.all(files.map(async ({ name }) => ({
    name,
    bytes: await Deno.readFile(`${folder}/${DATA}/${name}`),
  })));
}

/** Kills the server and starts it again, with what it has on the disk. */
export async function killAndRestart(redis: TestRedis): Promise<void> {
  await redis.kill();
  await untilItStarts(() => redis.restart());
}

/** Kills the server, and starts it again with older or newer data. Answers what it had. */
export async function exchangeData(redis: TestRedis, copy: DataCopy): Promise<DataCopy> {
  await redis.kill();
  const before = await copyData(redis);
  await Deno.remove(`${redis.folder}/${DATA}`, { recursive: true });
  await Deno.mkdir(`${redis.folder}/${DATA}`);
  for (const { name, bytes } of copy) {
    await Deno.writeFile(`${redis.folder}/${DATA}/${name}`, bytes);
  }
  await untilItStarts(() => redis.restart());
  return before;
}
