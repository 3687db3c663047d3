/** The frame around the screens: where to go, what goes on, what was said. */

import type { ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "./messages";
import { DropHere } from "./parts/DropHere";
import { History } from "./parts/History";
import { JobBar } from "./parts/JobBar";
import { KeySheet } from "./parts/KeySheet";
import { Navigation } from "./parts/Navigation";
import { Toasts } from "./parts/Toasts";
import { useKeys } from "./parts/keys";
import { place } from "./router";
import { Duplicates } from "./screens/Duplicates";
import { Groups } from "./screens/Groups";
import { GroupScreen } from "./screens/GroupScreen";
import { MapScreen } from "./screens/MapScreen";
import { Picture } from "./screens/Picture";
import { Search } from "./screens/Search";
import { PlanScreen } from "./screens/PlanScreen";
import { Skipped } from "./screens/Skipped";
import { Tidy } from "./screens/Tidy";
import { Welcome } from "./screens/Welcome";
import { byId, canEdit, follow, isOnline, library, live, problem, redo, refresh, title, titleOf, undo } from "./store";

export const SCREENS: Record<string, ComponentType> = {
  groups: Groups,
  group: GroupScreen,
  map: MapScreen,
  picture: Picture,
  search: Search,
  skipped: Skipped,
  duplicates: Duplicates,
  tidy: Tidy,
  plan: PlanScreen,
};

export function App({ screens = SCREENS }: { screens?: Record<string, ComponentType> }) {
  const [panel, setPanel] = useState<"history" | "keys" | null>(null);
  useEffect(() => {
    void refresh();
    return live.value ? follow() : undefined;
  }, []);
  useArrival();
  useKeys({
    "?": () => setPanel("keys"),
    "mod+z": () => canEdit.value && library.value?.undo && void undo(),
    "mod+shift+z": () => canEdit.value && void redo(),
    "mod+y": () => canEdit.value && void redo(),
  });
  return (
    <>
      <a class="skip" href="#content" onClick={toContent}>
        {t("skipToContent")}
      </a>
      <Navigation onHistory={() => setPanel("history")} onKeys={() => setPanel("keys")} />
      <div class="stage">
        {!isOnline.value && (
          <p class="banner" role="alert">
            {t("offline")}
          </p>
        )}
        <JobBar />
        <main id="content" tabIndex={-1}>
          <Screen screens={screens} />
        </main>
      </div>
      <Toasts />
      {live.value && library.value?.is_grouped && <DropHere />}
      {panel === "history" && <History onClose={() => setPanel(null)} />}
      {panel === "keys" && <KeySheet onClose={() => setPanel(null)} />}
    </>
  );
}

function Screen({ screens }: { screens: Record<string, ComponentType> }) {
  if (problem.value && !library.value) return <Trouble text={problem.value} />;
  if (!library.value) return <p class="quiet" role="status">{t("loading")}</p>;
  if (!library.value.is_grouped) return <Welcome />;
  const Shown = screens[place.value.screen] ?? Groups;
  return <Shown />;
}

/** Name the page after what it shows, and let the keyboard go on from there. */
function useArrival(): void {
  const { screen, id } = place.value;
  const group = byId.value.get(id);
  const shown = screen === "group" && group ? titleOf(group) : "";
  const name = title.value || t("app");
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = shown ? `${shown} · ${name}` : name;
  }, [shown, name]);
  useEffect(() => {
    // What had the focus is not there any more, so it would start anew at the top.
    const isLost = document.activeElement === document.body;
    if (!isFirst.current && isLost) document.getElementById("content")?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [screen, id]);
}

function Trouble({ text }: { text: string }) {
  return (
    <section class="empty" role="alert">
      <p>{text}</p>
      <button class="primary" onClick={() => void refresh()}>
        {t("again")}
      </button>
    </section>
  );
}

function toContent(event: MouseEvent): void {
  event.preventDefault(); // the address is the router's
  document.getElementById("content")?.focus();
}
