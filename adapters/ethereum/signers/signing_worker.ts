/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/**
 * Signs on a thread of its own. Started by `SigningThread`, and by nothing else.
 *
 * @module
 */

import { SigningKey } from "ethers/crypto";
import { signTransfer } from "./sign_transfer.ts";
import type { FromThread, ToThread } from "./signing_messages.ts";

let key: SigningKey | undefined;

self.onmessage = ({ data }: MessageEvent<ToThread>) => {
  if (data.kind === "key") {
    key = new SigningKey(data.key);
    return tell({ kind: "ready" });
  }
  if (key === undefined) throw new Error("Cannot sign without a key");
  const owner = key;
  const transfers = data.requests.map((request) => signTransfer(owner, request));
  tell({ kind: "signed", id: data.id, transfers });
};

function tell(message: FromThread): void {
  self.postMessage(message);
}
