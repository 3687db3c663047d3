/** Files that could not be read, and why; those that some words fit, if there are words. */

import { useEffect, useState } from "preact/hooks";
import type { SkippedList as Found } from "../data/source";
import { t } from "../messages";
import { live, said, tell } from "../store";

export function SkippedList({ words = "", onCount }: { words?: string; onCount?: (n: number) => void }) {
  const [found, setFound] = useState<Found | null>(null);
  useEffect(() => {
    live.value?.skipped().then(
      (list) => {
        setFound(list);
        onCount?.(list.n);
      },
      (error) => tell(said(error), { isError: true }),
    );
  }, []);
  if (!found) return null;
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = found.files.filter((file) => {
    const text = `${file.path} ${file.reason}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
  if (!shown.length) return <p class="quiet">{t(found.n ? "nothingFound" : "skippedNone")}</p>;
  return (
    <ul class="lines">
      {shown.map((file) => (
        <li key={file.path}>
          <code>{file.path}</code>
          <span class="quiet">{file.reason}</span>
        </li>
      ))}
    </ul>
  );
}
