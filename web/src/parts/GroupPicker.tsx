/** Choose a group: type to find it; those used last come first. */

import { useMemo, useRef, useState } from "preact/hooks";
import type { Group } from "../data/source";
import type { Message } from "../messages";
import { t } from "../messages";
import { byId, groups, recent, source, titleOf } from "../store";
import { Dialog } from "./Dialog";

interface Props {
  title: string;
  /** Groups that are offered first, under their heading. */
  first: string[];
  firstTitle: Message;
  without: string[];
  canFound: boolean;
  onChoose: (group: Group) => void;
  onFound?: (name: string) => void;
  onClose: () => void;
}

const MOST = 200;

export function GroupPicker(props: Props) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const found = useMemo(() => offered(text, props), [text, groups.value, props.first]);
  const name = text.trim();
  const isNew = props.canFound && name && !found.some((one) => one.group.name === name);
  const n = found.length + (isNew ? 1 : 0);
  const choose = (i: number) => {
    const chosen = found[i];
    if (chosen) props.onChoose(chosen.group);
    else if (isNew) props.onFound?.(name);
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && n) {
      event.preventDefault();
      const next = (at + step + n) % n;
      setAt(next);
      list.current?.children[next]?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && n) {
      event.preventDefault();
      choose(Math.min(at, n - 1));
    }
  };
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <input
        class="find"
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls="picker"
        aria-activedescendant={n ? `picker-${Math.min(at, n - 1)}` : undefined}
        aria-label={t("findGroup")}
        placeholder={t("findGroup")}
        value={text}
        autoFocus
        onInput={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={press}
      />
      <ul class="picker" id="picker" role="listbox" aria-label={props.title} ref={list}>
        {found.map(({ group, heading }, i) => (
          <li
            key={group.id}
            id={`picker-${i}`}
            role="option"
            aria-selected={i === at}
            class={i === at ? "at" : ""}
            onClick={() => choose(i)}
          >
            {group.cover[0] ? <img src={source.value.thumb(group.cover[0], 64)} alt="" /> : <span class="dot" />}
            <span class="what">
              <b>{titleOf(group)}</b>
              <small>{[t("pictures", { n: group.images }), ...(heading ? [t(heading)] : [])].join(" · ")}</small>
            </span>
          </li>
        ))}
        {isNew && (
          <li
            id={`picker-${found.length}`}
            role="option"
            aria-selected={at >= found.length}
            class={at >= found.length ? "at" : ""}
            onClick={() => choose(found.length)}
          >
            <span class="dot" />
            <span class="what">
              <b>{t("newGroup", { name })}</b>
            </span>
          </li>
        )}
      </ul>
      {!n && <p class="quiet">{t("nothingFound")}</p>}
    </Dialog>
  );
}

function offered(text: string, props: Props): { group: Group; heading?: Message }[] {
  const wanted = text.trim().toLowerCase();
  const fits = (group: Group) =>
    !wanted || `${group.name} ${group.looks_like} ${group.id}`.toLowerCase().includes(wanted);
  const seen = new Set(props.without);
  const found: { group: Group; heading?: Message }[] = [];
  const add = (ids: Iterable<string>, heading?: Message) => {
    for (const id of ids) {
      const group = byId.value.get(id);
      if (!group || seen.has(id) || !fits(group) || found.length >= MOST) continue;
      seen.add(id);
      found.push(heading ? { group, heading } : { group });
    }
  };
  add(props.first, props.firstTitle);
  add(recent.value, "recent");
  add((groups.value?.groups ?? []).map((group) => group.id));
  return found;
}
