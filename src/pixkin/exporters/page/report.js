"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const canvas = document.getElementById("points");
  const hover = document.getElementById("hover");
  const pictures = new Map();
  for (const img of document.querySelectorAll("img[data-image]")) pictures.set(Number(img.dataset.image), img.src);
  const count = data.x.length;
  const widest = Math.max(1, ...data.x), tallest = Math.max(1, ...data.y);
  let scale = 1, left = 0, top = 0, radius = 3, current = -1;

  const place = (i) => [left + data.x[i] * scale, top + (tallest - data.y[i]) * scale];

  function draw() {
    const ratio = window.devicePixelRatio || 1, width = canvas.clientWidth, height = canvas.clientHeight;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    const pen = canvas.getContext("2d"), margin = 14;
    pen.scale(ratio, ratio);
    scale = Math.min((width - 2 * margin) / widest, (height - 2 * margin) / tallest);
    left = (width - widest * scale) / 2;
    top = (height - tallest * scale) / 2;
    radius = Math.max(1.2, Math.min(5, Math.sqrt((width * height) / count) / 9));
    pen.globalAlpha = 0.85;
    for (let i = 0; i < count; i++) {
      const [x, y] = place(i);
      pen.fillStyle = data.colour[data.label[i]];
      pen.beginPath();
      pen.arc(x, y, radius, 0, 6.2832);
      pen.fill();
    }
  }

  function nearest(event) {
    const box = canvas.getBoundingClientRect();
    const x = event.clientX - box.left, y = event.clientY - box.top;
    let best = -1, least = 20 * 20;
    for (let i = 0; i < count; i++) {
      const [px, py] = place(i), apart = (px - x) ** 2 + (py - y) ** 2;
      if (apart < least) { least = apart; best = i; }
    }
    return best;
  }

  function show(event) {
    current = nearest(event);
    hover.hidden = current < 0;
    if (current < 0) return;
    const picture = pictures.get(data.image[current]), img = hover.querySelector("img");
    img.hidden = !picture;
    if (picture) img.src = picture;
    const label = data.label[current];
    hover.querySelector("p").textContent = (label < 0 ? "No group" : "Group " + label) + " · " + data.name[current];
    const [x, y] = place(current);
    const room = canvas.clientWidth - hover.offsetWidth - 4;
    hover.style.left = Math.max(4, Math.min(room, x + 14)) + "px";
    hover.style.top = Math.max(4, Math.min(canvas.clientHeight - hover.offsetHeight - 4, y + 14)) + "px";
  }

  canvas.addEventListener("pointermove", show);
  canvas.addEventListener("pointerdown", show);
  canvas.addEventListener("pointerleave", () => { hover.hidden = true; });
  canvas.addEventListener("click", (event) => {
    show(event);
    if (current >= 0 && event.detail) location.hash = "group-" + data.label[current];
  });
  new ResizeObserver(draw).observe(canvas);
})();
