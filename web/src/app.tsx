/** The frame around the screens: where to go, what goes on, what was said. */

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "./messages";
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
import { PlanScreen } from "./screens/PlanScreen";
import { Skipped } from "./screens/Skipped";
import { Tidy } from "./screens/Tidy";
import { Welcome } from "./screens/Welcome";
import { canEdit, follow, isOnline, library, live, problem, redo, refresh, undo } from "./store";

const SCREENS: Record<string, ComponentType> = {
  groups: Groups,
  group: GroupScreen,
  skipped: Skipped,
  duplicates: Duplicates,
  tidy: Tidy,
  plan: PlanScreen,
};

export function App() {
  const [panel, setPanel] = useState<"history" | "keys" | null>(null);
  useEffect(() => {
    void refresh();
    return live.value ? follow() : undefined;
  }, []);
  useKeys({
    "?": () => setPanel("keys"),
    "mod+z": () => canEdit.value && void undo(),
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
          <Screen />
        </main>
      </div>
      <Toasts />
      {panel === "history" && <History onClose={() => setPanel(null)} />}
      {panel === "keys" && <KeySheet onClose={() => setPanel(null)} />}
    </>
  );
}

function Screen() {
  if (problem.value && !library.value) return <Trouble text={problem.value} />;
  if (!library.value) return <p class="quiet" role="status">{t("loading")}</p>;
  if (!library.value.is_grouped) return <Welcome />;
  const Shown = SCREENS[place.value.screen] ?? Groups;
  return <Shown />;
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
