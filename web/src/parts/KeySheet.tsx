/** What the keys do. */

import type { Message } from "../messages";
import { t } from "../messages";
import { source } from "../store";
import { Dialog } from "./Dialog";

const LOOKING: [string, Message][] = [
  ["← ↑ → ↓", "keyMove"],
  ["Enter", "keyOpen"],
];
const EDITING: [string, Message][] = [
  ["Space", "keySelect"],
  ["Shift + ← ↑ → ↓", "keyRange"],
  ["Ctrl + A", "keyAll"],
  ["m", "keyMoveTo"],
  ["n", "keyNotHere"],
  ["s", "keySplit"],
  ["g", "keyMerge"],
  ["r", "keyRename"],
  ["← →", "keyWalk"],
  ["+  −  0  1", "keyZoom"],
  ["Shift + ← ↑ → ↓", "keyPan"],
  ["i", "keyInfo"],
  ["l", "keyLike"],
  ["u", "keyUnlike"],
  ["k", "keyProposed"],
  ["1 … 9", "keyKeep"],
  ["x", "keyLeave"],
  ["u", "keyUndecide"],
  ["← →", "keyGroups"],
  ["↑ ↓", "keyCopies"],
  ["f", "keyFlicker"],
  ["d", "keyDifference"],
  ["Ctrl + Z, Ctrl + Shift + Z", "keyUndo"],
];
const ALWAYS: [string, Message][] = [
  ["/", "keyFind"],
  ["v, l, b", "keyMapModes"],
  ["+, -, 0", "keyMapZoom"],
  ["Esc", "keyEscape"],
  ["?", "keyHelp"],
];

export function KeySheet({ onClose }: { onClose: () => void }) {
  const keys = [...LOOKING, ...(source.value.canEdit ? EDITING : []), ...ALWAYS];
  return (
    <Dialog title={t("keysWhat")} onClose={onClose}>
      <dl class="keys">
        {keys.map(([names, what]) => (
          <div key={what}>
            <dt>
              <kbd>{inWords(names)}</kbd>
            </dt>
            <dd>{t(what)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

/** Keyboards have their words in the language of the country. */
function inWords(names: string): string {
  return names.replace(/Space|Shift|Ctrl|Enter|Esc/g, (name) => t(`key_${name}` as Message));
}
