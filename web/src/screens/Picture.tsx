/** One picture: looked at closely, and all that is known of it. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { NearList, PictureFacts } from "../data/source";
import { SourceError } from "../data/source";
import { t } from "../messages";
import { GroupPicker } from "../parts/GroupPicker";
import { Icon } from "../parts/Icon";
import { PictureInfo } from "../parts/PictureInfo";
import { Zoomable } from "../parts/Zoomable";
import { useKeys } from "../parts/keys";
import { passed, walk } from "../parts/walk";
import { back, go, linkTo, place, replace } from "../router";
import { attempt, canEdit, correct, groups, live, said, source, tell } from "../store";
import { wantLike, wantUnlike } from "../wanted";

const SCREENS = new Set(["search", "map", "duplicates", "groups"]);
const STRIP_SIDE = 128;

export function Picture() {
  const key = place.value.id;
  const from = place.value.query.get("in") ?? "";
  const keys = useWalk(from, key);
  const { facts, near } = useFacts(key);
  const [isMoving, setMoving] = useState(false);
  const [isOpen, setOpen] = useState(() => innerWidth >= 900);
  const screen = useRef<HTMLElement>(null);
  useEffect(() => screen.current?.focus({ preventScroll: true }), []);
  const at = keys.indexOf(key);
  const leave = () => back(backTo(from));
  const step = (by: number) => at >= 0 && walkTo(keys[at + by], from);
  const like = () => {
    wantLike([key]);
    go(linkTo("search"));
  };
  const unlike = () => {
    wantUnlike([key]);
    go(linkTo("search"));
  };
  const notHere = () => facts?.group && void correct({ action: "not-here", group: facts.group, images: [key] });
  useKeys({
    ArrowLeft: () => step(-1),
    ArrowRight: () => step(1),
    Home: () => walkTo(keys[0], from),
    End: () => walkTo(keys.at(-1), from),
    Escape: leave,
    i: () => setOpen(!isOpen),
    m: () => canEdit.value && setMoving(true),
    n: () => canEdit.value && notHere(),
    l: () => live.value && like(),
    u: () => live.value && unlike(),
  });
  return (
    <section ref={screen} class={isOpen ? "picture open" : "picture"} aria-label={t("picture")} tabIndex={-1}>
      <div class="look">
        <View key={key} id={key} facts={facts} label={at < 0 ? t("picture") : t("thumb", { n: at + 1, total: keys.length })} keys={keys} />
        <button class="tool leave" onClick={leave} aria-label={t("back")} title={`${t("back")} (Esc)`}>
          <Icon name="back" />
        </button>
        <button class="tool more" onClick={() => setOpen(!isOpen)} aria-expanded={isOpen} aria-controls="info" aria-label={t("info")} title={`${t("info")} (i)`}>
          <Icon name="info" />
        </button>
        {at >= 0 && keys.length > 1 && (
          <>
            <button class="tool step before" onClick={() => step(-1)} disabled={at === 0} aria-label={t("previous")} title={`${t("previous")} (←)`}>
              <Icon name="back" />
            </button>
            <button class="tool step after" onClick={() => step(1)} disabled={at === keys.length - 1} aria-label={t("next")} title={`${t("next")} (→)`}>
              <Icon name="next" />
            </button>
            <p class="count" role="status">
              <span class="sr">{t("thumb", { n: at + 1, total: keys.length })}</span>
              <span aria-hidden="true">{at + 1} / {keys.length}</span>
            </p>
          </>
        )}
      </div>
      <aside id="info" class="info" aria-label={t("info")} hidden={!isOpen}>
        {facts && <PictureInfo facts={facts} onMove={() => setMoving(true)} onNotHere={notHere} onLike={like} onUnlike={unlike} />}
        {!facts && live.value && <p class="quiet" role="status">{t("loading")}</p>}
        {near && near.keys.length > 0 && <Strip near={near} from={from} />}
      </aside>
      {isMoving && (
        <GroupPicker
          title={t("move")}
          first={[...new Set(near?.groups ?? [])].filter(Boolean)}
          firstTitle="nearest"
          without={facts?.group ? [facts.group] : []}
          canFound
          onChoose={(to) => void correct({ action: "move", group: to.id, images: [key] }).then(() => setMoving(false))}
          onFound={(name) => void correct({ action: "found", name, images: [key] }).then(() => setMoving(false))}
          onClose={() => setMoving(false)}
        />
      )}
    </section>
  );
}

/** The picture, or why it does not show. */
function View({ id, facts, label, keys }: { id: string; facts: PictureFacts | null; label: string; keys: readonly string[] }) {
  const [problem, setProblem] = useState<string | null>(null);
  const [tries, setTries] = useState(0);
  const thumb = source.value.thumb(id);
  const src = source.value.picture?.(id) ?? thumb;
  const failed = async () => {
    const why = (await live.value?.complaint(id)) ?? null;
    setProblem(why instanceof SourceError ? why.message : t("cannotShow"));
  };
  const ahead = () => {
    const at = keys.indexOf(id);
    for (const next of [keys[at + 1], keys[at - 1]]) {
      if (at >= 0 && next) new Image().src = source.value.picture?.(next) ?? source.value.thumb(next);
    }
  };
  if (problem)
    return (
      <div class="trouble" role="alert">
        <img src={thumb} alt={label} />
        <p>{problem}</p>
        {live.value && (
          <div class="row">
            <button onClick={() => void attempt(() => live.value!.start("update"))}>{t("update")}</button>
            <button onClick={() => { setProblem(null); setTries(tries + 1); }}>{t("again")}</button>
          </div>
        )}
      </div>
    );
  const size = facts?.width ? { width: facts.width, height: facts.height } : null;
  return <Zoomable key={tries} src={src} thumb={thumb} alt={label} size={size} onLoad={ahead} onError={() => void failed()} />;
}

