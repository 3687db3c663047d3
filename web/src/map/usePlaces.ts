/** The places of pictures, asked for again whenever the groups change. */

import { useEffect, useState } from "preact/hooks";
import type { Places } from "../data/source";
import { groups, level, said, source, tell } from "../store";

export function usePlaces(): Places | null {
  const [found, setFound] = useState<Places | null>(null);
  const entry = groups.value?.entry;
  const at = level.value;
  useEffect(() => {
    if (entry === undefined) return;
    let isOld = false;
    source.value.places(at).then(
      (places) => !isOld && setFound(places),
      (error) => !isOld && tell(said(error), { isError: true }),
    );
    return () => {
      isOld = true;
    };
  }, [entry, at]);
  return found;
}

/** Whether the same pictures lie at the same places: then only their groups may have changed. */
export function isSameMap(a: Places | null, b: Places): boolean {
  if (!a || a.xy.length !== b.xy.length || a.keys.at(0) !== b.keys.at(0)) return false;
  for (let i = 0; i < a.xy.length; i++) if (a.xy[i] !== b.xy[i]) return false;
  return true;
}
