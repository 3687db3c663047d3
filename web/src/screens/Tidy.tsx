/** How the pictures are to be put into folders; the plan comes next, and nothing before it. */

import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { Group, OrganizeAsked } from "../data/source";
import type { Message } from "../messages";
import { t } from "../messages";
import { baseOf } from "../parts/DuplicateFiles";
import { Filings } from "../parts/Filings";
import { FolderField } from "../parts/FolderField";
import { go, linkTo } from "../router";
import { attempt, groups, level, live, showLevel, source, titleOf } from "../store";

type By = NonNullable<OrganizeAsked["by"]> | "own";
type Action = NonNullable<OrganizeAsked["action"]>;
interface Form {
  by: By;
  action: Action;
  template: string;
  to: string | null;
  /** The groups that are chosen; null for all. */
  only: ReadonlySet<string> | null;
  hasSidecars: boolean;
  removesEmpty: boolean;
}

const form = signal<Form>({
  by: "group",
  action: "copy",
  template: "{group}/{year}/{name}",
  to: null,
  only: null,
  hasSidecars: false,
  removesEmpty: false,
});
const BY: { by: By; title: Message; example: Message }[] = [
  { by: "group", title: "byGroup", example: "byGroupExample" },
  { by: "date", title: "byDate", example: "byDateExample" },
  { by: "group/date", title: "byGroupDate", example: "byGroupDateExample" },
  { by: "own", title: "byOwn", example: "byOwnExample" },
];
/** The last of these few want. */
const ACTIONS: { action: Action; title: Message; what: Message; isRare?: true }[] = [
  { action: "copy", title: "doCopy", what: "doCopyWhat" },
  { action: "move", title: "doMove", what: "doMoveWhat" },
  { action: "link", title: "doLink", what: "doLinkWhat", isRare: true },
  { action: "hardlink", title: "doHardlink", what: "doHardlinkWhat", isRare: true },
];
const FIELDS = ["group", "year", "month", "day", "date", "camera", "id", "name", "stem", "ext"];

function set(what: Partial<Form>): void {
  form.value = { ...form.value, ...what };
}

export function Tidy() {
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    // It files by the groups that are kept, not by a level that was looked at.
    if (level.value !== null) void showLevel(null);
  }, []);
  const { by, action, template, to, only, hasSidecars, removesEmpty } = form.value;
  const destination = to ?? `${baseOf()} sorted`;
  const make = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    const plan = await attempt(() =>
      live.value!.planToOrganize({
        by: by === "own" ? "group" : by,
        template: by === "own" ? template : "",
        action,
        destination,
        groups: only ? [...only] : [],
        write_sidecars: hasSidecars,
        remove_empty: removesEmpty && action === "move",
      }),
    );
    setBusy(false);
    if (plan) go(linkTo("plan", plan.plan));
  };
  return (
    <section class="screen tidy" aria-labelledby="title">
      <header class="head">
        <div>
          <h1 id="title">{t("tidy")}</h1>
          <p class="quiet">{t("tidyWhat")}</p>
        </div>
      </header>
      <form onSubmit={(event) => void make(event)}>
        <Choices name="by" legend={t("tidyBy")} now={by} onChoose={(one) => set({ by: one as By })}
          options={BY.map((one) => ({ value: one.by, title: t(one.title), what: t(one.example) }))} />
        {by === "own" && <Template />}
        {by !== "date" && <Unnamed />}
        <Choices name="action" legend={t("tidyHow")} now={action} onChoose={(one) => set({ action: one as Action })}
          options={ACTIONS.map((one) => ({ value: one.action, title: t(one.title), what: t(one.what), isRare: one.isRare ?? false }))} />
        {action === "move" && (
          <label class="check">
            <input type="checkbox" checked={removesEmpty} onChange={(event) => set({ removesEmpty: event.currentTarget.checked })} />
            {t("removeEmpty")}
          </label>
        )}
        <FolderField label={t("destination")} what={t("destinationWhat")} value={destination} onInput={(to) => set({ to })} />
        <Which />
        <label class="check">
          <input type="checkbox" checked={hasSidecars} onChange={(event) => set({ hasSidecars: event.currentTarget.checked })} />
          {t("sidecars")}
        </label>
        <div class="row">
          <button type="submit" class="primary" disabled={isBusy || only?.size === 0}>
            {t(isBusy ? "making" : "showPlan")}
          </button>
          <span class="quiet">{t("nothingYet")}</span>
        </div>
      </form>
      <Filings />
    </section>
  );
}

