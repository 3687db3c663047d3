/** The pictures of one group, and what may be done with them. */

import { useEffect, useMemo, useState } from "preact/hooks";
import type { PictureList } from "../data/source";
import { NONE } from "../data/source";
import { t } from "../messages";
import { Gallery } from "../parts/Gallery";
import { GroupPicker } from "../parts/GroupPicker";
import { Icon } from "../parts/Icon";
import { Name, NameField } from "../parts/Card";
import { Selection } from "../parts/selection";
import { useKeys } from "../parts/keys";
import { go, linkTo, place } from "../router";
import { wantLike } from "../wanted";
import { byId, canEdit, correct, groups, level, live, said, showLevel, source, tell } from "../store";

const ROW_PX = 190;
const NARROW_ROW_PX = 120;

export function GroupScreen() {
  const id = place.value.id;
  const found = usePictures(id);
  const [asking, setAsking] = useState<"move" | "merge" | "rename" | null>(null);
  const selection = useMemo(() => new Selection(), [id]);
  const group = byId.value.get(id);
  const isNone = id === NONE;
  const chosen = [...selection.keys.value];
  const doubtful = useMemo(() => new Set(found?.doubtful ?? []), [found]);
  const acts = useActs(id, chosen, selection, setAsking, found);
  if (!group && !isNone)
    return groups.value ? <Gone /> : <p class="quiet" role="status">{t("loading")}</p>;
  return (
    <section class="screen" aria-labelledby="title">
      <header class="head">
        <a class="tool" href={linkTo("groups")} aria-label={t("backToGroups")} title={t("backToGroups")}>
          <Icon name="back" />
        </a>
        <div class="grow">
          <h1 id="title" class="named">
            {group && <span class="swatch" style={{ background: group.colour }} aria-hidden="true" />}
            {isNone || !group ? (
              t("noGroup")
            ) : asking === "rename" ? (
              <NameField group={group} onClose={() => setAsking(null)} />
            ) : (
              <Name group={group} link={linkTo("group", id)} />
            )}
          </h1>
          <p class="quiet">
            {t("pictures", { n: found?.keys.length ?? group?.images ?? 0 })}
            {group?.name && group.looks_like ? ` · ${t("looksLike", { words: group.looks_like })}` : ""}
            {group?.n_doubtful ? ` · ${t("doubtful", { n: group.n_doubtful })}` : ""}
          </p>
        </div>
        {group && canEdit.value && (
          <div class="row">
            <button onClick={() => setAsking("merge")}>{t("mergeWith")}</button>
            <button aria-pressed={group.is_pinned} onClick={() => void correct({ action: "pin", group: id, on: !group.is_pinned })}>
              {t(group.is_pinned ? "unpin" : "pin")}
            </button>
            <button aria-pressed={group.is_hidden} onClick={() => void correct({ action: "hide", group: id, on: !group.is_hidden })}>
              {t(group.is_hidden ? "unhide" : "hide")}
            </button>
          </div>
        )}
      </header>
      {!canEdit.value && source.value.canEdit && <p class="banner">{t("onlyLook")}</p>}
      {found && (
        <Gallery
          keys={found.keys}
          ratios={found.ratios}
          doubtful={doubtful}
          selection={canEdit.value ? selection : null}
          height={innerWidth < 640 ? NARROW_ROW_PX : ROW_PX}
          label={t("gallery")}
          name={id}
          onOpen={(i) => go(linkTo("picture", found.keys[i], inGroup(id)))}
        />
      )}
      {chosen.length > 0 && (
        <div class="actions" role="toolbar" aria-label={t("selected", { n: chosen.length })}>
          <b role="status">{t("selected", { n: chosen.length })}</b>
          <button class="primary" onClick={acts.move}>{t("move")}</button>
          {!isNone && <button onClick={() => void acts.notHere()}>{t("notHere")}</button>}
          {!isNone && <button onClick={() => void acts.split()} disabled={chosen.length === found?.keys.length}>{t("splitOff")}</button>}
          {live.value && <button onClick={acts.like}>{t("moreLikeThese")}</button>}
          <button onClick={acts.all}>{t("selectAll")}</button>
          <button onClick={() => selection.clear()}>{t("clear")}</button>
        </div>
      )}
      {asking === "move" && (
        <GroupPicker
          title={t("move")}
          first={group?.nearest ?? []}
          firstTitle="nearest"
          without={[id]}
          canFound
          onChoose={(to) => void acts.moveTo(to.id)}
          onFound={(name) => void acts.found(name)}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === "merge" && group && (
        <GroupPicker
          title={t("mergeWith")}
          first={group.nearest}
          firstTitle="nearest"
          without={[id]}
          canFound={false}
          onChoose={(other) => void acts.merge(other.id)}
          onClose={() => setAsking(null)}
        />
      )}
    </section>
  );
}

/** Give what tells a picture where it was opened from. */
function inGroup(id: string): Record<string, string> {
  return level.value === null ? { in: id } : { in: id, level: String(level.value) };
}

function Gone() {
  return (
    <section class="empty">
      <p>{t("nothingFound")}</p>
      <a class="button" href={linkTo("groups")}>{t("backToGroups")}</a>
    </section>
  );
}

/** The pictures of a group; they are asked for again whenever the groups change. */
function usePictures(id: string): PictureList | null {
  const [found, setFound] = useState<PictureList | null>(null);
  const entry = groups.value?.entry;
  const at = place.value.query.get("level");
  const wanted = at === null ? null : Number(at);
  useEffect(() => {
    if (wanted !== level.value) void showLevel(wanted);
  }, [wanted]);
  useEffect(() => {
    let isOld = false;
    source.value.pictures(id, wanted).then(
      (list) => !isOld && setFound(list),
      (error) => !isOld && tell(said(error), { isError: true }),
    );
    return () => {
      isOld = true;
    };
  }, [id, wanted, entry]);
  return found;
}

function useActs(
  id: string,
  chosen: string[],
  selection: Selection,
  ask: (what: "move" | "merge" | "rename" | null) => void,
  found: PictureList | null,
) {
  const done = (result: unknown) => {
    if (result) selection.clear();
    ask(null);
  };
  const acts = {
    move: () => ask("move"),
    moveTo: async (group: string) => done(await correct({ action: "move", group, images: chosen })),
    found: async (name: string) => done(await correct({ action: "found", name, images: chosen })),
    notHere: async () => done(await correct({ action: "not-here", group: id, images: chosen })),
    split: async () => done(await correct({ action: "split", group: id, images: chosen })),
    merge: async (other: string) => done(await correct({ action: "merge", group: id, others: [other] })),
    all: () => selection.set(found?.keys ?? []),
    like: () => {
      wantLike(chosen);
      go(linkTo("search"));
    },
  };
  const withSome = (act: () => unknown) => () => {
    if (canEdit.value && chosen.length) void act();
  };
  const isReal = canEdit.value && id !== NONE;
  useKeys({
    m: withSome(acts.move),
    n: withSome(() => id !== NONE && acts.notHere()),
    s: withSome(() => id !== NONE && chosen.length < (found?.keys.length ?? 0) && acts.split()),
    l: () => live.value && chosen.length && acts.like(),
    g: () => isReal && ask("merge"),
    r: () => isReal && ask("rename"),
    "mod+a": () => canEdit.value && acts.all(),
    Escape: () => (chosen.length ? selection.clear() : go(linkTo("groups"))),
  });
  return acts;
}
