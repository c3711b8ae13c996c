import { strictEqual } from "node:assert/strict";
import { ABSENT, present, unknown, valueOf } from "../../domain/fact.ts";
import { pureTest } from "./pure.ts";

pureTest("valueOf() is what is known to be there", () => {
  strictEqual(valueOf(present(7)), 7);
  strictEqual(valueOf(present(0)), 0);
});

pureTest("valueOf() has no value for absent, unknown and never asked", () => {
  for (const fact of [ABSENT, unknown("a time-out"), undefined]) {
    strictEqual(valueOf(fact), undefined);
  }
});
