/** Line drawings of 24 units; each is decoration, its button has words. */

const PATHS: Record<string, string> = {
  groups: "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
  map: "M12 5a2 2 0 1 0 .01 0M5 16a2 2 0 1 0 .01 0M18 14a2 2 0 1 0 .01 0M11 17a1 1 0 1 0 .01 0M17 6a1 1 0 1 0 .01 0",
  search: "M11 4a7 7 0 1 0 .01 0M16 16l5 5",
  duplicates: "M8 8h12v12H8zM4 16V4h12",
  tidy: "M3 6h7l2 3h9v10H3zM9 14l2 2 4-4",
  history: "M4 12a8 8 0 1 0 3-6.200M4 4v4h4M12 8v5l3 2",
  lock: "M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3",
  keys: "M3 7h18v10H3zM7 11h.01M11 11h.01M15 11h.01M8 14h8",
  skipped: "M12 4l9 16H3zM12 10v4M12 17h.01",
  undo: "M8 5L4 9l4 4M4 9h10a5 5 0 0 1 0 10h-3",
  redo: "M16 5l4 4-4 4M20 9H10a5 5 0 0 0 0 10h3",
  pin: "M9 3h6l-1 6 3 3H7l3-3zM12 12v9",
  hide: "M3 12s3-6 9-6 9 6 9 6-3 6-9 6-9-6-9-6zM4 4l16 16",
  close: "M6 6l12 12M18 6L6 18",
  back: "M14 6l-6 6 6 6",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  theme: "M12 4a8 8 0 1 0 8 8 6 6 0 0 1-8-8z",
  check: "M5 12l5 5 9-10",
  stop: "M7 7h10v10H7z",
  refresh: "M19 8a8 8 0 1 0 1 6M20 4v5h-5",
};

export function Icon({ name }: { name: string }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name] ?? ""} />
    </svg>
  );
}
