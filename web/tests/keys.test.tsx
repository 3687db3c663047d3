import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import { isWriting, nameOf, useKeys } from "../src/parts/keys";

const event = (key: string, more: KeyboardEventInit = {}) =>
  new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });

afterEach(() => {
  render(null, document.body);
  document.body.innerHTML = "";
});

test("keys have names", () => {
  expect(nameOf(event("m"))).toBe("m");
  expect(nameOf(event("?", { shiftKey: true }))).toBe("?");
  expect(nameOf(event("Z", { shiftKey: true, ctrlKey: true }))).toBe("mod+shift+z");
  expect(nameOf(event("z", { metaKey: true }))).toBe("mod+z");
  expect(nameOf(event("ArrowDown", { shiftKey: true }))).toBe("shift+ArrowDown");
  expect(nameOf(event("Escape"))).toBe("Escape");
});

test("where text is written keys are text", () => {
  const made = (name: string, type = "") => {
    const element = document.createElement(name);
    if (type) element.setAttribute("type", type);
    return element;
  };
  expect(isWriting(made("input", "text"))).toBe(true);
  expect(isWriting(made("input", "search"))).toBe(true);
  expect(isWriting(made("textarea"))).toBe(true);
  expect(isWriting(made("input", "range"))).toBe(false);
  expect(isWriting(made("button"))).toBe(false);
  expect(isWriting(null)).toBe(false);
});

function Listens({ keys }: { keys: Record<string, () => void> }) {
  useKeys(keys);
  return <input type="text" />;
}

test("keys do what they are for, but not in a field or under a window", async () => {
  const did = vi.fn();
  await act(() => render(<Listens keys={{ m: did }} />, document.body));

  document.body.dispatchEvent(event("m"));
  expect(did).toHaveBeenCalledTimes(1);

  document.querySelector("input")!.dispatchEvent(event("m"));
  expect(did).toHaveBeenCalledTimes(1);

  const dialog = document.body.appendChild(document.createElement("dialog"));
  dialog.setAttribute("open", "");
  document.body.dispatchEvent(event("m"));
  expect(did).toHaveBeenCalledTimes(1);
});

test("a part that has gone does nothing any more", async () => {
  const did = vi.fn();
  await act(() => render(<Listens keys={{ m: did }} />, document.body));
  await act(() => render(null, document.body));

  document.body.dispatchEvent(event("m"));
  expect(did).not.toHaveBeenCalled();
});