interface Option {
  value: string;
  title: string;
  what: string;
  isRare?: boolean;
}
interface ChoicesProps {
  name: string;
  legend: string;
  now: string;
  options: Option[];
  onChoose: (value: string) => void;
}

function Choices({ name, legend, now, options, onChoose }: ChoicesProps) {
  const rare = options.filter((one) => one.isRare);
  const shown = (one: Option) => (
    <label key={one.value} class={one.value === now ? "choice at" : "choice"}>
      <input type="radio" name={name} value={one.value} checked={one.value === now} onChange={() => onChoose(one.value)} />
      <span class="what">
        <b>{one.title}</b>
        <small>{one.what}</small>
      </span>
    </label>
  );
  return (
    <fieldset class="choices">
      <legend>{legend}</legend>
      {options.filter((one) => !one.isRare).map(shown)}
      {rare.length > 0 && (
        <details class="rare" open={rare.some((one) => one.value === now)}>
          <summary>{t("otherWays")}</summary>
          <div class="row">{rare.map(shown)}</div>
        </details>
      )}
    </fieldset>
  );
}

/** Folders are called after groups, so names are worth giving first. */
function Unnamed() {
  const n = groups.value?.groups.filter((group) => !group.name && !group.is_hidden).length ?? 0;
  if (!n) return null;
  return (
    <p class="quiet hint">
      {t("unnamedGroups", { n })} <a href={linkTo("groups", "", { only: "unnamed" })}>{t("nameFirst")}</a>
    </p>
  );
}

function Template() {
  return (
    <div class="field">
      <label for="template">
        <b>{t("template")}</b>
      </label>
      <input id="template" type="text" value={form.value.template} required spellcheck={false}
        onInput={(event) => set({ template: event.currentTarget.value })} />
      <div class="row" role="group" aria-label={t("templateFields")}>
        {FIELDS.map((field) => (
          <button key={field} type="button" class="chip" onClick={() => set({ template: inserted(form.value.template, field) })}>
            {`{${field}}`}
          </button>
        ))}
      </div>
      <small class="quiet">{t("templateWhat", { name: "{name}", stem: "{stem}" })}</small>
    </div>
  );
}

/** A field comes before the last part, which is the file's name. */
export function inserted(template: string, field: string): string {
  const cut = template.lastIndexOf("/") + 1;
  if (["name", "stem", "ext"].includes(field)) return `${template}{${field}}`;
  return `${template.slice(0, cut)}{${field}}/${template.slice(cut)}`;
}

function Which() {
  const known = groups.value?.groups.filter((group) => !group.is_hidden) ?? [];
  const { only } = form.value;
  const toggle = (group: Group) => {
    const next = new Set(only ?? []);
    if (!next.delete(group.id)) next.add(group.id);
    set({ only: next });
  };
  return (
    <fieldset class="which">
      <legend>{t("tidyWhich")}</legend>
      <div class="row">
        <label class="check">
          <input type="radio" name="which" checked={only === null} onChange={() => set({ only: null })} />
          {t("allGroups")}
        </label>
        <label class="check">
          <input type="radio" name="which" checked={only !== null} onChange={() => set({ only: new Set() })} />
          {t("someGroups")}
        </label>
      </div>
      {only && (
        <ul class="pick">
          {known.map((group) => (
            <li key={group.id}>
              <label class="check">
                <input type="checkbox" checked={only.has(group.id)} onChange={() => toggle(group)} />
                {group.cover[0] && <img src={source.value.thumb(group.cover[0], 96)} alt="" loading="lazy" />}
                <span class={group.name ? "grow" : "grow guess"}>
                  {titleOf(group)}
                  {!group.name && !group.looks_like && <code> {group.id}</code>}
                </span>
                <span class="quiet">{group.images.toLocaleString()}</span>
              </label>
            </li>
          ))}
        </ul>
      )}
    </fieldset>
  );
}
