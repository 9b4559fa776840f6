// The map's slider: a day's hours are fetched once, then every step only recolours the stations.
import { median, gradeOf, mark } from "./grades.js";

const board = document.getElementById("board");
if (board) start(board);

function start(board) {
  const first = Number(board.dataset.first);
  const language = board.dataset.lang;
  const slider = document.getElementById("hour");
  const dots = [...board.querySelectorAll(".dot")].map((element) => ({ element, ...element.dataset }));
  const zones = { KR: ["Asia/Seoul", "+09:00"], CN: ["Asia/Shanghai", "+08:00"] };
  const stations = board.querySelector(".stations");
  const days = new Map();
  let shown = null;
  let announcing = 0;

  const say = (key, given = {}) =>
    board.dataset[`say${key[0].toUpperCase()}${key.slice(1)}`].replace(/\{(\w+)\}/g, (whole, name) =>
      name in given ? given[name] : whole,
    );
  const number = (value, digits = 0) =>
    value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });

  function clock(hour, shore) {
    const [zone, offset] = zones[shore];
    // The day before the month, as the rest of the page writes it.
    const at = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {
      timeZone: zone, year: "numeric", month: "long", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
    }).format(new Date(hour * 3600000));
    return `${at} (UTC${offset})`;
  }

  // One question a day of UTC; one that failed may be asked again.
  function hoursOf(day) {
    if (!days.has(day)) {
      const name = new Date(day * 86400000).toISOString().slice(0, 10);
      const asked = fetch(`/map/hours?day=${name}&lang=${language}`).then((got) => {
        if (!got.ok) throw new Error(String(got.status));
        return got.json();
      });
      asked.catch(() => days.delete(day));
      days.set(day, asked);
    }
    return days.get(day);
  }

  async function show(hour) {
    shown = hour;
    for (const one of board.querySelectorAll("[data-clock]")) one.textContent = clock(hour, one.dataset.clock);
    slider.setAttribute("aria-valuetext", clock(hour, "KR"));
    let day;
    try {
      day = await hoursOf(Math.floor(hour / 24));
    } catch {
      board.querySelector("[data-origin]").textContent = say("failed");
      return;
    }
    if (shown !== hour) return; // the slider has gone on meanwhile
    paint(day, hour);
  }

  function paint(day, hour) {
    const column = hour - day.first;
    const areas = new Map();
    const size = Math.min(2, Math.max(1, 640 / stations.clientWidth));
    for (const dot of dots) {
      const shore = dot.element.classList.contains("KR") ? "KR" : "CN";
      const value = day.stations[dot.id]?.values[column] ?? null;
      const grade = gradeOf(day.scales[shore], value);
      mark(dot, shore, grade, day.scales[shore], size);
      dot.value = value;
      const words = { name: dot.name, place: dot.areaName, unit: board.dataset.unit, kind: dot.kind };
      dot.words = value === null
        ? say("none", words)
        : say("said", { ...words, value: number(value), grade: grade === null ? "–" : day.scales[shore][grade].name });
      dot.element.setAttribute("aria-label", dot.words);
      if (value === null) continue;
      if (!areas.has(dot.area)) areas.set(dot.area, { name: dot.areaName, shore, values: [], href: dot.element.getAttribute("href") });
      areas.get(dot.area).values.push({ value, dot });
    }
    layer();
    const told = ["KR", "CN"].map((shore) => count(day, shore, [...areas.values()].filter((one) => one.shore === shore)));
    table(day, [...areas.values()]);
    origin(day);
    csv(hour);
    tip();
    // Not at every step of a slider that is being pulled: when it rests.
    clearTimeout(announcing);
    announcing = setTimeout(() => {
      remember(hour);
      document.getElementById("told").textContent = `${clock(hour, "KR")}. ${told.join(" ")}`;
    }, 400);
  }

  // The graver lies on top; the keyboard comes in at the highest, unless it is on the map already.
  function layer() {
    const within = stations.contains(document.activeElement);
    const order = [...dots].sort((a, b) => (a.value ?? -1) - (b.value ?? -1));
    if (within) return;
    stations.append(...order.map((one) => one.element));
    for (const one of dots) one.element.setAttribute("tabindex", one === order.at(-1) ? "0" : "-1");
  }

  function count(day, shore, areas) {
    const place = board.querySelector(`[data-shore="${shore}"]`);
    const all = areas.flatMap((one) => one.values);
    const top = all.reduce((a, b) => (a && a.value >= b.value ? a : b), null);
    const text = top === null
      ? say("empty")
      : say(all.length === 1 ? "shore_one" : "shore", { n: all.length, median: number(median(all.map((one) => one.value))), highest: number(top.value), place: `${top.dot.areaName} ${top.dot.name}`, unit: board.dataset.unit });
    place.querySelector("[data-counted]").textContent = text;
    legend(place.querySelector("[data-legend]"), day.scales[shore], shore);
    return `${place.getAttribute("aria-label")}: ${text}`;
  }

  function legend(list, scale, shore) {
    const key = scale.map((one) => one.name + one.span + one.shade).join();
    if (list.dataset.key === key) return;
    list.dataset.key = key;
    list.replaceChildren(...scale.map((one, grade) => {
      const item = document.createElement("li");
      const drawn = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      drawn.setAttribute("viewBox", "0 0 14 14");
      drawn.setAttribute("aria-hidden", "true");
      const shape = document.createElementNS("http://www.w3.org/2000/svg", shore === "KR" ? "circle" : "rect");
      const reach = 3 + grade * 0.6;
      const place = shore === "KR" ? { cx: 7, cy: 7, r: reach } : { x: 7 - reach, y: 7 - reach, width: 2 * reach, height: 2 * reach };
      for (const [name, value] of Object.entries(place)) shape.setAttribute(name, value);
      shape.setAttribute("class", one.shade);
      drawn.append(shape);
      item.append(drawn, `${one.name} ${one.span}`);
      return item;
    }));
  }

  function table(day, areas) {
    const rows = areas
      .map((one) => ({ ...one, sorted: one.values.map((each) => each.value).sort((a, b) => a - b) }))
      .sort((a, b) => median(b.sorted) - median(a.sorted));
    board.querySelector("[data-areas]").replaceChildren(...rows.map((one) => {
      const row = document.createElement("tr");
      const middle = median(one.sorted);
      const grade = gradeOf(day.scales[one.shore], middle);
      const name = document.createElement("th");
      name.scope = "row";
      const link = document.createElement("a");
      link.href = one.href;
      link.textContent = one.name;
      name.append(link);
      row.append(name);
      for (const text of [one.sorted.length, number(one.sorted[0]), number(middle), number(one.sorted.at(-1))]) {
        const cell = document.createElement("td");
        cell.className = "figure";
        cell.textContent = text;
        row.append(cell);
      }
      const last = document.createElement("td");
      last.textContent = grade === null ? "–" : day.scales[one.shore][grade].name;
      row.append(last);
      return row;
    }));
  }

  function origin(day) {
    board.querySelector("[data-origin]").textContent = day.feeds.map((one) => `${one.attribution} – ${one.kind}`).join(" · ");
  }

  function csv(hour) {
    const link = board.querySelector("[data-csv]");
    const at = new Date(hour * 3600000).toISOString().slice(0, 13);
    link.href = `/map/hours.csv?day=${at.slice(0, 10)}`;
  }

  function remember(hour) {
    const address = new URL(location.href);
    address.searchParams.delete("day");
    address.searchParams.set("at", `${new Date(hour * 3600000).toISOString().slice(0, 13)}:00Z`);
    history.replaceState(null, "", address);
    for (const link of document.querySelectorAll(".languages a")) {
      const other = new URL(link.href);
      other.searchParams.delete("day");
      other.searchParams.set("at", address.searchParams.get("at"));
      link.href = other;
    }
  }

  // The station that is pointed at or focused, in words above the map.
  function tip(dot = dots.find((one) => one.element === document.activeElement)) {
    const place = document.getElementById("tip");
    place.hidden = !dot;
    if (dot) place.textContent = dot.words ?? "";
  }

  // One stop for the keyboard, then arrows from station to station: hundreds of stops would be a trap.
  function nearest(from, key) {
    const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
    let best = null;
    for (const dot of dots) {
      const dx = dot.x - from.x, dy = dot.y - from.y;
      const along = dx * way[0] + dy * way[1], across = Math.abs(dx * way[1]) + Math.abs(dy * way[0]);
      if (along <= 0.05 || across > along * 2) continue;
      const far = along + across;
      if (best === null || far < best.far) best = { dot, far };
    }
    return best?.dot;
  }

  const dotOf = (event) => dots.find((one) => one.element === event.target.closest?.(".dot"));
  stations.addEventListener("keydown", (event) => {
    if (!event.key.startsWith("Arrow")) return;
    const from = dotOf(event);
    if (!from) return;
    event.preventDefault();
    const next = nearest(from, event.key);
    if (!next) return;
    from.element.setAttribute("tabindex", "-1");
    next.element.setAttribute("tabindex", "0");
    next.element.focus();
  });
  stations.addEventListener("focusin", (event) => tip(dotOf(event)));
  stations.addEventListener("focusout", () => tip(null));
  stations.addEventListener("pointerover", (event) => tip(dotOf(event)));
  stations.addEventListener("pointerleave", () => tip());

  addEventListener("resize", () => show(shown));
  slider.addEventListener("input", () => show(first + Number(slider.value)));
  slider.addEventListener("keydown", (event) => {
    const step = { PageUp: 24, PageDown: -24 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    move(step);
  });
  function move(step) {
    slider.value = String(Number(slider.value) + step);
    show(first + Number(slider.value));
  }
  for (const button of board.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => move(Number(button.dataset.step)));
  }

  show(first + Number(slider.value)).then(async () => {
    // The other days of the slider, so that it does not stutter.
    for (let day = first / 24; day < (first + Number(board.dataset.hours)) / 24; day += 1) {
      await hoursOf(day).catch(() => {});
    }
    board.dataset.ready = "true";
  });
}
