import { el } from './dom.js';
import { number } from './format.js';

const PAGE = 50;

/**
 * A table that sorts by a click on a heading, filters by text and shows one page at a time, so that thousands of rows
 * do not weigh. A column is `{ title, value(row), text(row), tone?(row), left? }`; `onPick` gets the chosen row.
 */
export function createTable(root, rows, columns, onPick) {
  let shown = rows;
  let page = 0;
  let sorted = { column: -1, down: false };
  let picked = null;
  const heads = columns.map((column, index) =>
    el(
      'th',
      { class: column.left ? 'left' : null, scope: 'col' },
      el('button', { type: 'button', onclick: () => sortBy(index) }, column.title),
    ),
  );
  const body = el('tbody');
  const count = el('span', { class: 'count' });
  const back = el('button', { type: 'button', 'aria-label': 'Previous page', onclick: () => turn(-1) }, '‹');
  const on = el('button', { type: 'button', 'aria-label': 'Next page', onclick: () => turn(1) }, '›');
  const search = el('input', {
    type: 'search',
    placeholder: 'Filter trades',
    'aria-label': 'Filter trades',
    oninput: filter,
  });
  root.append(
    el('div', { class: 'table-bar' }, search, count, back, on),
    el('div', { class: 'table-wrap' }, el('table', { class: 'trades' }, el('thead', {}, el('tr', {}, ...heads)), body)),
  );

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const matches = (row) => {
      const text = columns
        .map((column) => column.text(row))
        .join(' ')
        .toLowerCase();
      return words.every((word) => text.includes(word));
    };
    shown = words.length === 0 ? rows : rows.filter(matches);
    page = 0;
    order();
  }

  function sortBy(index) {
    sorted = { column: index, down: sorted.column === index ? !sorted.down : !columns[index].left };
    page = 0;
    order();
  }

  function order() {
    const column = columns[sorted.column];
    if (column) {
      const factor = sorted.down ? -1 : 1;
      const rank = (value) => (value === null || value === undefined ? Number.NEGATIVE_INFINITY : value);
      shown = [...shown].sort((a, b) => {
        const x = rank(column.value(a));
        const y = rank(column.value(b));
        return x < y ? -factor : x > y ? factor : 0;
      });
    }
    heads.forEach((head, i) => {
      if (i === sorted.column) head.setAttribute('aria-sort', sorted.down ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
    });
    draw();
  }

  function turn(step) {
    page = Math.max(0, Math.min(Math.ceil(shown.length / PAGE) - 1, page + step));
    draw();
  }

  function draw() {
    const from = page * PAGE;
    const part = shown.slice(from, from + PAGE);
    body.replaceChildren(...part.map(drawRow));
    const last = from + part.length;
    count.textContent =
      shown.length === 0 ? 'none' : `${number(from + 1, 0)}–${number(last, 0)} of ${number(shown.length, 0)}`;
    back.disabled = page === 0;
    on.disabled = last >= shown.length;
  }

  function drawRow(row) {
    const cells = columns.map((column) => {
      const classes = [column.left ? 'left' : '', column.tone?.(row) ?? ''].join(' ').trim();
      return el('td', { class: classes || null }, column.text(row));
    });
    const choose = () => {
      mark(row);
      onPick(row);
    };
    const key = (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      choose();
    };
    return el(
      'tr',
      { tabindex: 0, class: row === picked ? 'picked' : null, onclick: choose, onkeydown: key },
      ...cells,
    );
  }

  /** Marks a row and turns to its page. */
  function mark(row) {
    picked = row;
    const index = shown.indexOf(row);
    if (index >= 0) page = Math.floor(index / PAGE);
    draw();
  }

  draw();
  return { mark };
}
