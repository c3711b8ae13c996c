import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { getAddress } from "ethers/address";
import fc from "fast-check";
import { isHash, parseAddress } from "../../domain/address.ts";
import { anyAddress, anyHash } from "./arbitraries.ts";
import { pureTest } from "./pure.ts";

/** The examples of EIP-55. */
const VECTORS = [
  "0x52908400098527886E0F7030069857D2E4169EE7",
  "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
  "0xde709f2102306220921060314715629080e2fb77",
  "0x27b1fdb04752bbc536007a920d24acb045561c26",
  "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
  "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
  "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
  "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
];

pureTest("parseAddress() takes the examples of EIP-55", () => {
  for (const text of VECTORS) {
    deepStrictEqual(parseAddress(text, getAddress), { address: text.toLowerCase() });
  }
});

pureTest("parseAddress() takes all-lower and all-upper spellings, with 0x or 0X", () => {
  fc.assert(fc.property(anyAddress, (address) => {
    const digits = address.slice(2);
    for (const text of [address, `0X${digits}`, `0x${digits.toUpperCase()}`]) {
      deepStrictEqual(parseAddress(text, getAddress), { address });
    }
  }));
});

pureTest("parseAddress() takes a mixed spelling only with the right checksum", () => {
  fc.assert(fc.property(anyAddress, fc.nat({ max: 39 }), (address, place) => {
    const right = getAddress(address).slice(2);
    const letter = right.charAt(place);
    const other = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
    const wrong = right.slice(0, place) + other + right.slice(place + 1);
    deepStrictEqual(parseAddress(`0x${right}`, getAddress), { address });
    deepStrictEqual(parseAddress(`0X${right}`, getAddress), { address });
    const mixed = /[a-f]/.test(wrong) && /[A-F]/.test(wrong) && wrong !== right;
    deepStrictEqual(
      parseAddress(`0x${wrong}`, getAddress),
      mixed ? { fault: "bad-checksum" } : { address },
    );
  }));
});

pureTest("parseAddress() refuses what is no address, and asks nobody", () => {
  const digits = "ab".repeat(20);
  const texts = [
    "",
    "0x",
    "worker-7",
    digits,
    `0x${digits}0`,
    `0x${digits.slice(1)}`,
    `x${digits}`,
  ];
  texts.push(
    `0x${digits.slice(1)}g`,
    ` 0x${digits}`,
    `0x${digits}\n`,
    `0x${digits}.rig1`,
    `00${digits}`,
  );
  for (const text of texts) {
    deepStrictEqual(
      parseAddress(text, refuseToAnswer),
      { fault: "no-address" },
      JSON.stringify(text),
    );
  }
});

pureTest("isHash() takes hashes as the chain writes them", () => {
  fc.assert(fc.property(anyHash, (hash) => isHash(hash)));
  const hash = `0x${"ab".repeat(32)}`;
  ok(isHash(hash));
  for (
    const other of [hash.toUpperCase(), hash.slice(2), `${hash}0`, `${hash}\n`, "", null, 7, [hash]]
  ) {
    strictEqual(isHash(other), false, String(other));
  }
});

function refuseToAnswer(): never {
  throw new Error("the checksum of what is no address was asked for");
}
