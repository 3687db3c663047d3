/** What is in Pixkin's trash: back where it was, one by one, or gone for good. */

import { useEffect, useState } from "preact/hooks";
import type { FilingList, TrashList } from "../data/source";
import { t } from "../messages";
import { attempt, job, live, said, source, tell } from "../store";
import { Dialog } from "./Dialog";
import { size } from "./size";

/** Asked for anew whenever `stamp` is another list of what was done. */
export function Trash({ stamp }: { stamp: FilingList }) {
  const [found, setFound] = useState<TrashList | null>(null);
  const [isAsking, setAsking] = useState(false);
  const ask = () => {
    live.value?.trash().then(setFound, (error) => tell(said(error), { isError: true }));
  };
  useEffect(ask, [stamp]);
  if (!found?.files) return null;
  const isBusy = job.value?.state === "running";
  const empty = async () => {
    setAsking(false);
    const done = await attempt(() => live.value!.emptyTrash(found.stamp));
    if (done) tell(t("emptied", { n: done.files }));
    ask();
  };
  return (
    <details class="listed">
      <summary>{t("inTrash", { n: found.files, size: size(found.bytes) })}</summary>
      <p class="quiet">{t("inTrashWhat")}</p>
      <ul class="lines">
        {found.shown.map((one) => (
          <li key={one.id}>
            <span class="row">
              {one.key && <img src={source.value.thumb(one.key, 96)} alt="" width="48" height="48" loading="lazy" />}
              <code class="grow">{one.path}</code>
              <button disabled={isBusy} aria-label={t("restoreThis", { path: one.path })}
                onClick={() => void attempt(() => live.value!.restore([one.id]))}>
                {t("restore")}
              </button>
            </span>
          </li>
        ))}
        {found.files > found.shown.length && <li>{t("andMore", { n: found.files - found.shown.length })}</li>}
      </ul>
      <button disabled={isBusy} onClick={() => setAsking(true)}>{t("emptyTrash")}</button>
      {isAsking && (
        <Dialog title={t("askEmpty")} onClose={() => setAsking(false)}>
          <p>{t("askEmptyWhat", { n: found.files, size: size(found.bytes) })}</p>
          <div class="row">
            <button class="danger" onClick={() => void empty()}>{t("deleteForGood", { n: found.files })}</button>
            <button autoFocus onClick={() => setAsking(false)}>{t("cancel")}</button>
          </div>
        </Dialog>
      )}
    </details>
  );
}
