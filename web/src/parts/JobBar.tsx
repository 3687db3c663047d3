/** What takes long, how far it is, and a way to stop it. */

import type { Message } from "../messages";
import { t } from "../messages";
import type { Job } from "../data/source";
import { attempt, job, live } from "../store";

const KNOWN = new Set(["wait", "scan", "read", "reduce", "neighbors", "cluster", "layout", "look", "compare", "file", "check"]);

export function JobBar() {
  const now = job.value;
  if (!now || now.state !== "running") return null;
  return (
    <div class="job" role="status">
      <span>{inWords(now)}</span>
      {now.total ? <progress value={now.done} max={now.total} aria-label={stage(now)} /> : <progress aria-label={stage(now)} />}
      <button onClick={() => void attempt(() => live.value!.stop(now.job_id))}>{t("stop")}</button>
    </div>
  );
}

function stage(now: Job): string {
  return KNOWN.has(now.stage) ? t(`stage_${now.stage}` as Message) : now.stage;
}

function inWords(now: Job): string {
  if (!now.total || now.total <= 1) return t("workingOpen", { stage: stage(now) });
  return t("working", { stage: stage(now), done: now.done, total: now.total });
}
