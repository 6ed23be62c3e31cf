// Rota: shifts and names are dragged over the week, by hand or by keyboard. Without this
// script the same is done with the form below the board.

const board = document.getElementById("board");
const drop = document.getElementById("drop");
const says = document.getElementById("board-says");
const DAY = 86400000;

// What is being carried: a shift of the board, or a name for a new one.
let carried = null;
let target = null;

function addDays(day, count) {
  return new Date(Date.parse(`${day}T00:00Z`) + count * DAY).toISOString().slice(0, 10);
}

// The same hours of the clock on another day; the server knows when clocks change.
function moved(local, from, to) {
  const [day, time] = local.split("T");
  return `${addDays(to, Math.round((Date.parse(`${day}T00:00Z`) - Date.parse(`${from}T00:00Z`)) / DAY))}T${time}`;
}

function put(cell) {
  if (!carried || !cell) return;
  const { shift, nurse } = carried.dataset;
  const day = cell.dataset.day;
  const fields = drop.elements;
  fields.nurse.value = nurse;
  fields.rota.value = cell.dataset.rota;
  if (shift) {
    const began = carried.dataset.from.slice(0, 10);
    if (began === day && carried.closest("td") === cell) return leave();
    fields.from.value = moved(carried.dataset.from, began, day);
    fields.to.value = moved(carried.dataset.to, began, day);
    drop.action = `/console/rota/${encodeURIComponent(shift)}/change`;
  } else {
    const from = document.getElementById("put-from").value;
    const to = document.getElementById("put-to").value;
    fields.from.value = `${day}T${from}`;
    fields.to.value = `${to > from ? day : addDays(day, 1)}T${to}`;
    drop.action = "/console/rota";
  }
  carried = null;
  drop.requestSubmit();
}

function mark(cell) {
  target?.classList.remove("target");
  target = cell;
  target?.classList.add("target");
}

function leave() {
  mark(null);
  carried?.classList.remove("carried");
  carried = null;
}

function take(what) {
  leave();
  carried = what;
  carried.classList.add("carried");
}

if (board) {
  document.getElementById("palette").hidden = false;
  document.querySelector("[data-scripted]").hidden = false;
  for (const one of document.querySelectorAll('[draggable="true"]')) {
    one.addEventListener("dragstart", (event) => {
      take(one);
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", "");
    });
    one.addEventListener("dragend", leave);
  }
  board.addEventListener("dragover", (event) => {
    const cell = event.target.closest("td[data-day]");
    if (!carried || !cell) return;
    event.preventDefault();
    mark(cell);
  });
  board.addEventListener("drop", (event) => {
    event.preventDefault();
    put(event.target.closest("td[data-day]"));
  });
  document.addEventListener("keydown", keys);
}

const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function keys(event) {
  const here = event.target.closest?.('[draggable="true"]');
  if (!carried) {
    const picks = event.key === " " || (event.key === "Enter" && here?.matches("button"));
    if (!here || !picks) return;
    event.preventDefault();
    take(here);
    mark(here.closest("td") ?? board.querySelector("td[data-day]"));
    tell(board.dataset.picked.replace("{what}", here.textContent.trim()));
    return;
  }
  const step = steps[event.key];
  if (step) {
    event.preventDefault();
    const row = target.parentElement;
    const rows = [...row.parentElement.rows];
    const next = rows[rows.indexOf(row) + step[0]]?.cells[target.cellIndex + step[1]];
    if (next?.matches("td[data-day]")) mark(next);
    target.scrollIntoView({ block: "nearest", inline: "nearest" });
    tell(target.getAttribute("aria-label"));
  } else if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    put(target);
  } else if (event.key === "Escape" || event.key === "Tab") {
    leave();
    tell(board.dataset.givenUp);
  }
}

function tell(text) {
  says.textContent = text;
}

// --- Who is on now: looks again by itself, and does not keep a session alive ------------

const onNow = document.getElementById("on-now");
if (onNow) {
  setInterval(async () => {
    const answer = await fetch(location.pathname, { headers: { "X-Live": "yes" }, credentials: "same-origin" }).catch(() => null);
    document.getElementById("cut").hidden = answer !== null;
    if (answer?.status === 401) document.getElementById("over").hidden = false;
    if (!answer?.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    onNow.innerHTML = fresh.getElementById("on-now").innerHTML;
  }, Number(onNow.dataset.again) * 1000);
}
