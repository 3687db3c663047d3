/** Folders that open and close, each with how much is in it. */

import { t } from "../messages";
import { size } from "./size";
import type { Branch } from "./tree";

const OPEN_AT_ONCE = 12;

export function FolderTree({ branches, label }: { branches: Branch[]; label?: string }) {
  return (
    <ul class="tree" aria-label={label}>
      {branches.map((one) => (
        <li key={one.path}>
          {one.branches.length ? (
            <details open={one.branches.length <= OPEN_AT_ONCE}>
              <summary>
                <Line one={one} />
              </summary>
              <FolderTree branches={one.branches} />
            </details>
          ) : (
            <Line one={one} />
          )}
        </li>
      ))}
    </ul>
  );
}

function Line({ one }: { one: Branch }) {
  return (
    <span class="line">
      <span class="folder">{one.name === "." ? t("thisFolder") : one.name}</span>
      <span class="quiet">
        {t("filesCount", { n: one.files })} · {size(one.bytes)}
      </span>
    </span>
  );
}
