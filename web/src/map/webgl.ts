/** Whether this browser can draw the map. */

let known: boolean | null = null;

export function canDraw(): boolean {
  return (known ??= tried());
}

function tried(): boolean {
  const context = document.createElement("canvas").getContext("webgl2");
  context?.getExtension("WEBGL_lose_context")?.loseContext(); // browsers allow few at a time
  return context !== null;
}
