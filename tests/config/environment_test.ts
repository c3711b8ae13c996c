import assert from "node:assert/strict";
import { expandEnvironment } from "../../app/config/environment.ts";
import type { JsonObject } from "../../app/config/json_object.ts";

const VARIABLES = new Map([["A", "one"], ["B_2", "${A}"], ["EMPTY", ""]]);

function expand(config: JsonObject): ReturnType<typeof expandEnvironment> {
  return expandEnvironment(config, (name) => VARIABLES.get(name));
}

Deno.test("expandEnvironment() expands names in texts, once", () => {
  const table: [text: string, expanded: string][] = [
    ["${A}", "one"],
    ["x${A}y${A}z", "xoneyonez"],
    ["${B_2}", "${A}"],
    ["${EMPTY}", ""],
    ["$A $ {A} A}", "$A $ {A} A}"],
    ["$${A}", "${A}"],
    ["pa$$word", "pa$$word"],
  ];
  for (const [text, expanded] of table) {
    assert.deepEqual(expand({ text }), { value: { text: expanded }, problems: [] });
  }
});

Deno.test("expandEnvironment() names the place of what is not set", () => {
  const { problems } = expand({
    payouts: { signer: { file: "${HOME}/${NO}" }, address: "${a-b}" },
  });
  const message = "expected ${NAME} of an environment variable; a plain ${ is written $${";
  assert.deepEqual(problems, [
    { path: "payouts.signer.file", message: "the environment variable HOME is not set" },
    { path: "payouts.signer.file", message: "the environment variable NO is not set" },
    { path: "payouts.address", message },
  ]);
});

Deno.test("expandEnvironment() leaves everything else as it is", () => {
  const config = JSON.parse('{"list": ["${A}"], "__proto__": {"n": 1}, "deep": {"er": {"x": {}}}}');
  assert.deepEqual(expand(config), { value: config, problems: [] });
});
