/** Where to go: a rail at the side, or a bar at the bottom of a narrow screen. */

import { t } from "../messages";
import type { Message } from "../messages";
import { linkTo, place } from "../router";
import { canEdit, level, library, live, redo, undo } from "../store";
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
            <Step name="undo" what={library.value?.undo ?? ""} onClick={() => void undo()} />
            <Step name="redo" what={library.value?.redo ?? ""} onClick={() => void redo()} />
            <Tool name="history" onClick={props.onHistory} />
            <a class="tool" href={linkTo("skipped")} title={t("skipped")}>
              <Icon name="skipped" />
              <span>{t("skipped")}</span>
            </a>
          </>
        )}
        <Tool name="theme" onClick={nextTheme} />
        <Tool name="keys" onClick={props.onKeys} />
      </div>
    </nav>
  );
}

function Tool({ name, onClick }: { name: Message; onClick: () => void }) {
  return (
    <button class="tool" data-tool={name} onClick={onClick} title={t(name)}>
      <Icon name={name} />
      <span>{t(name)}</span>
    </button>
  );
}

/** Back or forth: it says what it would do, and is off where there is nothing. */
function Step({ name, what, onClick }: { name: "undo" | "redo"; what: string; onClick: () => void }) {
  const [does, nothing]: [Message, Message] =
    name === "undo" ? ["undoWhat", "undoNothing"] : ["redoWhat", "redoNothing"];
  return (
    <button class="tool" onClick={onClick} disabled={!canEdit.value || !what} title={level.value !== null ? t("onlyLook") : what ? t(does, { what }) : t(nothing)}>
      <Icon name={name} />
      <span>{t(name)}</span>
    </button>
  );
}
