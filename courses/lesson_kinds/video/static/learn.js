// The player comes when it is asked for; what was watched is sent every ten seconds, at a pause, and when the page goes.
const root = document.querySelector("[data-video]");
const said = root.dataset;
const { Outbox, serverClock } = await import(said.outbox);
const EVERY = 10000;
const FOLDED = 12;
const seconds = Number(said.seconds);
const find = (name) => root.querySelector(`[data-${name}]`);
const lines = [...root.querySelectorAll("[data-time]")];
const now = serverClock(said.now);
const token = document.cookie.match(/(?:^|; )(?:__Host-csrf|csrftoken)=([^;]+)/)?.[1] ?? "";
const box = said.url
  ? new Outbox({ name: `video:${said.person}:${said.place}:${said.lesson}`, url: said.url, token })
  : null;

// ── Spans in seconds, joined where they touch. ──────────────────────────────────────────────────────────────────────
const read = (text) => (text ? text.split(",").map((span) => span.split("-").map(Number)) : []);
const join = (spans) => spans
  .filter(([start, end]) => end > start)
  .sort((a, b) => a[0] - b[0])
  .reduce((all, [start, end]) => {
    const last = all.at(-1);
    if (last && start <= last[1] + 0.05) last[1] = Math.max(last[1], end);
    else all.push([start, end]);
    return all;
  }, []);
const write = (spans) => spans.map(([start, end]) => `${start.toFixed(1)}-${end.toFixed(1)}`).join(",");

// What this device still holds from before is sent again with the rest: a union takes no harm from repetition.
let spans = join(read(Object.values(box?.items ?? {})[0]?.watched));
let video = null;
let from = null; // where the span that runs now began
let last = 0;
let sentAt = 0;

function note(time) {
  if (from === null) return;
  if (time > from) spans = join([...spans.map((span) => [...span]), [from, time]]);
  from = time;
}

function send() {
  if (!box || !spans.length) return;
  sentAt = Date.now();
  box.put("watched", { watched: write(spans), position: last.toFixed(1), at: now() });
}

function follow(time) {
  let current = null;
  for (const line of lines) if (Number(line.dataset.time) <= time + 0.05) current = line;
  for (const line of lines) {
    if (line === current) line.setAttribute("aria-current", "true");
    else line.removeAttribute("aria-current");
  }
}

function load(start, light = null) {
  if (video) {
    video.currentTime = start;
    video.play();
    return;
  }
  video = document.createElement("video");
  video.controls = true;
  video.playsInline = true;
  video.preload = "auto";
  video.setAttribute("aria-label", said.label);
  video.append(find("tracks").content.cloneNode(true));
  const source = document.createElement("source");
  source.src = light ?? said.source;
  source.type = light ? "video/mp4" : said.type;
  video.prepend(source);
  last = start;
  video.addEventListener("loadedmetadata", () => { video.currentTime = start; }, { once: true });
  video.addEventListener("playing", () => { from = video.currentTime; });
  video.addEventListener("timeupdate", () => {
    if (video.seeking) return;
    const time = video.currentTime;
    // A jump is not watching; a slow device may well be a second late.
    if (from !== null && time - last < 2 * Math.max(1, video.playbackRate) && time >= last) note(time);
    else from = time;
    last = time;
    follow(time);
    if (Date.now() - sentAt > EVERY) send();
  });
  video.addEventListener("seeking", () => { from = null; });
  video.addEventListener("seeked", () => {
    last = video.currentTime;
    from = video.paused ? null : last;
    follow(last);
  });
  video.addEventListener("pause", () => {
    if (!video.seeking) note(video.currentTime);
    from = null;
    send();
  });
  video.addEventListener("ended", () => {
    last = seconds;
    send();
  });
  const fail = () => {
    const problem = find("problem");
    problem.hidden = false;
    problem.querySelector("span").textContent = said.failed;
  };
  video.addEventListener("error", fail);
  source.addEventListener("error", fail);
  find("lighter")?.remove();
  find("go").replaceWith(video);
  find("stage").querySelector(".cover").remove();
  find("stage").querySelector(".player-track").remove();
  find("stage").dataset.playing = "";
  video.play().catch(() => {});
  video.focus();
}

find("go").addEventListener("click", (event) => {
  event.preventDefault();
  load(Number(said.start));
});
find("light")?.addEventListener("click", (event) => {
  event.preventDefault();
  load(Number(said.start), event.currentTarget.dataset.source);
});
for (const line of lines) {
  line.addEventListener("click", (event) => {
    event.preventDefault();
    load(Number(line.dataset.time));
  });
}

// Long texts are folded to the lines around the present one.
const all = root.querySelector("[data-all]");
if (all) {
  const at = Math.max(0, lines.findIndex((line) => line.hasAttribute("aria-current")) - 2);
  lines.forEach((line, i) => { line.parentElement.hidden = i < at || i >= at + FOLDED; });
  all.hidden = false;
  all.addEventListener("click", () => {
    for (const line of lines) line.parentElement.hidden = false;
    all.remove();
    lines[0].focus();
  });
}

box?.addEventListener("sent", ({ detail: { answer } }) => {
  const state = answer.state ?? {};
  if (state.percent !== undefined) {
    const text = find("percent-text");
    text.textContent = text.textContent.replace(/\d+/, state.percent);
  }
  if (answer.finished) {
    find("finished").hidden = false;
    document.dispatchEvent(new CustomEvent("lesson:finished", { detail: answer }));
  }
});

addEventListener("pagehide", () => {
  if (!video || !box) return;
  if (!video.paused) note(video.currentTime);
  send();
  box.leave();
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden && video && !video.paused) {
    note(video.currentTime);
    send();
  }
});
box?.flush();
