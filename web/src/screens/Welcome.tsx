/** What shows before there are groups, and once when there are. */

import { useState } from "preact/hooks";
import { t } from "../messages";
import { attempt, job, live } from "../store";

const SEEN = "pixkin-seen";

export function Welcome() {
  const isWorking = job.value?.state === "running";
  return (
    <section class="empty" aria-labelledby="title">
      <h1 id="title">{t("empty")}</h1>
      <p>{t("emptyWhat")}</p>
      {isWorking && <p role="status">{t("emptyWorking")}</p>}
      {live.value && !isWorking && (
        <button class="primary" onClick={() => void attempt(() => live.value!.start("cluster"))}>
          {t("groupNow")}
        </button>
      )}
    </section>
  );
}

export function FirstVisit() {
  const [isNew, setNew] = useState(() => live.value !== null && !localStorage.getItem(SEEN));
  if (!isNew) return null;
  const close = () => {
    localStorage.setItem(SEEN, "1");
    setNew(false);
  };
  return (
    <aside class="first" aria-labelledby="first">
      <h2 id="first">{t("first")}</h2>
      <p>{t("firstWhat")}</p>
      <button class="primary" onClick={close}>{t("gotIt")}</button>
    </aside>
  );
}
