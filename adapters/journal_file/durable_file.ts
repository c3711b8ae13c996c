/**
 * Files that survive a power cut: written, then synced, and their folder with them.
 *
 * @module
 */

import { setTimeout } from "node:timers/promises";
import { dirname } from "node:path";

const LOCK_TRIES = 50;
const LOCK_WAIT_MS = 100;

/** How much of a file is in memory at once. */
const PAGE_BYTES = 65_536;

/**
 * Opens a file for one writer at a time, creating it for its owner alone (0600). It is locked until
 * it is closed.
 *
 * @throws {Error} when another process keeps it locked for some seconds.
 */
export async function openLocked(path: string): Promise<Deno.FsFile> {
  for (let tries = 0; tries < LOCK_TRIES; tries++) {
    const file = await Deno.open(path, { read: true, append: true, create: true, mode: 0o600 });
    try {
      // A file that was replaced after it was opened is no longer the one at the path.
      if (await file.tryLock(true) && await isAt(file, path)) return file;
    } catch (error) {
      file.close();
      throw error;
    }
    file.close();
    await setTimeout(LOCK_WAIT_MS);
  }
  throw new Error("another process is writing it");
}

/** Reads an open file from its beginning to its end, and leaves it open. */
export async function* pagesOf(file: Deno.FsFile): AsyncGenerator<Uint8Array> {
  await file.seek(0, Deno.SeekMode.Start);
  for (;;) {
    const page = new Uint8Array(PAGE_BYTES);
    const length = await file.read(page);
    if (length === null) return;
    yield page.subarray(0, length);
  }
}

/**
 * Adds bytes to the end of a file and waits until they are on the disk. When that fails they are
 * taken out again as far as the disk lets us.
 */
export async function appendSynced(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  const { size } = await file.stat();
  try {
    await writeAll(file, bytes);
    await file.sync();
  } catch (error) {
    // After a failed sync a later one may succeed without these bytes: they must be written anew.
    await file.truncate(size).catch(() => {/* The first error says what happened. */});
    throw error;
  }
}

/** Fails where {@linkcode replaceFile} would for want of permission or room for a name. */
export async function tryReplacement(path: string): Promise<void> {
  const fresh = successorOf(path);
  (await Deno.open(fresh, { write: true, create: true, mode: 0o600 })).close();
  await Deno.remove(fresh);
}

function successorOf(path: string): string {
  return `${path}.new`;
}

/** Puts a file with other contents in the place of the one at the path, in one step. */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const fresh = successorOf(path);
  {
    using file = await Deno.open(fresh, {
      write: true,
      create: true,
      truncate: true,
      mode: 0o600,
    });
    await writeAll(file, bytes);
    await file.sync();
  }
  await Deno.rename(fresh, path);
  await syncFolderOf(path);
}

/** Waits until the folder's entry for a file is on the disk: a new file is lost without it. */
export async function syncFolderOf(path: string): Promise<void> {
  using folder = await Deno.open(dirname(path));
  await folder.sync();
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await file.write(bytes.subarray(written));
  }
}

async function isAt(file: Deno.FsFile, path: string): Promise<boolean> {
  const [open, there] = await Promise.all([file.stat(), statOrNull(path)]);
  return open.dev === there?.dev && open.ino === there.ino;
}

async function statOrNull(path: string): Promise<Deno.FileInfo | null> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
