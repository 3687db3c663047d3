/** Where to go: a rail at the side, or a bar at the bottom of a narrow screen. */

import { t } from "../messages";
import type { Message } from "../messages";
import { linkTo, place } from "../router";
import { canEdit, live, redo, undo } from "../store";
import { Icon } from "./Icon";
import { nextTheme } from "./theme";

const SCREENS: { screen: string; also: string[]; isLive: boolean }[] = [
  { screen: "groups", also: ["group", "picture"], isLive: false },
  { screen: "map", also: [], isLive: false },
  { screen: "search", also: [], isLive: true },
  { screen: "duplicates", also: [], isLive: true },
  { screen: "tidy", also: ["plan"], isLive: true },
];

export function Navigation(props: { onHistory: () => void; onKeys: () => void }) {
  const shown = SCREENS.filter((one) => live.value || !one.isLive);
  return (
    <nav class="rail" aria-label={t("navigation")}>
      <a class="brand" href="#/groups" aria-label={t("app")}>
        <span class="mark" aria-hidden="true" />
        <span class="word">{t("app")}</span>
      </a>
      <div class="places">
        {shown.map(({ screen, also }) => (
          <a
            key={screen}
            href={linkTo(screen)}
            aria-current={[screen, ...also].includes(place.value.screen) ? "page" : undefined}
          >
            <Icon name={screen} />
            <span>{t(screen as Message)}</span>
          </a>
        ))}
      </div>
      <div class="tools">
        {live.value && (
          <>
            <Tool name="undo" onClick={() => void undo()} isOff={!canEdit.value} />
            <Tool name="redo" onClick={() => void redo()} isOff={!canEdit.value} />
            <Tool name="history" onClick={props.onHistory} />
            <a class="tool" href={linkTo("skipped")} aria-label={t("skipped")} title={t("skipped")}>
              <Icon name="skipped" />
            </a>
          </>
        )}
        <Tool name="theme" onClick={nextTheme} />
        <Tool name="keys" onClick={props.onKeys} />
      </div>
    </nav>
  );
}

function Tool({ name, onClick, isOff = false }: { name: Message; onClick: () => void; isOff?: boolean }) {
  return (
    <button class="tool" onClick={onClick} disabled={isOff} aria-label={t(name)} title={t(name)}>
      <Icon name={name} />
    </button>
  );
}
