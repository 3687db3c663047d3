/** Files that could not be read, and why. */

import { useEffect, useState } from "preact/hooks";
import type { SkippedList } from "../data/source";
import { t } from "../messages";
import { live, said, tell } from "../store";

export function Skipped() {
  const [found, setFound] = useState<SkippedList | null>(null);
  useEffect(() => {
    live.value?.skipped().then(setFound, (error) => tell(said(error), { isError: true }));
  }, []);
  return (
    <section class="screen" aria-labelledby="title">
      <header class="head">
        <div>
          <h1 id="title">{t("skipped")}</h1>
          <p class="quiet">{found ? (found.n ? t("skippedWhat") : t("skippedNone")) : t("loading")}</p>
        </div>
      </header>
      <ul class="lines">
        {found?.files.map((file) => (
          <li key={file.path}>
            <code>{file.path}</code>
            <span class="quiet">{file.reason}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
