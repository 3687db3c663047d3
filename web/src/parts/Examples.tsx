/** The pictures that are searched for, and those that results are to be unlike. */

import { useState } from "preact/hooks";
import { t } from "../messages";
import { source } from "../store";
import type { Dropped } from "../wanted";
import { dropped, forget, letGo, liked, unliked, wantLike, wantUnlike } from "../wanted";
import { Icon } from "./Icon";

const SIDE = 128;

export function Examples() {
  const n = liked.value.length + dropped.value.length;
  if (!n && !unliked.value.length) return null;
  return (
    <div class="examples">
      {n > 0 && (
        <section aria-label={t("likeThese")}>
          <h2>{t("likeThese")}</h2>
          <ul>
            {dropped.value.map((one) => (
              <Own key={one.id} one={one} />
            ))}
            {liked.value.map((key) => (
              <Example key={key} id={key} isLiked onTurn={() => wantUnlike([key])} />
            ))}
          </ul>
        </section>
      )}
      {unliked.value.length > 0 && (
        <section aria-label={t("unlikeThese")}>
          <h2>{t("unlikeThese")}</h2>
          <ul>
            {unliked.value.map((key) => (
              <Example key={key} id={key} isLiked={false} onTurn={() => wantLike([key])} />
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function Example({ id, isLiked, onTurn }: { id: string; isLiked: boolean; onTurn: () => void }) {
  const turn = t(isLiked ? "makeUnlike" : "makeLike");
  return (
    <li class={isLiked ? "example" : "example unlike"}>
      <img src={source.value.thumb(id, SIDE)} alt="" />
      <span class="turns">
        <button class="tool" onClick={onTurn} aria-label={turn} title={turn}>
          <Icon name={isLiked ? "minus" : "plus"} />
        </button>
        <button class="tool" onClick={() => forget(id)} aria-label={t("leaveOut")} title={t("leaveOut")}>
          <Icon name="close" />
        </button>
      </span>
    </li>
  );
}

/** A picture of the user's: browsers do not show every format that can be searched for. */
function Own({ one }: { one: Dropped }) {
  const [isShown, setShown] = useState(true);
  return (
    <li class="example" title={one.name}>
      {isShown ? <img src={one.url} alt={one.name} onError={() => setShown(false)} /> : <span class="noimage"><Icon name="picture" /><small>{one.name}</small></span>}
      <span class="turns">
        <button class="tool" onClick={() => letGo(one.id)} aria-label={`${t("leaveOut")}: ${one.name}`} title={t("leaveOut")}>
          <Icon name="close" />
        </button>
      </span>
    </li>
  );
}
