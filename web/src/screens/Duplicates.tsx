/** Files of which one is enough: looked through by kind, decided on, and nothing done yet. */

import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { Decisions } from "../data/decisions";
import {
  UNDECIDED, accept, asked, decide, decisionOf, proposal, sumOf, undecide, withKeeper, withStay,
} from "../data/decisions";
import { Review } from "../data/review";
import type { ClearAsked, DuplicateGroup, DuplicateKind } from "../data/source";
import type { Message } from "../messages";
import { t } from "../messages";
import type { View } from "../parts/Compare";
import { Compare } from "../parts/Compare";
import { DuplicateFiles, baseOf } from "../parts/DuplicateFiles";
import { FindDuplicates } from "../parts/FindDuplicates";
import { Icon } from "../parts/Icon";
import { useKeys } from "../parts/keys";
import { size } from "../parts/size";
import { go, linkTo } from "../router";
import { attempt, job, live, said, source, tell } from "../store";

const review = new Review((kind, offset, n) => live.value!.duplicates(kind, offset, n));
const how = signal<ClearAsked["how"]>("trash");
const to = signal<string | null>(null);
const view = signal<View>("beside");
const KINDS: Record<DuplicateKind, { title: Message; what: Message }> = {
  identical: { title: "kindIdentical", what: "kindIdenticalWhat" },
  same: { title: "kindSame", what: "kindSameWhat" },
  edited: { title: "kindEdited", what: "kindEditedWhat" },
  burst: { title: "kindBurst", what: "kindBurstWhat" },
};
const WAYS: Record<NonNullable<ClearAsked["how"]>, Message> = {
  trash: "howTrash",
  move: "howMove",
  hardlink: "howHardlink",
};

export function Duplicates() {
  const [isAgain, setAgain] = useState(false);
  const ended = job.value && job.value.state !== "running" ? job.value.job_id : 0;
  useEffect(() => {
    review.load().then(
      () => setAgain(false),
      (error) => tell(said(error), { isError: true }),
    );
  }, [ended]);
  const head = review.head.value;
  if (!head) return <p class="quiet screen" role="status">{t("loading")}</p>;
  if (!head.found || isAgain)
    return <FindDuplicates isFirst={!head.found} onCancel={() => setAgain(false)} />;
  return (
    <section class="screen duplicates" aria-labelledby="title">
      <header class="head">
        <div>
          <h1 id="title">{t("duplicates")}</h1>
          <p class="quiet">
            {t("duplicatesOf", { n: head.images })}
            {head.by_hash_only > 0 && ` ${t("byHashOnly", { n: head.by_hash_only })}`}
          </p>
        </div>
        <button onClick={() => setAgain(true)}>{t("findAgain")}</button>
      </header>
      {head.protected.length > 0 && (
        <p class="guarded">
          <Icon name="lock" /> {t("protectedFolders", { folders: head.protected.join(", ") })}
        </p>
      )}
      {head.kinds.every((one) => !one.groups) ? (
        <p class="banner flat">{t("noDuplicates")}</p>
      ) : (
        <>
          <Tabs />
          <Groups />
          <Bar />
        </>
      )}
    </section>
  );
}

function Tabs() {
  const kinds = review.head.value!.kinds;
  const now = review.kind.value;
  const count = kinds.find((one) => one.kind === now)!;
  const isAll = review.decisions.value.kinds.has(now);
  return (
    <div class="kinds">
      <div class="tabs" role="group" aria-label={t("byKind")}>
        {kinds.map((one) => (
          <button
            key={one.kind}
            aria-pressed={one.kind === now}
            disabled={!one.groups}
            onClick={() => void attemptShow(one.kind)}
          >
            {t(KINDS[one.kind].title)} <span class="count">{one.groups.toLocaleString()}</span>
          </button>
        ))}
      </div>
      <p class="quiet">{t(KINDS[now].what)}</p>
      <button
        aria-pressed={isAll}
        onClick={() => change((all) => accept(all, now, !isAll))}
        title={t("allProposedWhat")}
      >
        {t("allProposed", { n: count.groups, size: size(count.bytes) })}
      </button>
    </div>
  );
}

async function attemptShow(kind: DuplicateKind): Promise<void> {
  try {
    await review.show(kind);
  } catch (error) {
    tell(said(error), { isError: true });
  }
}

function change(what: (all: Decisions) => Decisions): void {
  review.decisions.value = what(review.decisions.value);
}

function step(by: number): void {
  review.go(review.at.value + by).catch((error) => tell(said(error), { isError: true }));
}

/** Decide, and go on to the next. */
function settle(what: (all: Decisions) => Decisions): void {
  change(what);
  step(1);
}

function Groups() {
  const group = review.groups.value[review.at.value];
  useKeys({
    k: () => group && settle((all) => decide(all, group, proposal(group))),
    x: () => group && settle((all) => decide(all, group, "leave")),
    u: () => group && change((all) => undecide(all, group)),
    ArrowRight: () => step(1),
    ArrowLeft: () => step(-1),
    ...Object.fromEntries(
      (group?.files ?? []).slice(0, 9).map((file, i) => [
        String(i + 1),
        () => settle((all) => withKeeper(all, group!, file.place)),
      ]),
    ),
  });
  return (
    <div class="review">
      <List />
      {group && <One key={`${review.head.value!.found}-${group.group}`} group={group} />}
    </div>
  );
}

