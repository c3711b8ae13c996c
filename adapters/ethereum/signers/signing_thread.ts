/**
 * A thread that signs beside this one.
 *
 * @module
 */

import { Fault } from "../../../domain/fault.ts";
import type { SignedTransfer, TransferRequest } from "../../../domain/ports/signer.ts";
import type { FromThread, ToThread } from "./signing_messages.ts";

/** The folder of everything that the thread loads, but for packages. */
const FOLDER = new URL(".", import.meta.url);

/** What the thread runs. */
const SCRIPT = import.meta.resolve("./signing_worker.ts");

/** Somebody who waits for signatures. */
type Waiting = PromiseWithResolvers<readonly SignedTransfer[]>;

/** Signs on a thread of its own, from its start until it is disposed of. */
export class SigningThread implements Disposable {
  readonly #name: string;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #state: "starting" | "ready" | "ended" = "starting";
  #nextId = 0;

  /** Starts the thread and gives it the key, which goes nowhere else. */
  constructor(key: string, name: string, script = SCRIPT) {
    this.#name = name;
    this.#worker = new Worker(script, { type: "module", name: "signing" });
    this.#worker.onmessage = ({ data }: MessageEvent<FromThread>) => this.#hear(data);
    this.#worker.onerror = (event) => {
      event.preventDefault(); // Whoever waits for a signature gets it.
      this.#end();
    };
    this.#tell({ kind: "key", key });
  }

  /** Whether this process may start one: Deno reads a thread's files by the process's permissions. */
  static isAllowed(): boolean {
    if (FOLDER.protocol !== "file:") return false;
    return Deno.permissions.querySync({ name: "read", path: FOLDER }).state === "granted";
  }

  /** Whether it signs at once; it takes a while to start. */
  get isReady(): boolean {
    return this.#state === "ready";
  }

  /** Signs, in order. @throws {Fault} `signer` when the thread ends before it is done. */
  sign(requests: readonly TransferRequest[]): Promise<readonly SignedTransfer[]> {
    const waiting: Waiting = Promise.withResolvers();
    if (this.#state === "ended") waiting.reject(this.#lost());
    else {
      const id = this.#nextId++;
      this.#waiting.set(id, waiting);
      this.#tell({ kind: "sign", id, requests });
    }
    return waiting.promise;
  }

  /** Ends the thread at once; what it was to sign is not signed. */
  [Symbol.dispose](): void {
    this.#worker.terminate();
    this.#end();
  }

  #tell(message: ToThread): void {
    this.#worker.postMessage(message);
  }

  #hear(message: FromThread): void {
    if (message.kind === "ready") {
      this.#state = "ready";
      return;
    }
    this.#waiting.get(message.id)?.resolve(message.transfers);
    this.#waiting.delete(message.id);
  }

  #end(): void {
    this.#state = "ended";
    for (const { reject } of this.#waiting.values()) reject(this.#lost());
    this.#waiting.clear();
  }

  #lost(): Fault {
    return new Fault("signer", `Cannot sign with ${this.#name}: the thread that signs has ended`);
  }
}
