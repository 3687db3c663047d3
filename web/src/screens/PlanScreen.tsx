/** A plan: what would be done with which files, until somebody says so. */

import { useEffect, useMemo, useState } from "preact/hooks";
import type { Filing, FilingList, Plan } from "../data/source";
import type { Message } from "../messages";
import { t } from "../messages";
import { Dialog } from "../parts/Dialog";
import { baseOf } from "../parts/DuplicateFiles";
import { AskUndo, CutOff, Refused, useFilings } from "../parts/Filings";
import { FolderTree } from "../parts/FolderTree";
import { Icon } from "../parts/Icon";
import { PlanFiles } from "../parts/PlanFiles";
import { size, within } from "../parts/size";
import { grown } from "../parts/tree";
import { linkTo, place } from "../router";
import { attempt, job, live, said } from "../store";

type Kind = NonNullable<Plan["action"]>;
const TITLES: Record<Kind, Message> = {
  copy: "planCopy",
  move: "planMove",
  link: "planLink",
  hardlink: "planHardlink",
  trash: "planTrash",
  replace: "planReplace",
  write: "planWrite",
  "system-trash": "planTrash",
};
const MEANS: Record<Kind, Message> = {
  copy: "meansCopy",
  move: "meansMove",
  link: "meansLink",
  hardlink: "meansHardlink",
  trash: "meansTrash",
  replace: "meansReplace",
  write: "meansWrite",
  "system-trash": "meansSystemTrash",
};
const DID: Record<Kind, Message> = {
  copy: "didCopy",
  move: "didMove",
  link: "didLink",
  hardlink: "didHardlink",
  trash: "didTrash",
  replace: "didReplace",
  write: "didWrite",
  "system-trash": "didTrash",
};

export function PlanScreen() {
  const id = place.value.id;
  const [plan, setPlan] = useState<Plan | null>(null);
  const [problem, setProblem] = useState("");
  const stamp = `${job.value?.job_id}-${job.value?.state}`;
  useEffect(() => {
    let isOld = false; // answers may overtake each other
    live.value?.plan(id).then(
      (found) => isOld || (setPlan(found), setProblem("")),
      (error) => isOld || setProblem(said(error)),
    );
    return () => {
      isOld = true;
    };
  }, [id, stamp]);
  if (problem)
    return (
      <section class="empty" role="alert">
        <p>{problem}</p>
        <a class="button" href={linkTo("tidy")}>{t("tidy")}</a>
      </section>
    );
  if (!plan) return <p class="quiet screen" role="status">{t("loading")}</p>;
  return <Shown plan={plan} />;
}

function Shown({ plan }: { plan: Plan }) {
  const back = plan.kind === "clear" ? "duplicates" : "tidy";
  const filings = useFilings();
  const row = filings?.filings.find((one) => one.filing === plan.outcome?.filing);
  const isBack = row?.state === "undone";
  const undone = isBack && filings?.last?.filing === row.filing ? filings.last : null;
  return (
    <section class="screen plan" aria-labelledby="title">
      <header class="head">
        <a class="tool" href={linkTo(back)} aria-label={t("back")} title={t("back")}>
          <Icon name="back" />
        </a>
        <div class="grow">
          <h1 id="title">{titleOf(plan)}</h1>
          <p class="quiet">{t(isBack ? "planTakenBack" : plan.state === "planned" ? "planWhat" : STATES[plan.state])}</p>
        </div>
        {plan.state === "done" ? <Back row={row} /> : <Apply plan={plan} />}
      </header>
      <Warnings plan={plan} filings={filings} />
      {plan.outcome && plan.outcome.n_refused > 0 && !isBack && <Refused outcome={plan.outcome} />}
      {undone && undone.n_refused > 0 && <Refused outcome={undone} />}
      <div class="columns">
        <Tree plan={plan} />
        <Lists plan={plan} />
      </div>
      <PlanFiles plan={plan} />
    </section>
  );
}

const STATES = {
  running: "planRunning",
  done: "planDone",
  stopped: "planStopped",
  failed: "planFailed",
} as const;

function titleOf(plan: Plan): string {
  if (!plan.action) return t("planEmpty");
  if (plan.outcome) return t(DID[plan.action], { n: plan.outcome.done });
  return inWords(plan, plan.action);
}

function inWords(plan: Plan, action: Kind): string {
  return t(TITLES[action], { n: plan.files, size: size(plan.bytes), to: plan.destination });
}

