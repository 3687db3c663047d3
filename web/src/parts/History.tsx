/** All that was done with the groups; each step can be gone back to. */

import { useEffect, useState } from "preact/hooks";
import type { HistoryList } from "../data/source";
import { t } from "../messages";
import { linkTo } from "../router";
import { groups, live, redo, said, tell, undo } from "../store";
import { Dialog } from "./Dialog";

export function History({ onClose }: { onClose: () => void }) {
  const [found, setFound] = useState<HistoryList | null>(null);
  const entry = groups.value?.entry;
  useEffect(() => {
    live.value!.history().then(setFound, (error) => tell(said(error), { isError: true }));
  }, [entry]);
  return (
    <Dialog title={t("history")} kind="panel" onClose={onClose}>
      <div class="row">
        <button onClick={() => void undo()} disabled={!found?.n_done}>
          {t("undo")}
        </button>
        <button onClick={() => void redo()} disabled={!found?.n_undone}>
          {t("redo")}
        </button>
      </div>
      <p class="quiet">
        <a href={linkTo("tidy")} onClick={onClose}>{t("historyFiles")}</a>
      </p>
      {found && !found.entries.length && <p class="quiet">{t("nothingDone")}</p>}
      <ol class="history">
        {found?.entries.map((one) => (
          <li key={one.entry} class={one.state}>
            <span>{one.what}</span>
            <time dateTime={one.made}>{new Date(one.made).toLocaleString()}</time>
          </li>
        ))}
      </ol>
    </Dialog>
  );
}
