/** Keys that do something wherever the focus is, unless it is where text is written. */

import { useEffect, useRef } from "preact/hooks";

type Keys = Record<string, (event: KeyboardEvent) => void>;

/** `mod` is Ctrl, or the command key of a Mac. */
export function nameOf(event: KeyboardEvent): string {
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("mod");
  if (event.shiftKey && event.key.length > 1) parts.push("shift");
  else if (event.shiftKey && (event.ctrlKey || event.metaKey)) parts.push("shift");
  return [...parts, event.key.length === 1 && parts.length ? event.key.toLowerCase() : event.key].join("+");
}

export function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  return target instanceof HTMLInputElement && !["range", "checkbox", "radio"].includes(target.type);
}

export function useKeys(keys: Keys): void {
  const now = useRef(keys);
  now.current = keys;
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (isWriting(event.target) || event.defaultPrevented) return;
      if (document.querySelector("dialog[open]")) return;
      const act = now.current[nameOf(event)];
      if (!act) return;
      event.preventDefault();
      act(event);
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
}
