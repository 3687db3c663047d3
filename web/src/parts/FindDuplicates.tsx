/** What starts the search for duplicates, and what must not be touched by what comes of it. */

import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { t } from "../messages";
import { attempt, job, library, live } from "../store";
import { Icon } from "./Icon";

const guarded = signal<string[]>([]);

export function FindDuplicates({ isFirst, onCancel }: { isFirst: boolean; onCancel: () => void }) {
  const isWorking = job.value?.state === "running";
  const find = () => void attempt(() => live.value!.findDuplicates(guarded.value));
  return (
    <section class="empty" aria-labelledby="title">
      <h1 id="title">{t("findTitle")}</h1>
      <p>{t("findWhat")}</p>
      <Guarded />
      <div class="row">
        <button class="primary" disabled={isWorking} onClick={find}>
          {t(isWorking ? "finding" : "findNow")}
        </button>
        {!isFirst && <button onClick={onCancel}>{t("cancel")}</button>}
      </div>
    </section>
  );
}

function Guarded() {
  const [text, setText] = useState("");
  const add = (event: Event) => {
    event.preventDefault();
    const folder = text.trim();
    if (folder && !guarded.value.includes(folder)) guarded.value = [...guarded.value, folder];
    setText("");
  };
  return (
    <details class="guards" open={guarded.value.length > 0}>
      <summary>{t("protect")}</summary>
      <p class="quiet">{t("protectWhat")}</p>
      <ul>
        {guarded.value.map((folder) => (
          <li key={folder} class="row">
            <Icon name="lock" /> <code class="grow">{folder}</code>
            <button
              class="tool"
              aria-label={t("protectNot", { folder })}
              onClick={() => (guarded.value = guarded.value.filter((other) => other !== folder))}
            >
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
      <form class="row" onSubmit={add}>
        <input
          type="text"
          class="grow"
          list="known-folders"
          aria-label={t("protectFolder")}
          placeholder={library.value?.folders[0] ?? "/"}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <datalist id="known-folders">
          {library.value?.folders.map((folder) => <option key={folder} value={folder} />)}
        </datalist>
        <button type="submit">{t("protectAdd")}</button>
      </form>
    </details>
  );
}
