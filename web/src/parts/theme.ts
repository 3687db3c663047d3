/** Light or dark: as the system is, until somebody chooses. */

const NAME = "pixkin-theme";

export function nextTheme(): void {
  const isDark = current() === "dark";
  document.documentElement.dataset.theme = isDark ? "light" : "dark";
  localStorage.setItem(NAME, isDark ? "light" : "dark");
}

export function startTheme(): void {
  const kept = localStorage.getItem(NAME);
  if (kept === "light" || kept === "dark") document.documentElement.dataset.theme = kept;
}

function current(): string {
  const chosen = document.documentElement.dataset.theme;
  return chosen ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}
