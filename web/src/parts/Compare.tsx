/** Two pictures: beside each other, over each other, or what differs between them. */

import { useEffect, useState } from "preact/hooks";
import type { DuplicateFile } from "../data/source";
import type { Message } from "../messages";
import { t } from "../messages";
import { source } from "../store";
import { useKeys } from "./keys";
import { size } from "./size";

export type View = "beside" | "over" | "difference";
const VIEWS: { view: View; title: Message }[] = [
  { view: "beside", title: "compareBeside" },
  { view: "over", title: "compareOver" },
  { view: "difference", title: "compareDifference" },
];

interface Props {
  kept: DuplicateFile;
  other: DuplicateFile;
  view: View;
  onView: (view: View) => void;
}

export function Compare({ kept, other, view, onView }: Props) {
  const [isOther, setOther] = useFlicker(view, onView);
  useKeys({
    d: () => onView(view === "difference" ? "beside" : "difference"),
    v: () => onView(view === "over" ? "beside" : "over"),
  });
  return (
    <div class="compare">
      <div class="row views" role="group" aria-label={t("compareHow")}>
        {VIEWS.map((one) => (
          <button key={one.view} aria-pressed={view === one.view} onClick={() => onView(one.view)}>
            {t(one.title)}
          </button>
        ))}
        {view === "over" && (
          <button aria-pressed={isOther} onClick={() => setOther(!isOther)}>
            {t("compareOther")} <kbd>f</kbd>
          </button>
        )}
      </div>
      {view === "beside" ? (
        <div class="pair">
          <Side file={kept} title={t("compareKept")} />
          <Side file={other} title={other.is_protected ? t("isProtected") : t("compareGoes")} />
        </div>
      ) : (
        <figure class="over">
          <div
            class={view === "difference" ? "frame difference" : "frame"}
            onPointerDown={() => view === "over" && setOther(true)}
            onPointerUp={() => setOther(false)}
            onPointerLeave={() => setOther(false)}
          >
            <img src={pictureOf(kept)} alt={kept.name} draggable={false} />
            <img
              src={pictureOf(other)}
              alt={other.name}
              draggable={false}
              hidden={view === "over" && !isOther}
            />
          </div>
          <figcaption>
            {view === "difference" ? (
              t("compareBlack")
            ) : (
              <>
                <b>{isOther ? other.name : kept.name}</b> · {isOther ? t("compareGoes") : t("compareKept")} ·{" "}
                <span class="quiet">{t("compareHold")}</span>
              </>
            )}
          </figcaption>
        </figure>
      )}
    </div>
  );
}

function Side({ file, title }: { file: DuplicateFile; title: string }) {
  return (
    <figure>
      <div class="frame">
        <img src={pictureOf(file)} alt={file.name} />
      </div>
      <figcaption>
        <b>{title}</b>
        <span class="quiet">{factsOf(file)}</span>
      </figcaption>
    </figure>
  );
}

/** As large as it is to be had. */
function pictureOf(file: DuplicateFile): string {
  return source.value.picture?.(file.key) ?? source.value.thumb(file.key);
}

export function factsOf(file: DuplicateFile): string {
  return `${file.width} × ${file.height} · ${size(file.bytes)}`;
}

/** The other picture shows while f is held. */
function useFlicker(view: View, onView: (view: View) => void): [boolean, (is: boolean) => void] {
  const [isOther, setOther] = useState(false);
  useKeys({
    f: () => {
      if (view !== "over") onView("over");
      setOther(true);
    },
  });
  useEffect(() => {
    const up = (event: KeyboardEvent) => event.key === "f" && setOther(false);
    addEventListener("keyup", up);
    return () => removeEventListener("keyup", up);
  }, []);
  return [isOther, setOther];
}
