"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const canvas = document.getElementById("points");
  const hover = document.getElementById("hover");
  const pictures = new Map();
  for (const img of document.querySelectorAll("img[data-image]")) pictures.set(Number(img.dataset.image), img.src);
  const count = data.x.length;
  const widest = Math.max(1, ...data.x), tallest = Math.max(1, ...data.y);
  const tiles = new Map();
  for (const tile of document.querySelectorAll(".tile")) tiles.set(Number(tile.querySelector("img").dataset.image), tile);
  const first = [document.getElementById("cards"), document.getElementById("groups")].map((one) => [...one.children]);
  const firstTiles = [...document.querySelectorAll(".sheet")].map((sheet) => [sheet, [...sheet.children]]);
  const heading = document.querySelector("h1");
  let level = data.level;
  let scale = 1, left = 0, top = 0, radius = 3, current = -1;

  const colour = (label) => (label < 0 ? data.noGroup : data.levels[level].colour[label]);
  const named = (label) => (label < 0 ? "No group" : "Group " + label);

  function make(tag, properties, ...children) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  }

  function dot(label) {
    const element = make("i", {});
    element.style.background = colour(label);
    return element;
  }

  function card(label, size, words, picture) {
    const shown = picture ? [make("img", { src: picture.querySelector("img").src, alt: "", loading: "lazy" })] : [];
    const number = make("span", {}, dot(label), label < 0 ? "No group" : String(label));
    const parts = [...shown, number, make("b", {}, size.toLocaleString("en"))];
    if (words) parts.push(make("small", {}, words));
    return make("a", { className: "card", href: "#group-" + label }, ...parts);
  }

  function section(label, size, words, pictures) {
    const title = make("h2", {}, dot(label), label < 0 ? "In no group" : "Group " + label);
    if (words) title.append(" ", make("q", {}, words));
    title.append(" ", make("small", {}, size.toLocaleString("en") + (size === 1 ? " picture" : " pictures")));
    const parts = [title, make("div", { className: "sheet" }, ...pictures.slice(0, data.folded))];
    if (pictures.length > data.folded) {
      const rest = make("div", { className: "sheet" }, ...pictures.slice(data.folded));
      parts.push(make("details", {}, make("summary", {}, "Show more"), rest));
    }
    if (size > pictures.length) {
      parts.push(make("p", { className: "hint" }, pictures.length + " of " + size.toLocaleString("en") + " are shown. All are in clusters.csv."));
    }
    return make("section", { className: "group", id: "group-" + label }, ...parts);
  }

  // The level that the page was written for has more to say, so it is put back as it was.
  function regroup() {
    const n = data.levels[level].size.length;
    heading.textContent = heading.textContent.replace(/ in .*/, " in " + n.toLocaleString("en") + (n === 1 ? " group" : " groups"));
    const cards = document.getElementById("cards"), groups = document.getElementById("groups");
    if (level === data.level) {
      for (const [sheet, children] of firstTiles) sheet.replaceChildren(...children);
      cards.replaceChildren(...first[0]);
      groups.replaceChildren(...first[1]);
      return;
    }
    const { size, words, none } = data.levels[level];
    const members = new Map();
    data.shown.forEach((image, i) => {
      const label = data.shownLabels[level][i];
      if (!members.has(label)) members.set(label, []);
      members.get(label).push(image);
    });
    const rank = new Map([...tiles.keys()].map((image, i) => [image, i]));
    const labels = [...size.keys()].concat(none ? [-1] : []);
    const made = labels.map((label) => {
      const images = (members.get(label) || []).sort((a, b) => rank.get(a) - rank.get(b));
      return [label, label < 0 ? none : size[label], label < 0 ? "" : words[label], images.map((image) => tiles.get(image))];
    });
    cards.replaceChildren(...made.map(([label, n, text, pictures]) => card(label, n, text, pictures[0])));
    groups.replaceChildren(...made.map(([label, n, text, pictures]) => section(label, n, text, pictures)));
  }

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
      pen.fillStyle = colour(data.levels[level].label[i]);
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
    const label = data.levels[level].label[current], words = data.levels[level].words[label];
    hover.querySelector("p").textContent = named(label) + (words ? " · " + words : "") + " · " + data.name[current];
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
    if (current >= 0 && event.detail) location.hash = "group-" + data.levels[level].label[current];
  });
  const buttons = [...document.querySelectorAll("#levels button")];
  for (const button of buttons) {
    button.addEventListener("click", () => {
      level = Number(button.dataset.level);
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
      regroup();
      draw();
    });
  }
  new ResizeObserver(draw).observe(canvas);
})();
