/**
 * Whoever signs for the pool, as one process sees it.
 *
 * @module
 */

import type { Address } from "../../domain/address.ts";
import { Fault } from "../../domain/fault.ts";
import type { BytesSigner, SendingSigner, Signer } from "../../domain/ports/signer.ts";
import type { SendAnswer } from "../../domain/send_answer.ts";
import { memorySigner } from "../../adapters/memory/mod.ts";
import { encodeTransaction } from "../../adapters/memory/chain_transaction.ts";
import { checkBeforeSend, checkOffer } from "./invariants.ts";
import { WALLET } from "./payees.ts";
import type { Process } from "./process.ts";
import { deed, type World } from "./world.ts";

/** The signer of a scenario. */
export function faultySigner(world: World, process: Process): Signer {
  return world.scenario.nodeSigns ? nodeAccount(world, process) : bytesSigner(world, process);
}

/** A key that is out of reach now and then. */
function bytesSigner(world: World, process: Process): BytesSigner {
  return memorySigner(WALLET, (method, effect) =>
    process.call({
      name: `signer.${method}`,
      writes: false,
      lostRate: process.rates?.refuse ?? 0,
      effect: () => {
        const answer = effect();
        if (Array.isArray(answer)) { for (const { hash } of answer) world.signed.add(hash); }
        return answer;
      },
      lost: () => {
        throw new Fault("signer", "The signer does not answer");
      },
    }));
}

/** A node that signs and sends in one step, and keeps the bytes to itself. */
function nodeAccount(world: World, process: Process): SendingSigner {
  return {
    kind: "sends",
    name: "an account of the node",
    address: () =>
      process.call<Address>({
        name: "signer.address",
        writes: false,
        lostRate: 0,
        effect: () => WALLET,
        lost: () => WALLET,
      }),
    send: (request) =>
      process.call<SendAnswer>({
        name: "signer.send",
        writes: true,
        lostRate: 3 * (process.rates?.nodeLost ?? 0),
        effect: () => {
          const { raw, hash } = encodeTransaction({ ...request, data: "0x" as typeof raw });
          checkBeforeSend(world, deed(request.nonce, request.to, request.valueWei, null), process);
          checkOffer(world, request.fees);
          world.signed.add(hash);
          return world.submit({ raw, hash, to: request.to });
        },
        lost: () => ({ meaning: "unknown", hash: null, detail: "no answer" }),
      }),
  };
}
