/** Pictures that are dropped or pasted anywhere on the page are searched for. */

import { useEffect, useState } from "preact/hooks";
import { t } from "../messages";
import { go, linkTo, place } from "../router";
import { live } from "../store";
import { drop } from "../wanted";
import { Icon } from "./Icon";

export async function searchFor(files: readonly File[]): Promise<void> {
  if (!files.length || !live.value) return;
  if ((await drop(files)) && place.value.screen !== "search") go(linkTo("search"));
}

export function DropHere() {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    let depth = 0; // each element that is entered is told of, and each that is left
    const over = (event: DragEvent) => {
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      if (event.type === "dragenter") depth++;
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (hasFiles(event.dataTransfer) && --depth <= 0) end();
    };
    const end = () => {
      depth = 0;
      setOver(false);
    };
    const dropped = (event: DragEvent) => {
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      end();
      void searchFor([...event.dataTransfer!.files]);
    };
    const pasted = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (!files.length) return; // text goes where it is pasted
      event.preventDefault();
      void searchFor(files);
    };
    addEventListener("dragenter", over);
    addEventListener("dragover", over);
    addEventListener("dragleave", leave);
    addEventListener("drop", dropped);
    addEventListener("paste", pasted);
    return () => {
      removeEventListener("dragenter", over);
      removeEventListener("dragover", over);
      removeEventListener("dragleave", leave);
      removeEventListener("drop", dropped);
      removeEventListener("paste", pasted);
    };
  }, []);
  if (!isOver) return null;
  return (
    <div class="drophere" role="status">
      <p>
        <Icon name="search" />
        {t("dropHere")}
      </p>
    </div>
  );
}

function hasFiles(data: DataTransfer | null): boolean {
  return data?.types.includes("Files") ?? false;
}
