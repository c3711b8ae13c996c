import { deepStrictEqual } from "node:assert/strict";
import { isHeld, isRefusal, SEND_MEANINGS } from "../../domain/send_answer.ts";
import { pureTest } from "./pure.ts";

pureTest("isHeld() is said only of what the node has", () => {
  deepStrictEqual(SEND_MEANINGS.filter(isHeld), ["accepted", "known"]);
});

pureTest("isRefusal() leaves price, funds, a full pool and the unknown alone", () => {
  deepStrictEqual(SEND_MEANINGS.filter(isRefusal), ["fee-cap", "fatal", "refused"]);
});
