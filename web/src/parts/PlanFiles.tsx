/** All files of a plan, a page at a time. */

import { useState } from "preact/hooks";
import type { Plan } from "../data/source";
import { t } from "../messages";
import { attempt, live, source } from "../store";
import { baseOf } from "./DuplicateFiles";
import { size, within } from "./size";

const SHOWN_AT_ONCE = 30;

export function PlanFiles({ plan }: { plan: Plan }) {
  const [more, setMore] = useState<Plan["actions"]>([]);
  const rows = [...plan.actions, ...more];
  const ask = async () => {
    const next = await attempt(() => live.value!.plan(plan.plan, rows.length));
    if (next) setMore([...more, ...next.actions]);
  };
  if (!plan.files) return null;
  return (
    <details class="listed" open={plan.files <= SHOWN_AT_ONCE}>
      <summary>{t("planFiles", { n: plan.files })}</summary>
      <table class="files">
        <thead>
          <tr>
            <th scope="col"><span class="sr">{t("picture")}</span></th>
            <th scope="col">{t("planSource")}</th>
            <th scope="col">{t(plan.action === "replace" ? "planKept" : "planTarget")}</th>
            <th scope="col" class="number">{t("size")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.source}>
              <td>{row.key && <img src={source.value.thumb(row.key, 96)} alt="" loading="lazy" />}</td>
              <td>{within(row.source, baseOf())}</td>
              <td>{row.kind === "trash" ? t("theTrash") : within(row.target, baseOf())}</td>
              <td class="number">{size(row.bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length < plan.files && <button onClick={() => void ask()}>{t("showMore")}</button>}
    </details>
  );
}
