/** The groups beside the map: choose one, and the map flies there. */

import { useMemo, useRef, useState } from "preact/hooks";
import type { Group } from "../data/source";
import { t } from "../messages";
import { isWriting } from "../parts/keys";
import { linkTo } from "../router";
import { canEdit, titleOf } from "../store";

const MOST = 300;

interface Props {
  groups: readonly Group[];
  /** The id of the group that is looked at. */
  at: string | null;
  level: number | null;
  onFly: (group: Group) => void;
  onSelect: (group: Group) => void;
}

export function Panel({ groups, at, level, onFly, onSelect }: Props) {
  const [text, setText] = useState("");
  const [focus, setFocus] = useState<string | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const shown = useMemo(() => {
    const wanted = text.trim().toLowerCase();
    const fits = (group: Group) => `${group.name} ${group.looks_like} ${group.id}`.toLowerCase().includes(wanted);
    return groups.filter((group) => !group.is_hidden && fits(group)).slice(0, MOST);
  }, [groups, text]);
  const i = Math.max(0, shown.findIndex((group) => group.id === (focus ?? at)));
  const own = groups.find((group) => group.id === at);
  const press = (event: KeyboardEvent) => {
    const to = { ArrowDown: i + 1, ArrowUp: i - 1, Home: 0, End: shown.length - 1 }[event.key];
    const group = shown[to === undefined ? i : Math.min(Math.max(to, 0), shown.length - 1)];
    if (!group) return;
    if (to !== undefined && !(isWriting(event.target) && event.key.length > 7)) {
      event.preventDefault();
      setFocus(group.id);
      list.current?.querySelector(`#map-group-${shown.indexOf(group)}`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      event.preventDefault();
      onFly(group);
    }
  };
  return (
    <div class="map-panel-inside">
      <input
        type="search"
        placeholder={t("filter")}
        aria-label={t("filter")}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={press}
      />
      <ul
        ref={list}
        role="listbox"
        tabIndex={0}
        aria-label={t("mapGroupsHow")}
        aria-activedescendant={shown[i] ? `map-group-${i}` : undefined}
        onKeyDown={press}
      >
        {shown.map((group, n) => (
          <li
            key={group.id}
            id={`map-group-${n}`}
            role="option"
            aria-selected={group.id === at}
            class={n === i && focus !== null ? "at" : ""}
            onClick={() => {
              setFocus(group.id);
              onFly(group);
            }}
          >
            <span class="swatch" style={{ background: group.colour }} aria-hidden="true" />
            <span class="title">{titleOf(group)}</span>
            <small aria-label={t("pictures", { n: group.images })}>{group.images.toLocaleString()}</small>
          </li>
        ))}
      </ul>
      {!shown.length && <p class="quiet">{t("nothingFound")}</p>}
      {own && (
        <div class="row">
          <a class="button" href={linkTo("group", own.id, level === null ? {} : { level: String(level) })}>
            {t("mapOpenGroup")}
          </a>
          {canEdit.value && <button onClick={() => onSelect(own)}>{t("mapSelectGroup")}</button>}
        </div>
      )}
      <a class="quiet" href={linkTo("groups")}>{t("mapList")}</a>
    </div>
  );
}
