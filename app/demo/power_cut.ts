/**
 * A crash that can be had at will: the machine of a run loses its power halfway through a broadcast.
 *
 * @module
 */

import { awaitAround, type Seam } from "../../adapters/memory/chain_seam.ts";
import type { Chain } from "../../domain/ports/chain.ts";
import type { Reporter } from "../../domain/ports/reporter.ts";

/** The power of one machine. Once it is cut, nothing that ran there reaches anything any more. */
export class Power {
  #isCut = false;

  /** The way to a ledger: whatever a dead run still tries, even to release its lock, fails. */
  readonly seam: Seam<unknown> = async (method, effect) => {
    if (this.#isCut) throw new PowerCut();
    return await awaitAround(method, effect);
  };

  /** Cuts it. @throws {PowerCut} always: whoever did this is dead too. */
  cut(): never {
    this.#isCut = true;
    throw new PowerCut();
  }

  /** A reporter that falls silent with the machine. */
  mutes(report: Reporter): Reporter {
    return (event) => {
      if (!this.#isCut) report(event);
    };
  }

  /**
   * A chain that is cut off halfway through a broadcast, the first one for which `when` says so.
   * Half of it reaches the node; the run learns nothing of either half.
   */
  cutsOff(chain: Chain, { when }: { readonly when: () => boolean }): Chain {
    const broadcast: Chain["broadcast"] = async (raws) => {
      if (raws.length === 0 || !when()) return await chain.broadcast(raws);
      await chain.broadcast(raws.slice(0, Math.floor(raws.length / 2)));
      return this.cut();
    };
    return new Proxy(chain, {
      get(target, name) {
        if (name === "broadcast") return broadcast;
        const member = Reflect.get(target, name);
        return typeof member === "function" ? member.bind(target) : member;
      },
    });
  }
}

/** What a run dies of in the demo. */
export class PowerCut extends Error {
  override name = "PowerCut";

  /** Says that the machine has no power. */
  constructor() {
    super("the machine lost its power");
  }
}