/** The pictures most like it. */
function Strip({ near, from }: { near: NearList; from: string }) {
  return (
    <section class="near" aria-labelledby="near">
      <h2 id="near">{t("mostAlike")}</h2>
      <ul>
        {near.keys.map((key, i) => {
          const percent = Math.round(near.scores[i]! * 100);
          return (
            <li key={key}>
              <a href={linkTo("picture", key, from ? { in: from } : {})} aria-label={t("alikeOne", { n: i + 1, percent })} title={t("percent", { percent })}>
                <img src={source.value.thumb(key, STRIP_SIDE)} alt="" loading="lazy" decoding="async" />
              </a>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** The address of where a picture was opened from. */
function backTo(from: string): string {
  if (!from) return linkTo("groups");
  const level = place.value.query.get("level");
  if (from === "search" && searchPlace) return searchPlace;
  return SCREENS.has(from) ? linkTo(from) : linkTo("group", from, level === null ? {} : { level });
}

let searchPlace = "";

/** The search stands in the address; that is where a picture leads back to. */
export function rememberSearch(to: string): void {
  searchPlace = to;
}

function walkTo(key: string | undefined, from: string): void {
  if (!key) return;
  passed(from, key);
  replace(linkTo("picture", key, Object.fromEntries(place.value.query)));
}

/** The pictures to go through: those of the gallery it was opened from, or of its group. */
function useWalk(from: string, key: string): readonly string[] {
  const known = walk.value?.name === from ? walk.value.keys : null;
  const level = place.value.query.get("level");
  const entry = groups.value?.entry;
  useEffect(() => {
    if (known || !from || SCREENS.has(from)) return;
    source.value.pictures(from, level === null ? null : Number(level)).then(
      (list) => {
        if (place.value.query.get("in") === from) walk.value = { name: from, keys: list.keys };
      },
      () => undefined, // the picture shows all the same
    );
  }, [from, known === null, level, entry]);
  return known ?? [key];
}

function useFacts(key: string): { facts: PictureFacts | null; near: NearList | null } {
  const [facts, setFacts] = useState<PictureFacts | null>(null);
  const [near, setNear] = useState<NearList | null>(null);
  const entry = groups.value?.entry;
  useEffect(() => {
    let isOld = false;
    if (facts?.key !== key) setFacts(null);
    const failed = (error: unknown) => !isOld && tell(said(error), { isError: true });
    source.value.facts?.(key).then((told) => !isOld && setFacts(told), failed);
    source.value.near?.(key).then((list) => !isOld && setNear(list), () => !isOld && setNear(null));
    return () => {
      isOld = true;
    };
  }, [key, entry]);
  return { facts: facts?.key === key ? facts : null, near };
}
