/** What the mouse does on the map, and how close it is. */

import type { Message } from "../messages";
import { t } from "../messages";
import { Icon } from "../parts/Icon";
import type { Mode } from "./drawing";

const MODES: { mode: Mode; icon: string; title: Message; key: string }[] = [
  { mode: "pan", icon: "hand", title: "mapPan", key: "v" },
  { mode: "lasso", icon: "lasso", title: "mapLasso", key: "l" },
  { mode: "box", icon: "box", title: "mapBox", key: "b" },
];

interface Props {
  mode: Mode;
  canSelect: boolean;
  onMode: (mode: Mode) => void;
  onZoom: (by: number) => void;
  onAll: () => void;
}

export function Toolbar({ mode, canSelect, onMode, onZoom, onAll }: Props) {
  return (
    <div class="map-tools">
      {canSelect && (
        <div role="group" aria-label={t("mapTools")} class="map-bar">
          {MODES.map((one) => (
            <Tool
              key={one.mode}
              icon={one.icon}
              title={t(one.title)}
              hint={one.key}
              isOn={mode === one.mode}
              onClick={() => onMode(one.mode)}
            />
          ))}
        </div>
      )}
      <div class="map-bar">
        <Tool icon="plus" title={t("mapIn")} hint="+" onClick={() => onZoom(1)} />
        <Tool icon="minus" title={t("mapOut")} hint="-" onClick={() => onZoom(-1)} />
        <Tool icon="fit" title={t("mapAll")} hint="0" onClick={onAll} />
      </div>
    </div>
  );
}

interface ToolProps {
  icon: string;
  title: string;
  hint: string;
  isOn?: boolean;
  onClick: () => void;
}

function Tool({ icon, title, hint, isOn, onClick }: ToolProps) {
  return (
    <button class="tool" aria-label={title} title={`${title} (${hint})`} aria-pressed={isOn} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}
