/** A field for the path of a folder, which proposes those that there are. */

import { useEffect, useId, useState } from "preact/hooks";
import { live } from "../store";

interface Props {
  label: string;
  what: string;
  value: string;
  onInput: (value: string) => void;
}

export function FolderField({ label, what, value, onInput }: Props) {
  const list = useId();
  const [folders, setFolders] = useState<string[]>([]);
  useEffect(() => {
    let isOld = false; // answers may overtake each other
    live.value?.folders(value).then(
      (found) => isOld || setFolders(found),
      () => isOld || setFolders([]),
    );
    return () => {
      isOld = true;
    };
  }, [value]);
  return (
    <label class="field">
      <b>{label}</b>
      <input type="text" value={value} required spellcheck={false} autocomplete="off" list={list}
        onInput={(event) => onInput(event.currentTarget.value)} />
      <datalist id={list}>
        {folders.map((folder) => (
          <option key={folder} value={folder} />
        ))}
      </datalist>
      <small class="quiet">{what}</small>
    </label>
  );
}