/** All groups of the kind, with what was decided of each. */
function List() {
  const { groups, at, decisions } = review;
  useEffect(() => {
    document.querySelector(".pile li[aria-current]")?.scrollIntoView({ block: "nearest" });
  }, [at.value]);
  return (
    <nav class="pile" aria-label={t("groupsOfKind")}>
      <ul>
        {groups.value.map((group, i) => {
          const state = stateOf(decisions.value, group);
          return (
            <li key={group.group} class={state} aria-current={i === at.value ? "true" : undefined}>
              <button onClick={() => void review.go(i)} tabIndex={i === at.value ? 0 : -1}>
                <img src={source.value.thumb(group.files[0]!.key, 96)} alt="" loading="lazy" />
                <span class="what">
                  <span>{group.files[0]!.name}</span>
                  <small>{t("filesCount", { n: group.files.length })} · {t(STATES[state])}</small>
                </span>
              </button>
            </li>
          );
        })}
      </ul>
      {groups.value.length < review.total && (
        <button onClick={() => void review.more()}>{t("showMore")}</button>
      )}
    </nav>
  );
}

const STATES = { open: "stateOpen", going: "stateGoing", left: "stateLeft" } as const;

function stateOf(all: Decisions, group: DuplicateGroup): keyof typeof STATES {
  const decision = decisionOf(all, group);
  return decision === null ? "open" : decision === "leave" ? "left" : "going";
}

function One({ group }: { group: DuplicateGroup }) {
  const [wanted, setWanted] = useState<number | null>(null);
  const all = review.decisions.value;
  const decision = decisionOf(all, group);
  const now = decision && decision !== "leave" ? decision : { keeper: group.files[0]!.place };
  const kept = group.files.find((file) => file.place === now.keeper) ?? group.files[0]!;
  const others = group.files.filter((file) => file !== kept);
  const other = others.find((file) => file.place === wanted) ?? others[0]!;
  const turn = (by: number) => {
    const i = (others.indexOf(other) + by + others.length) % others.length;
    setWanted(others[i]!.place);
  };
  useKeys({ ArrowDown: () => turn(1), ArrowUp: () => turn(-1) });
  const state = stateOf(all, group);
  return (
    <article class="one" aria-label={t("groupAt", { i: review.at.value + 1, n: review.total })}>
      <header class="row">
        <button class="tool" onClick={() => step(-1)} disabled={!review.at.value} aria-label={t("before")} title={t("before")}>
          <Icon name="back" />
        </button>
        <b role="status">
          {t("groupAt", { i: review.at.value + 1, n: review.total })} · {t(STATES[state])}
        </b>
        <button class="tool flip" onClick={() => step(1)} disabled={review.at.value + 1 >= review.total} aria-label={t("after")} title={t("after")}>
          <Icon name="back" />
        </button>
        <span class="grow" />
        <button class={state === "open" ? "primary" : ""} onClick={() => settle((known) => decide(known, group, proposal(group)))}>
          {t("asProposed")} <kbd>k</kbd>
        </button>
        <button onClick={() => settle((known) => decide(known, group, "leave"))}>
          {t("leaveAlone")} <kbd>x</kbd>
        </button>
      </header>
      <Compare kept={kept} other={other} view={view.value} onView={(next) => (view.value = next)} />
      <DuplicateFiles
        group={group}
        decision={decision}
        shown={other.place}
        onShow={setWanted}
        onKeep={(place) => change((known) => withKeeper(known, group, place))}
        onStay={(place) => change((known) => withStay(known, group, place))}
      />
    </article>
  );
}

function folder(): string {
  return to.value ?? `${baseOf()} duplicates`;
}

/** What would go, and the way to the plan. */
function Bar() {
  const [isBusy, setBusy] = useState(false);
  const sum = sumOf(review.decisions.value, review.head.value!.kinds);
  const make = async () => {
    setBusy(true);
    const plan = await attempt(() =>
      live.value!.planToClear({
        found: review.head.value!.found,
        how: how.value,
        to: how.value === "move" ? folder() : "",
        ...asked(review.decisions.value),
      }),
    );
    setBusy(false);
    if (plan) go(linkTo("plan", plan.plan));
    else void review.load().catch(() => undefined);
  };
  return (
    <div class="actions sum" role="toolbar" aria-label={t("whatGoes")}>
      <b role="status">{t("wouldGo", { n: sum.files, size: size(sum.bytes) })}</b>
      <label class="select">
        <span class="sr">{t("howClear")}</span>
        <select value={how.value} onChange={(event) => (how.value = event.currentTarget.value as "trash")}>
          {Object.entries(WAYS).map(([way, title]) => (
            <option key={way} value={way}>
              {t(title)}
            </option>
          ))}
        </select>
      </label>
      {how.value === "move" && (
        <input
          type="text"
          aria-label={t("destination")}
          value={folder()}
          onInput={(event) => (to.value = event.currentTarget.value)}
        />
      )}
      {how.value === "hardlink" && <span class="quiet">{t("hardlinkOnly")}</span>}
      {review.decisions.value !== UNDECIDED && (
        <button onClick={() => change(() => UNDECIDED)}>{t("decideAnew")}</button>
      )}
      <button class="primary" disabled={!sum.files || isBusy} onClick={() => void make()}>
        {t(isBusy ? "making" : "makePlan")}
      </button>
    </div>
  );
}
