/* The recording and the transcript that follows it. */

const SPEEDS = [1, 1.25, 1.5];
const STEP_SECONDS = 5;

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

/** The last line that has begun at `seconds`; of several that begin together, the one that was `chosen`. */
function lineAt(lines, seconds, chosen) {
  let current = null;
  for (const line of lines) {
    if (Number(line.dataset.start) > seconds + 0.05) break;
    current = line;
  }
  return chosen && current && chosen.dataset.start === current.dataset.start ? chosen : current;
}

/** Brings a line into view where the transcript scrolls by itself. On a narrow screen it does not: there the
 * page stays where the doctor reads. */
function reveal(list, line) {
  list.scrollTop = line.offsetTop - (list.clientHeight - line.offsetHeight) / 2;
}

/** Shows where a sentence stands in the transcript; plays from there when there is sound. */
function followQuotes(list, seek) {
  document.addEventListener("click", (event) => {
    const quote = event.target.closest("[data-goto]");
    const line = quote && document.getElementById(quote.dataset.goto);
    if (!line) return;
    list.querySelectorAll("[data-found]").forEach((other) => delete other.dataset.found);
    line.dataset.found = "";
    reveal(list, line);
    if (seek) seek(line);
    else line.scrollIntoView({ block: "nearest" });
  });
}

function bindControls(audio, toggle) {
  const bar = document.querySelector("[data-seek-bar]");
  const position = document.querySelector("[data-position]");
  const play = document.querySelector("[data-play]");
  const speed = document.querySelector("[data-speed]");
  play.addEventListener("click", toggle);
  bar.addEventListener("input", () => { audio.currentTime = Number(bar.value); });
  speed.addEventListener("click", () => {
    const next = SPEEDS[(SPEEDS.indexOf(audio.playbackRate) + 1) % SPEEDS.length];
    audio.playbackRate = next;
    speed.textContent = `${next}×`;
    speed.setAttribute("aria-label", `播放速度，现在 ${next} 倍`);
  });
  for (const name of ["play", "pause", "ended"]) {
    audio.addEventListener(name, () => {
      play.toggleAttribute("data-playing", !audio.paused);
      play.setAttribute("aria-label", audio.paused ? "播放录音" : "暂停录音");
    });
  }
  audio.addEventListener("loadedmetadata", () => { bar.max = audio.duration; });
  audio.addEventListener("error", () => {
    for (const control of [bar, play, speed]) control.disabled = true;
    document.querySelector("[data-sound-lost]").hidden = false;
  });
  return () => {
    bar.value = audio.currentTime;
    bar.setAttribute("aria-valuetext", clock(audio.currentTime));
    position.textContent = clock(audio.currentTime);
  };
}

function bindKeys(audio, toggle) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, select, button, summary, a") && event.key === " ") return;
    if (event.target.closest?.("input, textarea, select")) return;
    if (event.key === " ") toggle();
    else if (event.key === "ArrowLeft") audio.currentTime = Math.max(0, audio.currentTime - STEP_SECONDS);
    else if (event.key === "ArrowRight") audio.currentTime += STEP_SECONDS;
    else return;
    event.preventDefault();
  });
}

/** Wires the player of the page, where there is one, to the transcript. */
export function followPlayer() {
  const list = document.querySelector("[data-transcript]");
  if (!list) return;
  const audio = document.getElementById("recording");
  if (!audio) {
    followQuotes(list, null);
    return;
  }
  const lines = [...list.querySelectorAll("[data-start]")];
  const play = () => audio.play().catch(() => {}); /* what is wrong is shown by the error event */
  const toggle = () => (audio.paused ? play() : audio.pause());
  const show = bindControls(audio, toggle);
  let current = null;
  let chosen = null;
  const follow = () => {
    show();
    const line = lineAt(lines, audio.currentTime, chosen);
    if (line === current) return;
    current?.removeAttribute("data-current");
    current?.removeAttribute("aria-current");
    current = line;
    if (!line) return;
    line.dataset.current = "";
    line.setAttribute("aria-current", "true");
    if (!audio.paused) reveal(list, line);
  };
  const seek = (line) => {
    if (!("start" in line.dataset)) return;
    chosen = line;
    audio.currentTime = Number(line.dataset.start);
    play();
  };
  audio.addEventListener("timeupdate", follow);
  audio.addEventListener("seeked", follow);
  list.addEventListener("click", (event) => {
    const line = event.target.closest("[data-line]")?.closest("[data-start]");
    if (line) seek(line);
  });
  bindKeys(audio, toggle);
  followQuotes(list, seek);
}
