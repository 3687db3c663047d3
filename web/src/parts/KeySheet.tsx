/** What the keys do. */

import type { Message } from "../messages";
import { t } from "../messages";
import { Dialog } from "./Dialog";

const KEYS: [string, Message][] = [
  ["← ↑ → ↓", "keyMove"],
  ["Space", "keySelect"],
  ["Shift + ← ↑ → ↓", "keyRange"],
  ["Ctrl + A", "keyAll"],
  ["Enter", "keyOpen"],
  ["m", "keyMoveTo"],
  ["n", "keyNotHere"],
  ["s", "keySplit"],
  ["g", "keyMerge"],
  ["r", "keyRename"],
  ["Ctrl + Z, Ctrl + Shift + Z", "keyUndo"],
  ["/", "keyFind"],
  ["k", "keyProposed"],
  ["1 … 9", "keyKeep"],
  ["x", "keyLeave"],
  ["u", "keyUndecide"],
  ["← →", "keyGroups"],
  ["↑ ↓", "keyCopies"],
  ["f", "keyFlicker"],
  ["d", "keyDifference"],
  ["Esc", "keyEscape"],
  ["?", "keyHelp"],
];

export function KeySheet({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t("keysWhat")} onClose={onClose}>
      <dl class="keys">
        {KEYS.map(([keys, what]) => (
          <div key={what}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{t(what)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
