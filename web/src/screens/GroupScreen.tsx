/** The pictures of one group, and what may be done with them. */

import { useEffect, useMemo, useState } from "preact/hooks";
import type { PictureList } from "../data/source";
import { NONE } from "../data/source";
import { t } from "../messages";
import { ActionsBar } from "../parts/ActionsBar";
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
  const [asking, setAsking] = useState<"merge" | "rename" | null>(null);
  const selection = useMemo(() => new Selection(), [id]);
  const group = byId.value.get(id);
  const isNone = id === NONE;
  const chosen = [...selection.keys.value];
  const doubtful = useMemo(() => new Set(found?.doubtful ?? []), [found]);
  const all = () => selection.set(found?.keys ?? []);
  const merge = async (other: string) => {
    if (await correct({ action: "merge", group: id, others: [other] })) selection.clear();
    setAsking(null);
  };
  const like = () => {
    wantLike(chosen);
    go(linkTo("search"));
  };
  const isReal = canEdit.value && !isNone;
  useKeys({
    g: () => isReal && setAsking("merge"),
    r: () => isReal && setAsking("rename"),
    "mod+a": () => canEdit.value && all(),
    l: () => live.value && chosen.length && like(),
    Escape: () => (chosen.length ? selection.clear() : go(linkTo("groups"))),
  });
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
      {canEdit.value && (
        <ActionsBar
          n={chosen.length}
          keys={() => chosen}
          group={isNone ? null : id}
          nearest={group?.nearest ?? []}
          canSplit={chosen.length < (found?.keys.length ?? 0)}
          onAll={all}
          onClear={() => selection.clear()}
          {...(live.value && { onLike: like })}
        />
      )}
      {asking === "merge" && group && (
        <GroupPicker
          title={t("mergeWith")}
          first={group.nearest}
          firstTitle="nearest"
          without={[id]}
          canFound={false}
          onChoose={(other) => void merge(other.id)}
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