function Warnings({ plan, filings }: { plan: Plan; filings: FilingList | null }) {
  return (
    <>
      {plan.problems.length > 0 && (
        <div class="banner flat bad" role="alert">
          <b>{t("planProblems")}</b>
          <ul>
            {plan.problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </div>
      )}
      {plan.state === "failed" && <p class="banner flat bad" role="alert">{plan.message}</p>}
      {plan.is_old && plan.state === "planned" && <p class="banner flat">{t("planOld")}</p>}
      <CutOff found={filings} />
    </>
  );
}

function Apply({ plan }: { plan: Plan }) {
  const [isAsking, setAsking] = useState(false);
  const isOff =
    !plan.files || plan.problems.length > 0 || job.value?.state === "running" || plan.state === "stopped";
  const apply = () => {
    setAsking(false);
    void attempt(() => live.value!.apply(plan.plan));
  };
  return (
    <>
      <button class="primary" disabled={isOff} onClick={() => setAsking(true)}>
        {t("apply")}
      </button>
      {isAsking && plan.action && (
        <Dialog title={t("askApply")} onClose={() => setAsking(false)}>
          <p>
            <b>{inWords(plan, plan.action)}.</b>
          </p>
          <p>{t(MEANS[plan.action])}</p>
          {plan.notes.map((note) => (
            <p key={note} class="quiet">{note}</p>
          ))}
          {plan.n_left > 0 && <p class="quiet">{t("planLeft", { n: plan.n_left })}.</p>}
          <div class="row">
            <button class="primary" autoFocus onClick={apply}>
              {t("applyNow", { n: plan.files })}
            </button>
            <button onClick={() => setAsking(false)}>{t("cancel")}</button>
          </div>
        </Dialog>
      )}
    </>
  );
}

/** After it was applied: the way back, as long as that is what was done last. */
function Back({ row }: { row: Filing | undefined }) {
  const [isAsking, setAsking] = useState(false);
  if (!row) return null;
  if (row.state === "undone") return <b class="quiet">{t("filingUndone")}</b>;
  return (
    <>
      <button disabled={job.value?.state === "running"} onClick={() => setAsking(true)}>
        {t("undo")}
      </button>
      {isAsking && <AskUndo filing={row} onClose={() => setAsking(false)} />}
    </>
  );
}

function Tree({ plan }: { plan: Plan }) {
  const branches = useMemo(() => {
    const base = baseOf();
    return grown(
      plan.folders.map((one) => ({ ...one, path: plan.is_from ? within(one.path, base) : one.path })),
    );
  }, [plan.plan, plan.folders.length]);
  if (!plan.files) return null;
  const title = plan.is_from ? t("planFrom", { folder: baseOf() }) : t("planTo", { folder: plan.destination });
  return (
    <section aria-labelledby="tree">
      <h2 id="tree">{title}</h2>
      <FolderTree branches={branches} label={title} />
      {plan.n_folders > plan.folders.length && (
        <p class="quiet">{t("andMore", { n: plan.n_folders - plan.folders.length })}</p>
      )}
    </section>
  );
}

function Lists({ plan }: { plan: Plan }) {
  if (!plan.n_renamed && !plan.n_left && !plan.notes.length) return null;
  return (
    <section class="lists" aria-label={t("planLists")}>
      {plan.notes.map((note) => (
        <p key={note} class="quiet">
          {note}
        </p>
      ))}
      <Listed title={t("planRenamed", { n: plan.n_renamed })} what={t("planRenamedWhat")} n={plan.n_renamed} rows={plan.renamed.map((one) => [one.path, one.name])} />
      <Listed title={t("planLeft", { n: plan.n_left })} what={t("planLeftWhat")} n={plan.n_left} rows={plan.left.map((one) => [one.path, one.reason])} />
    </section>
  );
}

function Listed({ title, what, n, rows }: { title: string; what: string; n: number; rows: [string, string][] }) {
  if (!n) return null;
  return (
    <details class="listed" open={n <= 10}>
      <summary>{title}</summary>
      <p class="quiet">{what}</p>
      <ul class="lines">
        {rows.map(([path, words]) => (
          <li key={path}>
            <code>{within(path, baseOf())}</code>
            <span class="quiet">{words}</span>
          </li>
        ))}
      </ul>
      {n > rows.length && <p class="quiet">{t("andMore", { n: n - rows.length })}</p>}
    </details>
  );
}
