/** Fewer and larger groups, or more and smaller ones: the view follows at once. */

import { useEffect, useRef } from "preact/hooks";
import { t } from "../messages";
import { groups, keepLevel, level, library, live, showLevel } from "../store";

const SOON_MS = 120;

export function LevelSlider() {
  const waiting = useRef(0);
  useEffect(() => () => clearTimeout(waiting.current), []);
  const levels = library.value?.levels ?? [];
  if (levels.length < 2) return null;
  const usual = usualOf(levels);
  const at = level.value === null ? usual : levels.indexOf(level.value);
  const choose = (i: number) => {
    clearTimeout(waiting.current);
    waiting.current = window.setTimeout(
      () => void showLevel(i === usual ? null : levels[i]!),
      SOON_MS,
    );
  };
  return (
    <div class="levels">
      <label class="level">
        <span>{t("level")}</span>
        <input
          type="range"
          min={0}
          max={levels.length - 1}
          step={1}
          value={at}
          aria-valuetext={t("levelIs", { n: levels[at] ?? 0 })}
          onInput={(event) => choose(Number(event.currentTarget.value))}
        />
        <output>
          {t("levelIs", { n: levels[at] ?? 0 })}
          {at === usual ? ` · ${t("levelUsual")}` : ""}
        </output>
      </label>
      {live.value && level.value !== null && (
        <button onClick={() => void keepLevel()} title={t("onlyLook")}>
          {t("levelKeep")}
        </button>
      )}
    </div>
  );
}

/** The place of the level that is worked at: the one with as many groups as there are. */
function usualOf(levels: readonly number[]): number {
  const n = workedAt();
  let best = 0;
  levels.forEach((value, i) => {
    if (Math.abs(value - n) < Math.abs(levels[best]! - n)) best = i;
  });
  return best;
}

let known = 0;

function workedAt(): number {
  if (level.value === null && groups.value) known = groups.value.groups.length;
  return known;
}
