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
  next: "M10 6l6 6-6 6",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  info: "M12 4a8 8 0 1 0 .01 0M12 11v5M12 8h.01",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  upload: "M12 16V5M7 10l5-5 5 5M4 19h16",
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9h.01",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  theme: "M12 4a8 8 0 1 0 8 8 6 6 0 0 1-8-8z",
  check: "M5 12l5 5 9-10",
  stop: "M7 7h10v10H7z",
  hand: "M7 12V6.500a1.500 1.500 0 0 1 3 0V11M10 10V4.500a1.500 1.500 0 0 1 3 0V10M13 10.500V5.500a1.500 1.500 0 0 1 3 0V12M16 11V8.500a1.500 1.500 0 0 1 3 0V15a6 6 0 0 1-6 6h-1a6 6 0 0 1-5-2.700L4 14.500a1.500 1.500 0 0 1 2.300-1.900L8 14",
  lasso: "M12 4c5 0 9 2.500 9 6s-4 6-9 6c-1.500 0-3-.2-4.200-.6M7.800 15.400C5 14.500 3 12.500 3 10c0-3.500 4-6 9-6M7 14.500a1.700 1.700 0 1 0 .01 0M7.500 18c.3 1.500-.3 2.500-1.500 3.500",
  box: "M4 8V4h4M11 4h2M16 4h4v4M20 11v2M20 16v4h-4M13 20h-2M8 20H4v-4M4 13v-2",
  fit: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5M9.500 12h5M12 9.500v5",
  list: "M9 6h11M9 12h11M9 18h11M4.500 6h.01M4.500 12h.01M4.500 18h.01",
  refresh: "M19 8a8 8 0 1 0 1 6M20 4v5h-5",
};

export function Icon({ name }: { name: string }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name] ?? ""} />
    </svg>
  );
}
