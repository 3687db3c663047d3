/** One picture in a gallery. */

import { Component } from "preact";
import { t } from "../messages";
import { Icon } from "./Icon";

interface Props {
  i: number;
  total: number;
  image: string;
  top: number;
  left: number;
  width: number;
  height: number;
  isChosen: boolean;
  isDoubtful: boolean;
  isAt: boolean;
  canChoose: boolean;
  caption: string;
}

/** It is drawn anew only if something of it has changed: while one scrolls, few are. */
export class Cell extends Component<Props> {
  override shouldComponentUpdate(next: Props): boolean {
    return (Object.keys(next) as (keyof Props)[]).some((name) => next[name] !== this.props[name]);
  }

  render({ i, total, image, top, left, width, height, isChosen, isDoubtful, isAt, canChoose, caption }: Props) {
    const said = t(isDoubtful ? "thumbDoubtful" : "thumb", { n: i + 1, total });
    return (
      <div
        class={`cell${isChosen ? " chosen" : ""}${isDoubtful ? " doubtful" : ""}`}
        role="option"
        aria-selected={isChosen}
        aria-label={caption ? `${said}, ${caption}` : said}
        aria-posinset={i + 1}
        aria-setsize={total}
        tabIndex={isAt ? 0 : -1}
        data-i={i}
        style={{ top: `${top}px`, left: `${left}px`, width: `${width}px`, height: `${height}px` }}
      >
        <img src={image} alt="" draggable={false} decoding="async" />
        {canChoose && (
          <span class="tick" aria-hidden="true">
            <Icon name="check" />
          </span>
        )}
        {caption && <span class="caption" aria-hidden="true">{caption}</span>}
        {isDoubtful && <span class="doubt" title={t("doubtfulOne")} aria-hidden="true">?</span>}
      </div>
    );
  }
}
