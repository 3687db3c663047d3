/** Light or dark: as the system is, until somebody chooses. */

const NAME = "pixkin-theme";

export function nextTheme(): void {
  const isDark = current() === "dark";
  document.documentElement.dataset.theme = isDark ? "light" : "dark";
  try {
    localStorage.setItem(NAME, isDark ? "light" : "dark");
  } catch {
    // A browser may keep nothing for a page from disk; then it holds until that is left.
  }
}

export function startTheme(): void {
  const kept = read();
  if (kept === "light" || kept === "dark") document.documentElement.dataset.theme = kept;
}

function read(): string | null {
  try {
    return localStorage.getItem(NAME);
  } catch {
    return null;
  }
}

function current(): string {
  const chosen = document.documentElement.dataset.theme;
  return chosen ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}
