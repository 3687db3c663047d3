/** What may be done with the pictures that are chosen. */

import { useState } from "preact/hooks";
import { t } from "../messages";
import { correct, tell } from "../store";
import { Dialog } from "./Dialog";
import { GroupPicker } from "./GroupPicker";
import { useKeys } from "./keys";

/** What the server takes at once. */
const MOST = 50_000;

interface Props {
  /** How many are chosen; the bar is there if any are. */
  n: number;
  keys: () => string[];
  /** The group that all of them are in, if it is one. */
  group: string | null;
  /** Whether they are of several groups. */
  isMixed?: boolean;
  /** Groups that are offered first. */
  nearest: string[];
  canSplit: boolean;
  onAll: () => void;
  onClear: () => void;
  /** Search for more like these. */
  onLike?: () => void;
  onUnlike?: () => void;
}

export function ActionsBar({ n, keys, group, isMixed = false, nearest, canSplit, onAll, onClear, onLike, onUnlike }: Props) {
  const [asking, setAsking] = useState<"move" | "found" | null>(null);
  const act = async (what: Parameters<typeof correct>[0]) => {
    if (n > MOST) return tell(t("mapTooMany", { n: MOST }), { isError: true });
    const done = await correct({ ...what, images: keys() });
    setAsking(null);
    if (done) onClear();
  };
  // Of several groups, each picture leaves its own.
  const canLeave = group !== null || isMixed;
  const acts = {
    move: () => setAsking("move"),
    notHere: () => canLeave && void act({ action: "not-here", ...(group && { group }) }),
    split: () => group && canSplit && void act({ action: "split", group }),
  };
  useKeys({
    m: () => n > 0 && acts.move(),
    n: () => n > 0 && acts.notHere(),
    s: () => n > 0 && acts.split(),
  });
  if (!n) return null;
  return (
    <>
      <div class="actions" role="toolbar" aria-label={t("selected", { n })}>
        <b role="status">{t("selected", { n })}</b>
        <button class="primary" onClick={acts.move}>{t("move")}</button>
        <button onClick={() => setAsking("found")}>{t("newGroupOf")}</button>
        {canLeave && <button onClick={acts.notHere}>{t("notHere")}</button>}
        {group && <button onClick={acts.split} disabled={!canSplit}>{t("splitOff")}</button>}
        {onLike && <button onClick={onLike}>{t("moreLikeThese")}</button>}
        {onUnlike && <button onClick={onUnlike}>{t("lessLikeThese")}</button>}
        <button onClick={onAll}>{t("selectAll")}</button>
        <button onClick={onClear}>{t("clear")}</button>
      </div>
      {asking === "move" && (
        <GroupPicker
          title={t("move")}
          first={nearest}
          firstTitle="nearest"
          without={group ? [group] : []}
          canFound
          onChoose={(to) => void act({ action: "move", group: to.id })}
          onFound={(name) => void act({ action: "found", name })}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === "found" && (
        <Naming onName={(name) => void act({ action: "found", name })} onClose={() => setAsking(null)} />
      )}
    </>
  );
}

function Naming({ onName, onClose }: { onName: (name: string) => void; onClose: () => void }) {
  const [text, setText] = useState("");
  const name = text.trim();
  return (
    <Dialog title={t("newGroupOf")} onClose={onClose}>
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault();
          if (name) onName(name);
        }}
      >
        <input
          class="grow"
          aria-label={t("nameIt")}
          placeholder={t("nameIt")}
          maxLength={200}
          autoFocus
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button class="primary" disabled={!name}>{t("save")}</button>
      </form>
    </Dialog>
  );
}
