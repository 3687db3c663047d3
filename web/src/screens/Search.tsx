/** Search by words, by pictures, and by what pictures say of themselves. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { FoundList } from "../data/source";
import { t } from "../messages";
import { ActionsBar } from "../parts/ActionsBar";
import { searchFor } from "../parts/DropHere";
import { Examples } from "../parts/Examples";
import { Facets } from "../parts/Facets";
import { Gallery } from "../parts/Gallery";
import { Icon } from "../parts/Icon";
import { SkippedList } from "../parts/SkippedList";
import { Selection } from "../parts/selection";
import { useKeys } from "../parts/keys";
import { go, linkTo, place, replace } from "../router";
import { canEdit, groups } from "../store";
import {
  asked, byPictures, clear, found, fromQuery, isEmpty, isLooking, look, onePerGroup, sending,
  toQuery, unliked, wantLike, wantUnlike, words,
} from "../wanted";
import { rememberSearch } from "./Picture";

const SOON_MS = 200;
const ROW_PX = 170;
const NARROW_ROW_PX = 110;
const NONE: ReadonlySet<number> = new Set();
const OFFERED = 8;
let looked = "";

export function Search() {
  const box = useRef<HTMLInputElement>(null);
  const selection = useMemo(() => new Selection(), []);
  const [withSkipped, setSkipped] = useState(false);
  useAddress();
  const chosen = [...selection.keys.value];
  const act = (how: (keys: readonly string[]) => void) => () => {
    if (!chosen.length) return;
    how(chosen);
    selection.clear();
    scrollTo({ top: 0 });
  };
  const acts = { like: act(wantLike), unlike: act(wantUnlike) };
  useKeys({
    "/": () => box.current?.focus(),
    l: acts.like,
    u: acts.unlike,
    "mod+a": () => found.value && selection.set(found.value.keys),
    Escape: () => (chosen.length ? selection.clear() : box.current?.focus()),
  });
  const list = found.value;
  const captions = useMemo(() => (list ? captionsOf(list) : []), [list]);
  return (
    <section class="screen search" aria-labelledby="title">
      <header class="head">
        <h1 id="title">{t("search")}</h1>
        <form class="ask" role="search" onSubmit={(event) => { event.preventDefault(); void look(); }}>
          <Icon name="search" />
          <input
            ref={box}
            type="search"
            value={words.value}
            placeholder={t("searchWhat")}
            aria-label={t("searchWhat")}
            maxLength={500}
            onInput={(event) => (words.value = event.currentTarget.value)}
            onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
          />
          <Choose />
        </form>
      </header>
      <Examples />
      <div class="row facets">
        <Facets />
        <label class="check">
          <input type="checkbox" checked={withSkipped} onChange={(event) => setSkipped(event.currentTarget.checked)} />
          {t("skipped")}
        </label>
        {byPictures.value && (
          <label class="check">
            <input type="checkbox" checked={onePerGroup.value} onChange={(event) => (onePerGroup.value = event.currentTarget.checked)} />
            {t("onePerGroup")}
          </label>
        )}
      </div>
      <div class="row outcome">
        <p class="quiet" role="status">{status(list)}</p>
        {!isEmpty.value && <button onClick={clear}>{t("startAnew")}</button>}
      </div>
      {withSkipped ? (
        <SkippedList words={words.value} />
      ) : isEmpty.value ? (
        <Beginning />
      ) : list ? (
        <Gallery
          keys={list.keys}
          ratios={list.ratios}
          doubtful={NONE}
          selection={canEdit.value ? selection : null}
          height={innerWidth < 640 ? NARROW_ROW_PX : ROW_PX}
          label={t("results")}
          name="search"
          captions={captions}
          onOpen={(i) => go(linkTo("picture", list.keys[i], { in: "search" }))}
        />
      ) : null}
      {canEdit.value && (
        <ActionsBar
          n={chosen.length}
          keys={() => chosen}
          group={null}
          isMixed
          nearest={[]}
          canSplit={false}
          onAll={() => selection.set(list?.keys ?? [])}
          onClear={() => selection.clear()}
          onLike={acts.like}
          onUnlike={acts.unlike}
        />
      )}
    </section>
  );
}

let written = "";

/** Keep the address and the search the same, and search a moment after something changed. */
function useAddress(): void {
  const query = place.value.query.toString();
  useState(() => query && fromQuery(place.value.query));
  const link = linkTo("search", "", toQuery());
  const wanted = JSON.stringify([asked(), groups.value?.entry]);
  useEffect(() => {
    // What was written here may be older by now than what is wanted.
    if (query && location.hash !== written) fromQuery(place.value.query);
  }, [query]);
  useEffect(() => {
    const waiting = setTimeout(() => {
      rememberSearch(link);
      written = link;
      if (link !== location.hash && place.value.screen === "search") replace(link);
      if (wanted === looked && (found.value || isEmpty.value)) return;
      looked = wanted;
      void look();
    }, SOON_MS);
    return () => clearTimeout(waiting);
  }, [wanted]);
}

function Choose() {
  const file = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" onClick={() => file.current?.click()} title={t("choosePicture")}>
        <Icon name="upload" />
        <span>{t("choosePicture")}</span>
      </button>
      <input
        ref={file}
        type="file"
        accept="image/*,.heic,.heif,.tif,.tiff,.avif"
        multiple
        hidden
        aria-hidden="true"
        tabIndex={-1}
        onChange={(event) => {
          const field = event.currentTarget;
          void searchFor([...(field.files ?? [])]).then(() => (field.value = ""));
        }}
      />
    </>
  );
}

/** What to do, and words that there are. */
function Beginning() {
  const known = (groups.value?.groups ?? []).filter((group) => !group.is_hidden);
  const offered = [...new Set(known.map((group) => group.name || group.looks_like).filter(Boolean))].slice(0, OFFERED);
  return (
    <div class="beginning">
      <Icon name="picture" />
      <p>{t("searchHow")}</p>
      {offered.length > 0 && (
        <div class="row" role="group" aria-label={t("searchTry")}>
          <span class="quiet">{t("searchTry")}</span>
          {offered.map((text) => (
            <button key={text} onClick={() => (words.value = text)}>{text}</button>
          ))}
        </div>
      )}
    </div>
  );
}

function status(list: FoundList | null): string {
  if (sending.value) return t("sendingPictures");
  if (isEmpty.value) return "";
  if (!byPictures.value && unliked.value.length) return t("likeToo");
  if (isLooking.value && !list) return t("looking");
  if (!list) return "";
  if (!list.keys.length) return t("nothingFound");
  const n = list.keys.length;
  if (!byPictures.value && list.total > n) return t("foundFirst", { n, total: list.total });
  return byPictures.value ? t("foundAlike", { n }) : t("pictures", { n });
}

function captionsOf(list: FoundList): string[] {
  const given = new Set(list.given);
  return list.keys.map((_, i) => {
    const score = given.has(i) ? undefined : list.scores[i];
    const parts = score === undefined ? [] : [t("percent", { percent: Math.round(Math.max(score, 0) * 100) })];
    if (given.has(i)) parts.push(t("sameOne"));
    if (list.copies[i]! > 1) parts.push(t("copies", { n: list.copies[i]! }));
    return parts.join(" · ");
  });
}
