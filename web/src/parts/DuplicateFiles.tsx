/** The files of a group: which is kept, which go, which stay too. */

import type { Decision } from "../data/decisions";
import { goes, proposal } from "../data/decisions";
import type { DuplicateFile, DuplicateGroup } from "../data/source";
import type { Message } from "../messages";
import { t } from "../messages";
import { library, source } from "../store";
import { factsOf } from "./Compare";
import { Icon } from "./Icon";
import { within } from "./size";

const WITH_KEY = 9;

interface Props {
  group: DuplicateGroup;
  decision: Decision | null;
  shown: number;
  onShow: (place: number) => void;
  onKeep: (place: number) => void;
  onStay: (place: number) => void;
}

export function DuplicateFiles({ group, decision, shown, onShow, onKeep, onStay }: Props) {
  const now = decision === null || decision === "leave" ? proposal(group) : decision;
  const keeper = now === "leave" ? group.files[0]!.place : now.keeper;
  return (
    <ol class="copies">
      {group.files.map((file, i) => {
        const isKeeper = file.place === keeper;
        return (
          <li key={file.place} class={roleOf(file, keeper, decision)}>
            <button
              class="peek"
              aria-pressed={shown === file.place}
              disabled={isKeeper}
              onClick={() => onShow(file.place)}
              aria-label={t("compareWith", { name: file.name })}
            >
              <img src={source.value.thumb(file.key, 192)} alt="" loading="lazy" />
            </button>
            <div class="what">
              <b title={`${file.folder}/${file.name}`}>{file.name}</b>
              <small>
                {placeOf(file) !== "." && `${placeOf(file)} · `}
                {factsOf(file)}
              </small>
              <small class="why">
                {file.kind === "keeper" ? t("proposed", { reason: file.why }) : file.why}
              </small>
            </div>
            <span class="role">
              {file.is_protected && (
                <span title={t("isProtected")}>
                  <Icon name="lock" />
                  <span class="sr">{t("isProtected")}</span>
                </span>
              )}
              {t(WORDS[roleOf(file, keeper, decision)])}
            </span>
            <span class="row">
              <button aria-pressed={isKeeper} onClick={() => onKeep(file.place)}>
                {t("keepThis")} {i < WITH_KEY && <kbd aria-hidden="true">{i + 1}</kbd>}
              </button>
              {!isKeeper && !file.is_protected && (
                <button
                  aria-pressed={now !== "leave" && now.stay.includes(file.place)}
                  onClick={() => onStay(file.place)}
                >
                  {t("stayToo")}
                </button>
              )}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

type Role = "kept" | "goes" | "stays" | "open";
const WORDS: Record<Role, Message> = {
  kept: "roleKept",
  goes: "roleGoes",
  stays: "roleStays",
  open: "roleOpen",
};

function roleOf(file: DuplicateFile, keeper: number, decision: Decision | null): Role {
  if (decision === "leave") return "stays";
  if (file.place === keeper) return "kept";
  if (file.is_protected) return "stays";
  if (decision === null) return "open";
  return goes(file, decision) ? "goes" : "stays";
}

export function placeOf(file: DuplicateFile): string {
  return within(file.folder, baseOf());
}

/** The folder that the library lies in. */
export function baseOf(): string {
  return (library.value?.folder ?? "").replace(/\/[^/]*$/, "");
}
