/** Whether something has come near the part of the page that is looked at. */

import { useEffect, useState } from "preact/hooks";

const NEAR = "300px";
const waiting = new Map<Element, () => void>();
let watch: IntersectionObserver | null = null;

/** Tell whether an element was ever near the view: until then its pictures need not be fetched. */
export function useSeen(box: { current: Element | null }): boolean {
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    const element = box.current!;
    watch ??= new IntersectionObserver(look, { rootMargin: NEAR });
    waiting.set(element, () => setSeen(true));
    watch.observe(element);
    return () => forget(element);
  }, []);
  return isSeen;
}

function look(entries: IntersectionObserverEntry[]): void {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    waiting.get(entry.target)?.();
    forget(entry.target);
  }
}

function forget(element: Element): void {
  waiting.delete(element);
  watch?.unobserve(element);
}
