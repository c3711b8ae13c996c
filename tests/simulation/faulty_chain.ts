/**
 * The simulated chain as one process sees it: through a node that may not answer, lag behind, or
 * be another one at each question.
 *
 * @module
 */

import type { Address, Hex } from "../../domain/address.ts";
import { type Fact, present, unknown, valueOf } from "../../domain/fact.ts";
import { Fault } from "../../domain/fault.ts";
import type { Header } from "../../domain/headers.ts";
import type {
  Chain,
  ChainAnswer,
  ChainQuestion,
  LookedUpTransaction,
  Tip,
} from "../../domain/ports/chain.ts";
import { isHeld, SEND_MEANINGS, type SendAnswer } from "../../domain/send_answer.ts";
import { type ChainMethod, memoryChain } from "../../adapters/memory/mod.ts";
import { decodeTransaction } from "../../adapters/memory/chain_transaction.ts";
import { checkBeforeSend, checkOffer } from "./invariants.ts";
import type { Process } from "./process.ts";
import { headersOf, knownTo, nonceIn, receiptIn, scannedIn } from "./stale_views.ts";
import { type ChainView, deed, type World } from "./world.ts";

/** A node with all that befalls nodes. */
export function faultyChain(world: World, process: Process): Chain {
  const { node } = world;
  const plain = chainWith(unreachable, (answer) => answer);
  const doubted = <T>(fact: Fact<T>): Fact<T> =>
    process.hit("unknown") ? unknown("no answer to this one") : fact;
  return {
    name: plain.name,
    identity: plain.identity,
    health: plain.health,
    feeQuote: plain.feeQuote,
    tip: (wallet) => chainWith<Tip>(unreachable, twistTip(wallet)).tip(wallet),
    observe: (question) =>
      chainWith<ChainAnswer>(() => unknownAnswer(question), twistAnswer(question)).observe(
        question,
      ),
    scan: (wallet, range, signal) =>
      chainWith<ReturnType<typeof scannedIn>>(unreachable, (block) => {
        const view = staleView();
        return view === undefined || block === undefined
          ? block
          : scannedIn(view, wallet, block.header.number) ?? block;
      }).scan(wallet, range, signal),
    transactions: (hashes) =>
      chainWith<readonly Fact<LookedUpTransaction>[]>(
        () => hashes.map(() => unknown("no answer")),
        (facts) => {
          const view = staleView();
          return facts.map((fact) => doubted(view === undefined ? fact : knownTo(view, fact)));
        },
      ).transactions(hashes),
    hasCode: (addresses) =>
      chainWith<readonly Fact<boolean>[]>(
        () => addresses.map(() => unknown("no answer")),
        (facts) => facts.map(doubted),
      ).hasCode(addresses),
    estimateGas: (calls) =>
      chainWith(() => calls.map(() => ({ kind: "unknown", why: "no answer" })), (all) => all)
        .estimateGas(calls),
    broadcast,
    [Symbol.asyncDispose]: plain[Symbol.asyncDispose],
  };

  /** `lost` and `twist` are about the one member that is called then. */
  function chainWith<Answer>(lost: () => Answer, twist: (answer: Answer) => Answer): Chain {
    return memoryChain(node, {
      seam: <T>(method: ChainMethod, effect: () => T) =>
        process.call<T>({
          name: `chain.${method}`,
          writes: false,
          lostRate: process.rates?.nodeLost ?? 0,
          effect: () => twist(effect() as unknown as Answer) as unknown as T,
          lost: () => lost() as unknown as T,
        }),
    });
  }

  function unreachable(): never {
    throw new Fault("chain-unreachable", "The node did not answer");
  }

  function staleView(): ChainView | undefined {
    const [first, ...more] = world.views;
    if (first === undefined || !process.hit("stale")) return undefined;
    // Half of the lagging nodes are on a branch that the others have left, where there is one.
    const [left, ...others] = world.views.filter((view) => !isOnChain(view));
    return left !== undefined && process.random.chance(0.5)
      ? process.random.pick([left, ...others])
      : process.random.pick([first, ...more]);
  }

  function isOnChain(view: ChainView): boolean {
    const header = view.at(-1)?.header;
    return header !== undefined && node.block(header.number)?.header.hash === header.hash;
  }

  function twistTip(wallet: Address): (tip: Tip) => Tip {
    return (tip) => {
      const view = staleView();
      const old = view?.at(-1)?.header;
      const lagging = view === undefined ? tip.latestNonce : nonceIn(view, wallet);
      const stale = process.random.chance(0.5);
      return {
        head: old ?? tip.head,
        latestNonce: doubted(stale ? lagging : tip.latestNonce),
        pendingNonce: doubted(process.hit("stale") ? lagging : tip.pendingNonce),
        balanceWei: doubted(tip.balanceWei),
      };
    };
  }

  function twistAnswer(question: ChainQuestion): (answer: ChainAnswer) => ChainAnswer {
    const { wallet, headers, finalNumber } = question;
    return (answer) => {
      const [headerView, nonceView] = [staleView(), staleView()];
      const receiptView = process.random.chance(0.5) ? headerView : staleView();
      const receipts = [...answer.receipts].map(([hash, fact]) => {
        const seen = receiptView === undefined ? fact : receiptIn(receiptView, hash);
        return [hash, doubted(process.hit("lie") ? { kind: "absent" as const } : seen)] as const;
      });
      return {
        headers: doubted(
          headerView === undefined || headers === null
            ? answer.headers
            : mixed(headersOf(headerView, headers), answer.headers),
        ),
        receipts: new Map(receipts),
        finalNonce: doubted(
          nonceView === undefined ? answer.finalNonce : nonceIn(nonceView, wallet, finalNumber),
        ),
      };
    };
  }

  /** All of one node's headers, or the first of one's and the rest of the other's. */
  function mixed(
    one: Fact<readonly Header[]>,
    other: Fact<readonly Header[]>,
  ): Fact<readonly Header[]> {
    const [first, rest] = [valueOf(one) ?? [], valueOf(other) ?? []];
    if (process.random.chance(0.5) || first.length !== rest.length) return one;
    const count = process.random.int(0, first.length);
    return present([...first.slice(0, count), ...rest.slice(count)]);
  }

  function broadcast(raws: readonly Hex[]): Promise<readonly SendAnswer[]> {
    return process.call<readonly SendAnswer[]>({
      name: "chain.broadcast",
      writes: true,
      lostRate: process.rates?.nodeLost ?? 0,
      effect: () => {
        const arriving = process.hit("unknown") ? process.random.int(0, raws.length) : raws.length;
        return raws.map((raw, index) => index < arriving ? submit(raw) : NO_ANSWER);
      },
      lost: () => raws.map(() => NO_ANSWER),
    });
  }

  function submit(raw: Hex): SendAnswer {
    const transaction = decodeTransaction(raw);
    if (transaction === undefined) throw new Error("What was sent are no bytes of a transaction");
    const { nonce, to, valueWei, hash, fees } = transaction;
    checkOffer(world, fees);
    checkBeforeSend(world, deed(nonce, to, valueWei, hash), process);
    if (process.hit("lie")) return lieAbout({ raw, hash, to });
    return world.submit({ raw, hash, to });
  }

  /** Taken and denied, or not taken and promised. */
  function lieAbout(sent: Parameters<World["submit"]>[0]): SendAnswer {
    const taken = process.random.chance(0.5) && isHeld(world.submit(sent).meaning);
    const promises = !taken && process.random.chance(0.5);
    const meaning = promises ? "accepted" : process.random.pick(SEND_MEANINGS);
    process.log(`the node ${taken ? "took" : "did not take"} ${sent.hash} and says ${meaning}`);
    return { meaning, hash: null, detail: "a lie" };
  }
}

const NO_ANSWER: SendAnswer = { meaning: "unknown", hash: null, detail: "no answer" };

function unknownAnswer({ receipts }: ChainQuestion): ChainAnswer {
  const nobody = unknown("no answer");
  return {
    headers: nobody,
    receipts: new Map(receipts.map((hash) => [hash, nobody])),
    finalNonce: nobody,
  };
}
