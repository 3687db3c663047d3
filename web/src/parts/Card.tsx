/** A group at a glance; its name is written where it stands. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Group } from "../data/source";
import { t } from "../messages";
import { linkTo } from "../router";
import { canEdit, correct, level, source, titleOf } from "../store";
import { Icon } from "./Icon";
import { useSeen } from "./seen";

const SHOWN = 4;
/** Of a picture of the mosaic, as sharp as the screen is. */
const SIDE = 128;
const LARGEST = 256;

export function Card({ group }: { group: Group }) {
  const query: Record<string, string> = level.value === null ? {} : { level: String(level.value) };
  const box = useRef<HTMLLIElement>(null);
  const isSeen = useSeen(box);
  const side = Math.min(LARGEST, Math.round(SIDE * devicePixelRatio));
  return (
    <li ref={box} class={group.is_hidden ? "card hidden" : "card"}>
      <a class={`mosaic m${Math.min(group.cover.length, SHOWN)}`} href={linkTo("group", group.id, query)} tabIndex={-1} aria-hidden="true">
        {isSeen &&
          group.cover.slice(0, SHOWN).map((key) => (
            <img key={key} src={source.value.thumb(key, side)} alt="" decoding="async" />
          ))}
      </a>
      <div class="about">
        <span class="swatch" style={{ background: group.colour }} aria-hidden="true" />
        <Name group={group} link={linkTo("group", group.id, query)} />
        {group.is_pinned && <Mark name="pin" title={t("pinned")} />}
        {group.is_hidden && <Mark name="hide" title={t("hidden")} />}
      </div>
      <a class="facts" href={linkTo("group", group.id, query)} tabIndex={-1}>
        {t("pictures", { n: group.images })} · {t("tightness", { percent: Math.round(group.tightness * 100) })}
        {group.n_doubtful > 0 && <> · <span class="warn">{t("doubtful", { n: group.n_doubtful })}</span></>}
      </a>
    </li>
  );
}

function Mark({ name, title }: { name: string; title: string }) {
  return (
    <span class="flag" title={title}>
      <Icon name={name} />
      <span class="sr">{title}</span>
    </span>
  );
}

/** The name: a link to the group, and a pencil that makes it a field. */
export function Name({ group, link }: { group: Group; link: string }) {
  const [isOpen, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  if (isOpen)
    return (
      <NameField
        group={group}
        onClose={() => {
          setOpen(false);
          // Unless another name is being written by then.
          requestAnimationFrame(() => document.activeElement === document.body && opener.current?.focus());
        }}
      />
    );
  return (
    <>
      <a class={group.name ? "name" : "name guess"} href={link}>
        {titleOf(group)}
      </a>
      {canEdit.value && (
        <button ref={opener} class="pencil" onClick={() => setOpen(true)} aria-label={`${t("rename")}: ${titleOf(group)}`} title={t("rename")}>
          <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path d="M4 20l1-5L16 4l4 4L9 19zM14 6l4 4" />
          </svg>
        </button>
      )}
    </>
  );
}

export function NameField({ group, onClose }: { group: Group; onClose: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  const isDone = useRef(false);
  // Not by autofocus: a browser heeds that once for each page.
  useLayoutEffect(() => field.current!.focus(), []);
  const save = async () => {
    if (isDone.current) return;
    isDone.current = true; // the field loses the focus as it goes
    const name = field.current!.value.trim();
    if (name !== group.name) await correct({ action: "rename", group: group.id, name });
    onClose();
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "Enter") void save();
    if (event.key === "Escape") {
      event.stopPropagation();
      isDone.current = true;
      onClose();
    }
    // The suggested words are one key away.
    if (event.key === "Tab" && !field.current!.value && group.looks_like) {
      event.preventDefault();
      field.current!.value = group.looks_like;
    }
  };
  return (
    <span class="naming">
      <input
        ref={field}
        type="text"
        defaultValue={group.name}
        placeholder={group.looks_like ? `${group.looks_like} ⇥` : t("nameIt")}
        aria-label={t("nameIt")}
        title={group.looks_like ? t("nameLike", { words: group.looks_like }) : undefined}
        onKeyDown={press}
        onBlur={() => void save()}
      />
    </span>
  );
}
