/** Files that could not be read, and why. */

import { useState } from "preact/hooks";
import { t } from "../messages";
import { SkippedList } from "../parts/SkippedList";

export function Skipped() {
  const [n, setN] = useState(0);
  return (
    <section class="screen" aria-labelledby="title">
      <header class="head">
        <div>
          <h1 id="title">{t("skipped")}</h1>
          {n > 0 && <p class="quiet">{t("skippedWhat")}</p>}
        </div>
      </header>
      <SkippedList onCount={setN} />
    </section>
  );
}
