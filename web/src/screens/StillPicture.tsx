/** One picture of a page that was shared, as large as it was shared. */

import { useEffect, useState } from "preact/hooks";
import type { Facts, Still } from "../data/still";
import type { PictureList } from "../data/source";
import type { Message } from "../messages";
import { t } from "../messages";
import { Icon } from "../parts/Icon";
import { useKeys } from "../parts/keys";
import { go, linkTo, place } from "../router";
import { said, tell } from "../store";

const MOST_TIMES = 4;

export function StillPicture({ still }: { still: Still }) {
  const { id: key, query } = place.value;
  const [group, at] = [query.get("in") ?? "", query.get("level")];
  const list = useList(still, group, at);
  const facts = useFacts(still, key);
  const i = list?.keys.indexOf(key) ?? -1;
  const kept: Record<string, string> = at === null ? {} : { level: at };
  const back = group ? linkTo("group", group, kept) : linkTo("groups");
  const to = (j: number) => {
    const other = list?.keys[j];
    if (i >= 0 && other) location.replace(linkTo("picture", other, { in: group, ...kept }));
  };
  useKeys({
    ArrowLeft: () => to(i - 1),
    ArrowRight: () => to(i + 1),
    Home: () => to(0),
    End: () => to((list?.keys.length ?? 0) - 1),
    Escape: () => go(back),
  });
  const told = i >= 0 ? t("thumb", { n: i + 1, total: list!.keys.length }) : t("picture");
  return (
    <section class="still" aria-labelledby="title">
      <header class="head">
        <a class="tool" href={back} aria-label={t("back")} title={t("back")}>
          <Icon name="back" />
        </a>
        <h1 id="title" class="grow">
          <span role="status">{facts.names || told}</span>
        </h1>
        <button class="tool" onClick={() => to(i - 1)} disabled={i <= 0} aria-label={t("previous")} title={t("previous")}>
          <Icon name="back" />
        </button>
        <button class="tool flip" onClick={() => to(i + 1)} disabled={i < 0 || i + 1 >= list!.keys.length} aria-label={t("next")} title={t("next")}>
          <Icon name="back" />
        </button>
      </header>
      <img class="whole" key={key} src={still.large(key)} alt={facts.names || told} onLoad={bounded} />
      <dl class="told">
        {Object.entries(facts).map(([name, value]) => value && name !== "names" && (
          <div key={name}>
            <dt>{t(`fact_${name}` as Message)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** A small picture is made larger, but not so much that its pixels show. */
function bounded({ currentTarget: image }: { currentTarget: HTMLImageElement }): void {
  image.style.maxWidth = `${MOST_TIMES * image.naturalWidth}px`;
  image.style.maxHeight = `${MOST_TIMES * image.naturalHeight}px`;
}

/** The pictures to go through. */
function useList(still: Still, group: string, level: string | null): PictureList | null {
  const [list, setList] = useState<PictureList | null>(null);
  useEffect(() => {
    if (group)
      still.pictures(group, level === null ? null : Number(level)).then(setList, (error) =>
        tell(said(error), { isError: true }),
      );
  }, [group, level]);
  return list;
}

function useFacts(still: Still, key: string): Facts {
  const [facts, setFacts] = useState<Facts>({});
  useEffect(() => {
    let isOld = false;
    still.told(key).then(
      (found) => !isOld && setFacts(found),
      () => undefined, // the picture shows without them
    );
    return () => {
      isOld = true;
    };
  }, [key]);
  return facts;
}
