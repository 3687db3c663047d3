/** What was just done, with a way back. */

import { t } from "../messages";
import { dismiss, groups, toasts, undo } from "../store";
import { Icon } from "./Icon";

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map((toast) => (
        <div key={toast.id} class={toast.isError ? "toast bad" : "toast"}>
          <span>{toast.text}</span>
          {toast.link && <a class="button" href={toast.link}>{t("showIt")}</a>}
          {toast.entry !== null && toast.entry === groups.value?.entry && (
            <button
              onClick={() => {
                dismiss(toast.id);
                void undo();
              }}
            >
              {t("undo")}
            </button>
          )}
          <button class="tool" onClick={() => dismiss(toast.id)} aria-label={t("close")}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
