/**
 * Demands on the errors of the program.
 *
 * @module
 */

import { match, strictEqual } from "node:assert/strict";
import { Fault, type FaultKind } from "../../domain/fault.ts";

/** For `rejects`: a fault of this kind, with this in its message. */
export function isFault(kind: FaultKind, message: RegExp | string = ""): (error: unknown) => true {
  return (error) => {
    if (!(error instanceof Fault)) throw error;
    strictEqual(error.kind, kind);
    if (typeof message === "string") {
      strictEqual(error.message.includes(message), true, error.message);
    } else match(error.message, message);
    return true;
  };
}
