/**
 * Moments of a run, told by what passes through the proxies.
 *
 * @module
 */

import type { Intercepted, TcpProxy } from "../support/tcp_proxy.ts";
import type { Moment, Sign } from "./schedule.ts";

/** The program's ways out, each through a proxy. */
export interface Links {
  readonly redis: TcpProxy;
  readonly node: TcpProxy;
}

/** A request of each sign: where it passes, and what is in it. */
const SIGNS: Readonly<Record<Sign, { readonly link: keyof Links; readonly text: string }>> = {
  redis: { link: "redis", text: "" },
  node: { link: "node", text: "POST " },
  exec: { link: "redis", text: "EXEC" },
  send: { link: "node", text: "eth_sendRawTransaction" },
};

/** Stops the n-th request of a sign from now on. It waits as long as `isOver` does not say so. */
export function intercept(
  links: Links,
  { sign, nth }: Pick<Moment, "sign" | "nth">,
  isOver: () => boolean,
): Promise<Intercepted> {
  const { link, text } = SIGNS[sign];
  let seen = 0;
  return links[link].intercept((request) => !isOver() && request.includes(text) && ++seen === nth);
}

/** Waits. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
