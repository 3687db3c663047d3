/** All groups as cards. */

import { useMemo, useRef, useState } from "preact/hooks";
import type { Group } from "../data/source";
import { NONE } from "../data/source";
import type { Message } from "../messages";
import { t } from "../messages";
import { Card } from "../parts/Card";
import { LevelSlider } from "../parts/LevelSlider";
import { useKeys } from "../parts/keys";
import { linkTo, place } from "../router";
import { attempt, groups, library, live, title, titleOf } from "../store";
import { FirstVisit } from "./Welcome";

const ORDERS: Record<string, { title: Message; by: (a: Group, b: Group) => number }> = {
  size: { title: "sortSize", by: (a, b) => b.images - a.images },
  name: { title: "sortName", by: (a, b) => titleOf(a).localeCompare(titleOf(b)) },
  tight: { title: "sortTight", by: (a, b) => b.tightness - a.tightness },
  doubt: { title: "sortDoubt", by: (a, b) => b.n_doubtful - a.n_doubtful },
};

const ONLY: Record<string, { title: Message; fits: (group: Group) => boolean }> = {
  all: { title: "allGroups", fits: () => true },
  unnamed: { title: "onlyUnnamed", fits: (group) => !group.name },
  doubt: { title: "onlyDoubtful", fits: (group) => group.n_doubtful > 0 },
  pinned: { title: "onlyPinned", fits: (group) => group.is_pinned },
};

export function Groups() {
  const asked = place.value.query.get("only") ?? "";
  const [only, setOnly] = useState(asked in ONLY ? asked : "all");
  const [order, setOrder] = useState("size");
  const [text, setText] = useState("");
  const [withHidden, setWithHidden] = useState(false);
  const find = useRef<HTMLInputElement>(null);
  useKeys({ "/": () => find.current?.focus() });
  const all = groups.value?.groups ?? [];
  const shown = useMemo(() => {
    const wanted = text.trim().toLowerCase();
    return all
      .filter((group) => withHidden || !group.is_hidden)
      .filter(ONLY[only]!.fits)
      .filter((group) => `${group.name} ${group.looks_like} ${group.id}`.toLowerCase().includes(wanted))
      .sort(ORDERS[order]!.by);
  }, [all, only, order, text, withHidden]);
  const n = all.reduce((sum, group) => sum + group.images, 0);
  const files = all.reduce((sum, group) => sum + group.files, 0);
  return (
    <section class="screen" aria-labelledby="title">
      <header class="head">
        <div>
          <h1 id="title">{title.value || t("groups")}</h1>
          <p class="quiet">
            {t("pictures", { n })}
            {files > n && ` ${t("inFiles", { n: files })}`} · {t("groupCount", { n: all.length })}
          </p>
        </div>
        <LevelSlider />
        <div class="row">
          <input
            ref={find}
            type="search"
            placeholder={t("filter")}
            aria-label={t("filter")}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <Pick label="tidyWhich" value={only} of={ONLY} onPick={setOnly} />
          <Pick label="sortBy" value={order} of={ORDERS} onPick={setOrder} />
          {all.some((group) => group.is_hidden) && (
            <label class="check">
              <input
                type="checkbox"
                checked={withHidden}
                onChange={(event) => setWithHidden(event.currentTarget.checked)}
              />
              {t("showHidden")}
            </label>
          )}
          {live.value && <Jobs />}
        </div>
      </header>
      <FirstVisit />
      {!shown.length && <p class="quiet">{t("nothingFound")}</p>}
      <ul class="cards">
        {shown.map((group) => (
          <Card key={group.id} group={group} />
        ))}
      </ul>
      <Rest />
    </section>
  );
}

interface PickProps {
  label: Message;
  value: string;
  of: Record<string, { title: Message }>;
  onPick: (value: string) => void;
}

function Pick({ label, value, of, onPick }: PickProps) {
  return (
    <label class="select">
      <span class="sr">{t(label)}</span>
      <select value={value} onChange={(event) => onPick(event.currentTarget.value)}>
        {Object.entries(of).map(([key, { title }]) => (
          <option key={key} value={key}>
            {t(title)}
          </option>
        ))}
      </select>
    </label>
  );
}

function Jobs() {
  return (
    <>
      <button onClick={() => void attempt(() => live.value!.start("update"))}>{t("update")}</button>
      <button onClick={() => void attempt(() => live.value!.start("cluster"))}>{t("regroup")}</button>
    </>
  );
}

/** What is in no group, or was not looked at yet. */
function Rest() {
  const known = groups.value;
  if (!known || !library.value || !(known.n_new + known.n_none)) return null;
  return (
    <p class="rest">
      <a href={linkTo("group", NONE)}>
        {t("noGroup")}: {t("pictures", { n: known.n_new + known.n_none })}
      </a>
    </p>
  );
}
