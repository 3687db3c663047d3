/** What is known of a picture, and what may be done with it. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { PictureFacts } from "../data/source";
import { NONE } from "../data/source";
import { t } from "../messages";
import type { Message } from "../messages";
import { linkTo } from "../router";
import { byId, canEdit, said, source, tell, titleOf } from "../store";
import { Icon } from "./Icon";
import { bytes, degrees, megapixels, when } from "./units";

interface Props {
  facts: PictureFacts;
  onMove: () => void;
  onNotHere: () => void;
  onLike: () => void;
  onUnlike: () => void;
}

const KINDS: Record<string, Message> = {
  identical: "kind_identical", same: "kind_same", edited: "kind_edited", burst: "kind_burst",
};

export function PictureInfo({ facts, onMove, onNotHere, onLike, onUnlike }: Props) {
  const group = byId.value.get(facts.group);
  return (
    <>
      <section class="where" aria-labelledby="where">
        <h2 id="where" class="sr">{t("group")}</h2>
        <a class="belongs" href={linkTo("group", group ? group.id : NONE)}>
          <span class="swatch" style={{ background: group?.colour ?? "var(--line)" }} aria-hidden="true" />
          <b>{group ? titleOf(group) : t("noGroup")}</b>
        </a>
        <p class="quiet">{capital(facts.why)}.</p>
        <div class="row">
          {canEdit.value && <button onClick={onMove}>{t("move")}</button>}
          {canEdit.value && group && <button onClick={onNotHere}>{t("notHere")}</button>}
        </div>
        <div class="row">
          <button onClick={onLike}>{t("moreLikeThis")}</button>
          <button onClick={onUnlike}>{t("lessLikeThis")}</button>
        </div>
      </section>
      <dl class="known">
        {facts.taken && <Fact name="taken">{when(facts.taken)}</Fact>}
        {facts.camera && <Fact name="camera">{facts.camera}</Fact>}
        {facts.width > 0 && (
          <Fact name="sides">
            {facts.width.toLocaleString()} × {facts.height.toLocaleString()}
            <small> {megapixels(facts.width, facts.height)}</small>
          </Fact>
        )}
        <Fact name="format">{[facts.format || t("unreadable"), bytes(facts.bytes)].join(" · ")}</Fact>
        {facts.latitude !== null && facts.longitude !== null && (
          <Fact name="place">{degrees(facts.latitude, facts.longitude)}</Fact>
        )}
        {facts.flags.length > 0 && (
          <Fact name="mayBe">{facts.flags.map((flag) => t(flagName(flag))).join(", ")}</Fact>
        )}
      </dl>
      <section aria-labelledby="files">
        <h2 id="files">{t("files", { n: facts.n_files })}</h2>
        <ul class="paths">
          {facts.files.map((path) => (
            <Path key={path} path={path} />
          ))}
        </ul>
        {facts.n_files > facts.files.length && <p class="quiet">{t("andMore", { n: facts.n_files - facts.files.length })}</p>}
      </section>
      {facts.twins.length > 0 && (
        <section class="twins" aria-labelledby="twins">
          <h2 id="twins">{t("twins")}</h2>
          <ul>
            {facts.twins.map((twin) => (
              <li key={twin.path}>
                <a href={linkTo("picture", twin.key)} title={twin.path}>
                  <img src={source.value.thumb(twin.key, 128)} alt="" loading="lazy" />
                  <span class="what">
                    <b>{t(KINDS[twin.kind] ?? "kind_same")}{twin.is_keeper ? ` · ${t("keeper")}` : ""}</b>
                    <small>{twin.why}</small>
                  </span>
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function flagName(flag: string): Message {
  return `flag_${flag.replace("-", "_")}` as Message;
}

function Fact({ name, children }: { name: Message; children: ComponentChildren }) {
  return (
    <div>
      <dt>{t(name)}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Where a file is, as text: a page may not open folders. */
function Path({ path }: { path: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(path);
      setCopied(true);
      setTimeout(() => setCopied(false), 2000);
    } catch (error) {
      tell(said(error), { isError: true });
    }
  };
  const cut = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1;
  return (
    <li>
      <code>
        <span class="quiet">{path.slice(0, cut)}</span>
        {path.slice(cut)}
      </code>
      <button class="tool" onClick={() => void copy()} aria-label={`${t("copyPath")}: ${path}`} title={t("copyPath")}>
        <Icon name={isCopied ? "check" : "copy"} />
      </button>
      <span class="sr" role="status">{isCopied ? t("copied") : ""}</span>
    </li>
  );
}

function capital(text: string): string {
  return text ? text[0]!.toUpperCase() + text.slice(1) : text;
}
