"""A picture that is dropped on the page, or pasted."""

import base64
from typing import Any

HAND_OVER = """
([kind, name, content]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], name, { type: 'image/png' }));
  const how = { bubbles: true, cancelable: true };
  const target = document.querySelector('main');
  if (kind === 'paste')
    target.dispatchEvent(new ClipboardEvent('paste', { ...how, clipboardData: data }));
  else for (const type of ['dragenter', 'dragover', 'drop'])
    target.dispatchEvent(new DragEvent(type, { ...how, dataTransfer: data }));
}
"""


def hand_over(page: Any, kind: str, content: bytes) -> None:
    page.wait_for_selector(".card")
    page.evaluate(HAND_OVER, [kind, "mine.png", base64.b64encode(content).decode()])
