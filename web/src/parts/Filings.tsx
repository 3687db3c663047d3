/** What was done with files, and the way back. */

import { useEffect, useState } from "preact/hooks";
import type { Filing, FilingList, Outcome } from "../data/source";
import type { Message } from "../messages";
import { t } from "../messages";
import { attempt, job, live, said, tell } from "../store";
import { Dialog } from "./Dialog";
import { Trash } from "./Trash";

const STATES: Record<Filing["state"], Message> = {
  applying: "filingCutOff",
  done: "filingDone",
  undoing: "filingCutOff",
  undone: "filingUndone",
};

/** Asked for anew whenever a job has ended. */
export function useFilings(): FilingList | null {
  const [found, setFound] = useState<FilingList | null>(null);
  const ended = job.value && job.value.state !== "running" ? job.value.job_id : 0;
  useEffect(() => {
    let isOld = false; // answers may overtake each other
    live.value?.filings().then(
      (list) => isOld || setFound(list),
      (error) => tell(said(error), { isError: true }),
    );
    return () => {
      isOld = true;
    };
  }, [ended]);
  return found;
}

export function Filings() {
  const found = useFilings();
  const [asking, setAsking] = useState<Filing | null>(null);
  if (!found?.filings.length) return null;
  const last = found.filings.find((one) => one.state === "done");
  return (
    <section aria-labelledby="filings" class="filings">
      <h2 id="filings">{t("filings")}</h2>
      <CutOff found={found} />
      {found.last && found.last.n_refused > 0 && <Refused outcome={found.last} />}
      <ol class="lines">
        {found.filings.map((one) => (
          <li key={one.filing} class={one.state}>
            <span class="row">
              <span class="grow">{capital(one.command)}</span>
              {one === last && !isRunning() && (
                <button onClick={() => setAsking(one)}>{t("undo")}</button>
              )}
            </span>
            {one.stuck > 0 && (
              <span class="row">
                <span class="warn grow">{t("stuck", { n: one.stuck })}</span>
                {!isRunning() && (
                  <button onClick={() => void attempt(() => live.value!.undoFiling(one.filing))}>{t("tryAgain")}</button>
                )}
              </span>
            )}
            {one.state === "done" && one !== last && <span class="quiet">{t("undoLater")}</span>}
            <span class="quiet">
              <time dateTime={one.made}>{new Date(one.made).toLocaleString()}</time> ·{" "}
              {t(STATES[one.state])}
              {one.files > 0 && ` · ${t("filesCount", { n: one.files })}`}
            </span>
          </li>
        ))}
      </ol>
      <Trash stamp={found} />
      {asking && <AskUndo filing={asking} onClose={() => setAsking(null)} />}
    </section>
  );
}

/** What was cut off is ended first, one way or the other. */
export function CutOff({ found }: { found: FilingList | null }) {
  const cut = found?.filings.find((one) => one.state === "applying" || one.state === "undoing");
  if (!cut || isRunning()) return null;
  const end = (way: "resume" | "rollback") => void attempt(() => live.value!.endFiling(way));
  return (
    <div class="banner flat" role="alert">
      <p>{t("cutOff", { what: cut.command })}</p>
      <div class="row">
        <button class="primary" onClick={() => end("resume")}>
          {t(cut.state === "undoing" ? "cutOffUndo" : "cutOffResume")}
        </button>
        {cut.state === "applying" && <button onClick={() => end("rollback")}>{t("cutOffBack")}</button>}
      </div>
    </div>
  );
}

export function AskUndo({ filing, onClose }: { filing: Pick<Filing, "filing" | "command" | "files">; onClose: () => void }) {
  const undo = () => {
    onClose();
    void attempt(() => live.value!.undoFiling(filing.filing));
  };
  return (
    <Dialog title={t("askUndo")} onClose={onClose}>
      <p>{t("askUndoWhat", { n: filing.files, what: filing.command })}</p>
      <div class="row">
        <button class="primary" onClick={undo} autoFocus>
          {t("undoFiles", { n: filing.files })}
        </button>
        <button onClick={onClose}>{t("cancel")}</button>
      </div>
    </Dialog>
  );
}

/** Files that were left as they are, each with its reason. */
export function Refused({ outcome }: { outcome: Outcome }) {
  return (
    <details class="listed" open>
      <summary>{t("refused", { n: outcome.n_refused })}</summary>
      <ul class="lines">
        {outcome.refused.map((one) => (
          <li key={one.path}>
            <code>{one.path}</code>
            <span class="quiet">{one.reason}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function isRunning(): boolean {
  return job.value?.state === "running";
}

export function capital(text: string): string {
  return text ? text[0]!.toUpperCase() + text.slice(1) : text;
}
