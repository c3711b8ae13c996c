/**
 * A schedule in words.
 *
 * @module
 */

import type { Misfortune, Moment, RoundPlan, WayOut } from "./schedule.ts";

/** A round in one line, from 1 on as people count. */
export function describeRound(plan: RoundPlan): string {
  const { index, payees, window, bumpAfter, late, meetsLease } = plan;
  return [
    `round ${index + 1}: ${payees} payees, window ${window}, bumped after ${bumpAfter} blocks`,
    ...(late === null ? [] : [`${late.payees} more payees at ${momentText(late.at)}`]),
    ...(meetsLease ? ["leases of dead runs are waited for"] : []),
    ...plan.misfortunes.map(describeMisfortune),
  ].join("; ");
}

/** A misfortune in words. */
export function describeMisfortune(misfortune: Misfortune): string {
  const { kind } = misfortune;
  switch (kind) {
    case "kill":
      return `killed ${misfortune.isUnsaid ? "before" : "at"} ${momentText(misfortune.at)}`;
    case "frozen-run": {
      const { at, thawAt } = misfortune;
      const until = thawAt === null ? "has ended" : `is at ${momentText(thawAt)}`;
      return `frozen at ${momentText(at)} until another run ${until}`;
    }
    case "two-runs":
      return `another run after ${misfortune.afterMs} ms`;
    case "redis-cut": {
      const { nth, how } = misfortune;
      return `link to Redis cut at exec ${nth}, ` +
        (typeof how === "string" ? how : `which arrives ${how.lateMs} ms late`);
    }
    case "late-write": {
      const { nth, arrivesAt } = misfortune;
      return `killed at exec ${nth}, which arrives when the next run is at ${
        momentText(arrivesAt)
      }`;
    }
    case "node-cut":
      return `link to the node cut at ${misfortune.sign} ${misfortune.nth}, ${misfortune.how}`;
    case "redis-killed":
      return `Redis killed at ${momentText(misfortune.at)}`;
    case "redis-restored": {
      const { from, at, killsRun, wayOut } = misfortune;
      const back = from === null ? "before the run" : `exec ${from}`;
      return `Redis goes back to ${back} at exec ${at}${
        killsRun ? ", and the run is killed" : ""
      }` +
        wayOutText(wayOut);
    }
    case "redis-frozen":
      return `Redis frozen at ${momentText(misfortune.at)} for ${misfortune.forMs} ms`;
    case "node-restarted":
      return `node restarted at ${momentText(misfortune.at)}`;
    case "node-frozen":
      return `node frozen at ${momentText(misfortune.at)} for ${misfortune.forMs} ms`;
    case "reorg":
      return `${misfortune.depth} blocks replaced at ${momentText(misfortune.at)}`;
    case "journal-damaged":
      return `killed at ${momentText(misfortune.at)}, and the local journal is ${misfortune.how}`;
    default:
      return kind satisfies never;
  }
}

function wayOutText(wayOut: WayOut): string {
  if (wayOut.kind === "newest") return ", the newer data are brought back";
  const { hasJournal, killedAt } = wayOut;
  return `${hasJournal ? "" : ", the local journal is gone"}, resolve` +
    (killedAt === null ? "" : ` killed at ${momentText(killedAt)}`);
}

function momentText({ sign, nth, afterMs }: Moment): string {
  return `${sign} ${nth}${afterMs === 0 ? "" : ` + ${afterMs} ms`}`;
}
