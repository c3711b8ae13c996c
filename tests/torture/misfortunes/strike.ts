/**
 * Every misfortune by its kind.
 *
 * @module
 */

import type { Scene } from "../scene.ts";
import type { Misfortune } from "../schedule.ts";
import { frozenRun } from "./frozen_run.ts";
import { frozenServer } from "./frozen_server.ts";
import { journalDamaged } from "./journal_damaged.ts";
import { kill } from "./kill.ts";
import { lateWrite } from "./late_write.ts";
import { nodeCut } from "./node_cut.ts";
import { nodeRestarted } from "./node_restarted.ts";
import { redisCut } from "./redis_cut.ts";
import { redisKilled } from "./redis_killed.ts";
import { redisRestored } from "./redis_restored.ts";
import { reorg } from "./reorg.ts";
import { twoRuns } from "./two_runs.ts";

/** Starts a run, lets a misfortune happen to it, and waits for its end. */
export function strike(scene: Scene, misfortune: Misfortune): Promise<void> {
  switch (misfortune.kind) {
    case "kill":
      return kill(scene, misfortune);
    case "frozen-run":
      return frozenRun(scene, misfortune);
    case "two-runs":
      return twoRuns(scene, misfortune);
    case "redis-cut":
      return redisCut(scene, misfortune);
    case "late-write":
      return lateWrite(scene, misfortune);
    case "node-cut":
      return nodeCut(scene, misfortune);
    case "redis-killed":
      return redisKilled(scene, misfortune);
    case "redis-restored":
      return redisRestored(scene, misfortune);
    case "node-restarted":
      return nodeRestarted(scene, misfortune);
    case "redis-frozen":
    case "node-frozen":
      return frozenServer(scene, misfortune);
    case "reorg":
      return reorg(scene, misfortune);
    case "journal-damaged":
      return journalDamaged(scene, misfortune);
    default:
      return misfortune satisfies never;
  }
}
