/**
 * What becomes of a request in the wire, for contracts that cut the link at each point of a call.
 *
 * @module
 */

import { ok } from "node:assert/strict";
import { type Held, type Intercepted, type LinkProxy, nthRequest } from "../support/tcp_proxy.ts";

/** Every way in which a request goes wrong. */
export const CUTS = [
  /** The other side never sees it; the link breaks. */
  "is lost",
  /** It is carried out, and its answer is lost with the link. */
  "is carried out, its answer lost",
  /** It is carried out, and the link breaks in the middle of its answer. */
  "is carried out, its answer cut off",
  /** It is carried out, nothing is ever answered, and the link stays. */
  "is never answered",
  /** The link breaks, and the request arrives when the call has ended. */
  "arrives late",
  /** As above, and nobody gets through any more until the call has ended. */
  "is lost for good",
  "is carried out, its answer lost for good",
] as const;

/** One way in which a request goes wrong. */
export type Cut = typeof CUTS[number];

/** A cut that lies in wait for its request, until the link is mended. */
export interface ArmedCut extends AsyncDisposable {
  /** Whether the call has come to its request. */
  readonly hasStruck: () => boolean;
  /** Makes the link whole again. What was in the wire has arrived when this resolves. */
  mend(): Promise<void>;
}

/** Whether everything that comes after the request gets through. */
export function isForGood(cut: Cut): boolean {
  return cut.endsWith("for good");
}

/** Cuts the n-th request from now on; the first is number 0. */
export function armCut(proxy: LinkProxy, cut: Cut, nth: number): ArmedCut {
  let struck = false;
  let isOver = false;
  let late: Held | undefined;
  const done = proxy.intercept(nthRequest(nth)).then(async (request) => {
    if (isOver) return request.pass();
    struck = true;
    if (isForGood(cut)) proxy.goDown();
    late = await strike(request, cut);
  });
  async function mend(): Promise<void> {
    if (isOver) return;
    isOver = true;
    if (struck) await done;
    await late?.deliver();
    proxy.comeUp();
  }
  return { hasStruck: () => struck, mend, [Symbol.asyncDispose]: mend };
}

async function strike(request: Intercepted, cut: Cut): Promise<Held | undefined> {
  switch (cut) {
    case "is lost":
    case "is lost for good":
      request.cutBefore();
      return undefined;
    case "is carried out, its answer lost":
    case "is carried out, its answer lost for good":
      await request.cutAfter();
      return undefined;
    case "is carried out, its answer cut off":
      await request.cutWithinAnswer();
      return undefined;
    case "is never answered":
      request.silence();
      return undefined;
    case "arrives late":
      return request.hold();
    default:
      return cut satisfies never;
  }
}

/** How long an answer may take where one will come, in milliseconds. */
const PATIENT_MS = 20_000;

/** The same where none will come: how long the test waits each time. */
const SHORT_MS: readonly number[] = [250, 2_000, PATIENT_MS];

/** How many requests a call makes at the most. */
const MAX_POINTS = 40;

/** One request of a call, and how it goes wrong. */
export interface CutPoint {
  readonly cut: Cut;
  /** Which request of the call, from 0 on. */
  readonly nth: number;
  /** How long the call may wait for an answer. */
  readonly timeoutMs: number;
}

/**
 * Cuts a call at one of its requests after the other, until it makes no so many: `tryPoint` says
 * whether the request was made. Answers how many were.
 */
export async function cutAtEachRequest(
  cut: Cut,
  tryPoint: (point: CutPoint) => Promise<boolean>,
): Promise<number> {
  let nth = 0;
  while (await withTimeout(cut, (timeoutMs) => tryPoint({ cut, nth, timeoutMs }))) {
    ok(++nth < MAX_POINTS, "it has no end");
  }
  ok(nth > 0, "it needs no request");
  return nth;
}

/**
 * Tries one point, with a time-out that a silent request does not take long to reach. Where that was
 * too short for a busy machine's answers, the point is tried again with a longer one.
 */
async function withTimeout<T>(
  cut: Cut,
  tryPoint: (timeoutMs: number) => Promise<T>,
): Promise<T> {
  if (cut === "is never answered") {
    for (const timeoutMs of SHORT_MS.slice(0, -1)) {
      try {
        return await tryPoint(timeoutMs);
      } catch {
        // The last try tells.
      }
    }
  }
  return await tryPoint(PATIENT_MS);
}

/** What came of a call. */
export type Told<T> = { readonly answer: T } | { readonly error: unknown };

/** Waits for a call, whatever comes of it. */
export async function toldBy<T>(call: () => Promise<T>): Promise<Told<T>> {
  try {
    return { answer: await call() };
  } catch (error) {
    return { error };
  }
}
