/** A window over the page. The browser keeps the focus inside, and Escape closes it. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../messages";
import { Icon } from "./Icon";

interface Props {
  title: string;
  kind?: "panel" | "window";
  onClose: () => void;
  children: ComponentChildren;
}

export function Dialog({ title, kind = "window", onClose, children }: Props) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    const dialog = box.current;
    dialog?.showModal();
    return () => {
      const now = document.activeElement;
      // Closed by Escape, the browser has given it back, and it may be elsewhere by then.
      if (now !== document.body && !dialog?.contains(now)) return;
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const outside = (event: MouseEvent) => {
    if (event.target === box.current) onClose();
  };
  return (
    <dialog ref={box} class={kind} aria-label={title} onClose={onClose} onClick={outside}>
      <div class="inside">
        <header>
          <h2>{title}</h2>
          <button class="tool" onClick={onClose} aria-label={t("close")}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
