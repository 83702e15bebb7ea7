// Reads the PDF in the page, once it is asked for. Without this script the browser's own viewer opens it.
const root = document.querySelector("[data-reader]");
const said = root.dataset;
const find = (name) => root.querySelector(`[data-${name}]`);
const pages = Number(said.pages);
const LARGEST = 4;
let page = Number(said.page);
let zoom = 1;
let book = null;
let box = null;
let now = Date.now;
let drawing = null;
let timer;

async function open() {
  const button = find("open");
  button.disabled = true;
  try {
    const [pdf, { Outbox, serverClock }] = await Promise.all([import(said.pdf), import(said.outbox)]);
    pdf.GlobalWorkerOptions.workerSrc = said.worker;
    now = serverClock(said.now);
    if (said.url) {
      const token = document.cookie.match(/(?:^|; )(?:__Host-csrf|csrftoken)=([^;]+)/)?.[1] ?? "";
      box = new Outbox({ name: `document:${said.person}:${said.place}:${said.lesson}`, url: said.url, token });
    }
    // Only the pages that are read are fetched: data is money.
    book = await pdf.getDocument({
      url: said.source, isEvalSupported: false, useWasm: false, disableAutoFetch: true, disableStream: true,
      standardFontDataUrl: `${said.folder}standard_fonts/`, wasmUrl: `${said.folder}wasm/`,
    }).promise;
    find("door").hidden = true;
    find("desk").hidden = false;
    await show(page, { isNew: false });
    find("sheet").focus({ preventScroll: true });
  } catch (error) {
    console.warn(error);
    button.disabled = false;
    find("problem").hidden = false;
    find("problem").querySelector("span").textContent = said.failed;
  }
}

async function show(number, { isNew = true } = {}) {
  page = Math.max(1, Math.min(number, book.numPages));
  find("where").textContent = said.nth.replace("{N}", page).replace("{ALL}", book.numPages);
  for (const button of root.querySelectorAll("[data-turn]")) {
    const to = page + Number(button.dataset.turn);
    button.disabled = to < 1 || to > book.numPages;
  }
  for (const button of root.querySelectorAll("[data-zoom]")) button.disabled = button.dataset.zoom > 0 ? zoom >= LARGEST : zoom <= 1;
  await draw();
  if (!isNew || !box) return;
  clearTimeout(timer);
  timer = setTimeout(keep, 1200);
}

function keep() {
  clearTimeout(timer);
  timer = null;
  box?.put("page", { page, at: now() });
}

async function draw() {
  const sheet = find("sheet");
  const canvas = sheet.querySelector("canvas");
  const leaf = await book.getPage(page);
  const natural = leaf.getViewport({ scale: 1 });
  const width = Math.max(sheet.clientWidth - 2, 200);
  const ratio = Math.min(devicePixelRatio || 1, 2);
  const view = leaf.getViewport({ scale: (width / natural.width) * zoom * ratio });
  drawing?.cancel();
  canvas.width = view.width;
  canvas.height = view.height;
  canvas.style.inlineSize = `${view.width / ratio}px`;
  drawing = leaf.render({ canvas, canvasContext: canvas.getContext("2d"), viewport: view });
  await drawing.promise.catch((error) => { if (error.name !== "RenderingCancelledException") throw error; });
  const text = await leaf.getTextContent();
  find("text").textContent = text.items.map((item) => item.str + (item.hasEOL ? "\n" : "")).join("");
}

root.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if ("open" in button.dataset) open();
  else if (button.dataset.turn) {
    show(page + Number(button.dataset.turn));
    find("sheet").scrollTo(0, 0);
  } else if (button.dataset.zoom) {
    zoom = Math.max(1, Math.min(LARGEST, zoom * (button.dataset.zoom > 0 ? 1.4 : 1 / 1.4)));
    if (zoom < 1.05) zoom = 1;
    show(page, { isNew: false });
  }
});
root.addEventListener("keydown", (event) => {
  if (!book || event.target.closest("button")) return;
  const turn = { PageDown: 1, PageUp: -1 }[event.key];
  if (!turn) return;
  event.preventDefault();
  show(page + turn);
});
let width = innerWidth;
addEventListener("resize", () => {
  if (!book || innerWidth === width) return; // a phone's bars coming and going change the height only
  width = innerWidth;
  draw();
});
addEventListener("pagehide", () => {
  if (timer) keep();
  box?.leave();
});
find("open").hidden = false;
